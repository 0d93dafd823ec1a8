/** A prompt of a word or two leaves everything to chance; scripts without spaces are counted by letters. */
import { excerpt } from './excerpt.ts';
import type { Reading } from './reading.ts';

export const MIN_WORDS = 4;

const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
const LETTERS_OF_A_WORD = 2;

export function vague({ request, prompt }: Reading): string | undefined {
  if (request.inputs > 0 || prompt.trim() === '' || wordsOf(prompt) >= MIN_WORDS) return undefined;
  return `“${excerpt(prompt)}” leaves place, light and style open, so each run gives another picture: say what is seen, where, in which light and style.`;
}

function wordsOf(prompt: string): number {
  const unspaced = prompt.match(UNSPACED)?.length ?? 0;
  const spaced = prompt.replace(UNSPACED, ' ').match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’_.]*/gu)?.length ?? 0;
  return spaced + Math.ceil(unspaced / LETTERS_OF_A_WORD);
}
