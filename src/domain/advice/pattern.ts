/**
 * Patterns of whole words that cannot run away: every gap between words is bounded, so a prompt of a
 * hundred thousand line breaks costs no more than one of as many letters.
 */
const LETTER = String.raw`[\p{L}\p{N}_]`;

/** Where a sentence or a part of it begins. */
export const CLAUSE_START = String.raw`(?:^|[.,;:!?()\[\]\n–—]|\s-)\s{0,3}`;

export interface Found {
  readonly index: number;
  readonly text: string;
}

/** Any case; a space in `source` is any short gap. */
export function pattern(source: string): RegExp {
  return new RegExp(source.replaceAll(' ', String.raw`\s{1,4}`), 'giu');
}

/** As `pattern`, bounded by something that is no letter, in whatever script. */
export function words(source: string): RegExp {
  return pattern(`(?<!${LETTER})(?:${source})(?!${LETTER})`);
}

export function findAll(search: RegExp, text: string): readonly Found[] {
  return [...text.matchAll(search)].map((match) => ({ index: match.index, text: match[0] }));
}

export function findFirst(search: RegExp, text: string): Found | undefined {
  for (const match of text.matchAll(search)) return { index: match.index, text: match[0] };
  return undefined;
}

export function has(search: RegExp, text: string): boolean {
  return findFirst(search, text) !== undefined;
}

/** Every match becomes spaces, so that what follows keeps its place. */
export function blank(search: RegExp, text: string): string {
  return text.replace(search, (match) => ' '.repeat(match.length));
}
