/**
 * Nouns for people and animals, as data: what stands alone in a picture and must be told apart from
 * its neighbours. Things are not here, because a room full of furniture is one subject.
 */
const REGULAR = `person adult kid boy girl lady guy baby toddler teenager teen friend student teacher doctor nurse
chef dancer singer musician soldier knight king queen prince princess wizard witch pirate astronaut cowboy farmer
worker artist painter photographer player runner skier surfer cyclist climber hiker tourist sailor pilot robot alien
clown monk nun bride groom grandmother grandfather mother father sister brother daughter son uncle aunt cousin
neighbour neighbor colleague executive engineer scientist waiter waitress barista model actor actress guest villager firefighter officer guard
child man woman dog puppy cat kitten horse pony cow calf pig piglet sheep lamb goat donkey chicken hen rooster duck
goose swan turkey bird eagle hawk owl crow raven parrot pigeon dove sparrow penguin flamingo peacock heron fox wolf
bear panda lion tiger leopard cheetah elephant giraffe zebra hippo rhino monkey gorilla chimpanzee rabbit hare
squirrel hedgehog mouse rat hamster deer moose camel kangaroo koala raccoon badger otter beaver seal dolphin whale
shark fish turtle tortoise frog toad snake lizard crocodile dragon unicorn dinosaur butterfly bee spider`;

const PLURALS: Readonly<Record<string, string>> = {
  person: 'people',
  child: 'children',
  man: 'men',
  woman: 'women',
  calf: 'calves',
  sheep: 'sheep',
  goose: 'geese',
  wolf: 'wolves',
  mouse: 'mice',
  deer: 'deer',
  moose: 'moose',
  fish: 'fish',
};

const SINGULAR = REGULAR.split(/\s+/u);

/** Plural → singular. */
const PLURAL: ReadonlyMap<string, string> = new Map(SINGULAR.map((noun) => [pluralOf(noun), noun]));
const BEINGS: ReadonlySet<string> = new Set(SINGULAR);

/** The being that a noun names, where its number fits. */
export function beingOf(noun: string, many: boolean): string | undefined {
  if (many) return PLURAL.get(noun);
  return BEINGS.has(noun) ? noun : undefined;
}

function pluralOf(noun: string): string {
  const irregular = PLURALS[noun];
  if (irregular !== undefined) return irregular;
  if (/(?:s|x|ch|sh)$/u.test(noun)) return `${noun}es`;
  return /[^aeiou]y$/u.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}
