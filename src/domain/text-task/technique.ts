/**
 * What may be done to a prompt that a filter refused, as data: each technique by name, with what the text
 * model is told. Source: the recovery guides' advice for layer-2 blocks, of which most pass after it.
 */
export const TECHNIQUES = {
  'generic-description':
    'Describe people, characters, brands, places of worship and works by what can be seen, without any name.',
  'art-style': 'Name one explicit art style, such as watercolor or flat vector illustration.',
  'neutral-person':
    'Where a person is needed, leave out age, body, clothing and pose; a person who is not needed, leave out.',
  'catalog-context':
    'Where goods are shown, make it fashion catalog photography or a product catalog shot on a white background.',
  'softer-words':
    'Replace words that can be read as violent, sexual or medical by plain ones of the same meaning.',
} as const;

export type Technique = keyof typeof TECHNIQUES;

export function isTechnique(value: unknown): value is Technique {
  return typeof value === 'string' && Object.hasOwn(TECHNIQUES, value);
}

/** The prompt filter reads words, the image filter sees a picture: not every technique serves both. */
export function techniquesFor(branch: string): readonly Technique[] {
  return branch === 'safety-prompt'
    ? ['softer-words', 'generic-description', 'neutral-person', 'art-style']
    : ['generic-description', 'art-style', 'neutral-person', 'catalog-context', 'softer-words'];
}
