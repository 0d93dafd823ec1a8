/**
 * Reads a text model's rewrite. Total: an answer that is empty, unchanged, refused, over-long or no JSON
 * is the remedy's failure, told in words.
 */
import type { Technique } from './technique.ts';
import { isTechnique } from './technique.ts';
import { readAnswer } from './answer.ts';

export type Rewrite =
  | { readonly ok: true; readonly prompt: string; readonly techniques: readonly Technique[] }
  | { readonly ok: false; readonly why: string };

/** Characters; a rewrite that is longer says more than the prompt did. */
const SHORT_PROMPT_LIMIT = 1_000;
const LONGEST_FACTOR = 3;

export function readRewrite(answer: string, original: string): Rewrite {
  const read = readAnswer(answer);
  if ('why' in read) return { ok: false, why: read.why };
  const { prompt, techniques } = read.json;
  if (typeof prompt !== 'string' || prompt.trim() === '') return { ok: false, why: 'the rewrite is empty' };
  const text = prompt.trim();
  if (sameWords(text, original)) return { ok: false, why: 'the rewrite is unchanged' };
  const most = Math.max(SHORT_PROMPT_LIMIT, LONGEST_FACTOR * original.length);
  if (text.length > most) {
    return { ok: false, why: `the rewrite is over-long: ${text.length} characters, at most ${most}` };
  }
  const named = Array.isArray(techniques) ? techniques.filter(isTechnique) : [];
  return { ok: true, prompt: text, techniques: [...new Set(named)] };
}

/** Case, space and punctuation do not make another prompt. */
export function sameWords(a: string, b: string): boolean {
  return words(a) === words(b);
}

function words(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ');
}
