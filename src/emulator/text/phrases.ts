/** What the rewrite job knows by name, and what it says instead. */
export interface Replacement {
  readonly names: readonly string[];
  readonly generic: string;
}

/** People anyone would recognise become nobody. */
export const CELEBRITIES: readonly string[] = [
  'Taylor Swift',
  'Tom Cruise',
  'Brad Pitt',
  'Angelina Jolie',
  'Scarlett Johansson',
  'Emma Watson',
  'Leonardo DiCaprio',
  'Elon Musk',
  'Donald Trump',
  'Barack Obama',
  'Cristiano Ronaldo',
  'Lionel Messi',
  'Beyoncé',
  'Rihanna',
];

export const CHARACTERS: readonly Replacement[] = [
  { names: ['Mickey Mouse', 'Minnie Mouse'], generic: 'cheerful cartoon mouse' },
  { names: ['Donald Duck'], generic: 'grumpy cartoon duck' },
  { names: ['Pikachu', 'Pokémon', 'Pokemon'], generic: 'small yellow fantasy creature' },
  { names: ['Spider-Man', 'Spiderman', 'Batman', 'Superman', 'Iron Man'], generic: 'costumed hero' },
  { names: ['Harry Potter'], generic: 'young wizard' },
  { names: ['Darth Vader'], generic: 'dark armoured knight' },
  { names: ['SpongeBob SquarePants', 'SpongeBob'], generic: 'cheerful sea sponge' },
  { names: ['Hello Kitty'], generic: 'small white cartoon cat' },
  { names: ['Barbie'], generic: 'fashion doll' },
];

/** Brands become words that stand where the brand stood: before a thing, or as the thing. */
export const BRANDS: readonly Replacement[] = [
  { names: ['Nike', 'Adidas', 'Puma', 'Reebok'], generic: 'unbranded sports' },
  { names: ['Coca-Cola', 'Pepsi'], generic: 'cola' },
  { names: ['Disney', 'Pixar'], generic: 'storybook' },
  { names: ['Marvel'], generic: 'comic-book' },
  { names: ['Lego'], generic: 'toy-brick' },
  { names: ['iPhone'], generic: 'smartphone' },
  { names: ['Gucci', 'Prada', 'Chanel', 'Louis Vuitton'], generic: 'elegant' },
  { names: ['Ferrari', 'Porsche', 'Lamborghini', 'Tesla'], generic: 'modern' },
  { names: ['Starbucks'], generic: 'coffee-house' },
];

export const STYLES: readonly string[] = [
  'flat vector illustration',
  'soft watercolour illustration',
  'paper cut-out illustration',
];

export const CATALOGUE_SHOT = 'product catalog shot on white background';
