/** Names of people, brands and characters: each raises the chance of a refusal, none is forbidden. */
import { excerpt } from './excerpt.ts';
import type { FamousKind } from './famous-names.ts';
import { FAMOUS_NAMES, NAMESAKES } from './famous-names.ts';
import type { Found } from './pattern.ts';
import { blank, findFirst, pattern, words } from './pattern.ts';
import type { Reading } from './reading.ts';

const INSTEAD: Readonly<Record<FamousKind, string>> = {
  artist: 'describe the technique, palette and light instead of the name',
  brand: 'describe the look in general terms instead of the name',
  character: 'describe a figure of your own by build, clothes and colours instead',
  celebrity: 'describe a person of your own by age, build and clothes instead',
};

const KINDS: readonly FamousKind[] = ['artist', 'brand', 'character', 'celebrity'];
const UNSPACED = /[\p{Script=Han}\p{Script=Katakana}]/u;
const SEARCHES = KINDS.map((kind) => ({
  kind,
  searches: [
    words(
      FAMOUS_NAMES[kind]
        .filter((name) => !UNSPACED.test(name))
        .map(sourceOf)
        .join('|'),
    ),
    ...FAMOUS_NAMES[kind].filter((name) => UNSPACED.test(name)).map((name) => pattern(name)),
  ],
}));
const NAMESAKE = words(NAMESAKES.join('|'));

export function namedStyleOrIp({ undrawn, prompt }: Reading): string | undefined {
  const text = blank(NAMESAKE, undrawn);
  let first: (Found & { readonly kind: FamousKind }) | undefined;
  for (const { kind, searches } of SEARCHES) {
    for (const search of searches) {
      const found = findFirst(search, text);
      if (found !== undefined && (first === undefined || found.index < first.index))
        first = { ...found, kind };
    }
  }
  if (first === undefined) return undefined;
  const name = excerpt(prompt.slice(first.index, first.index + first.text.length));
  return `“${name}” is a protected or real name, and such names raise the rate of refusals: ${INSTEAD[first.kind]}.`;
}

/** Hyphens and accents are often left out: spiderman, Beyonce. */
function sourceOf(name: string): string {
  return name
    .replace(/[ -]/gu, String.raw`[\s-]{0,2}`)
    .replaceAll('é', '[eé]')
    .replaceAll("'", "'?");
}
