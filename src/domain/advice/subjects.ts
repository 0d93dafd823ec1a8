/**
 * How many subjects a prompt asks for. Beings are counted wherever an article or a numeral brings
 * them in; other nouns only in a bare enumeration that is the subject itself, so that clothes,
 * furniture, adjectives and lists of styles stay uncounted.
 */
import { bareList } from './bare-list.ts';
import { beingOf } from './beings.ts';
import { excerpt } from './excerpt.ts';
import type { Reading } from './reading.ts';

export const MAX_SUBJECTS = 3;
/** A numeral above this is a crowd, which is drawn as one. */
const MAX_COUNTED = 30;

const NUMERALS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');
const ONE: ReadonlySet<string> = new Set(['a', 'an', 'another']);
/** Before an article they make a comparison, a choice or an absence. */
const COMPARES = /^(?:like|as|than|or|resembling|into|no|not|without)$/u;
const THINGS =
  /^(?:statue|sculpture|figurine|logo|drawing|poster|picture|tattoo|shape|head|face|team|pair)$/u;
/** A noun may go on with these; any other word makes it part of a compound: "a bear costume". */
const FUNCTION =
  /^(?:and|or|with|in|on|at|by|of|to|from|for|under|over|near|next|beside|behind|before|around|through|across|along|who|that|which|while|is|are|as|into|inside|outside|during|against|above|below|between|behind|among|amid|together|sits?|stands?|the|a|an|his|her|its|their)$/u;
const PARTICIPLE = /^\p{L}{2,}(?:ing|ed)$/u;
/** Words between the article and its noun. */
const MAX_ADJECTIVES = 3;

export function manySubjects({ asked, prompt }: Reading): string | undefined {
  for (const sentence of sentencesOf(asked)) {
    const listed = bareList(sentence.text);
    const beings = beingsIn(sentence.text);
    const seen = Math.max(listed, beings.count);
    if (seen <= MAX_SUBJECTS) continue;
    const from = sentence.index + (listed > MAX_SUBJECTS ? 0 : beings.index);
    const words = excerpt(prompt.slice(from, sentence.index + sentence.text.length));
    return `“${words}” asks for ${seen} separate subjects, and above ${MAX_SUBJECTS} some are merged, lost or no image comes: name the main ones and make the rest one group, or draw them in several images.`;
  }
  return undefined;
}

interface Sentence {
  readonly index: number;
  readonly text: string;
}

function sentencesOf(text: string): readonly Sentence[] {
  return [...text.matchAll(/[^.!?;\n。！？；]+/gu)].map((match) => ({
    index: match.index + (match[0].length - match[0].trimStart().length),
    text: match[0].trim(),
  }));
}

/** Beings, each kind once, times its numeral. */
function beingsIn(sentence: string): { readonly count: number; readonly index: number } {
  const tokens = [...sentence.toLowerCase().matchAll(/[\p{L}\p{N}'-]+|[^\s\p{L}\p{N}'-]/gu)];
  const names = tokens.map(([name]) => name);
  const counts = new Map<string, number>();
  let index: number | undefined;
  tokens.forEach((token, at) => {
    const amount = amountOf(token[0]);
    const being = amount === 0 || isCompared(names, at) ? undefined : beingAfter(names, at, amount > 1);
    if (being === undefined) return;
    index ??= token.index;
    counts.set(being, Math.max(counts.get(being) ?? 0, amount));
  });
  return { count: [...counts.values()].reduce((sum, one) => sum + one, 0), index: index ?? 0 };
}

function amountOf(token: string): number {
  if (ONE.has(token)) return 1;
  const amount = /^\d{1,2}$/u.test(token) ? Number(token) : NUMERALS.indexOf(token);
  return amount > 0 && amount <= MAX_COUNTED ? amount : 0;
}

/** "A photo of a dog" shows a dog, "a statue of a dog" is a thing. */
function isCompared(names: readonly string[], at: number): boolean {
  const before = names[at - 1] ?? '';
  if (before === 'of') return THINGS.test(names[at - 2] ?? '');
  return COMPARES.test(before);
}

function beingAfter(names: readonly string[], article: number, many: boolean): string | undefined {
  for (let at = article + 1; at <= article + 1 + MAX_ADJECTIVES; at += 1) {
    const name = names[at] ?? '';
    if (!/^\p{L}/u.test(name) || FUNCTION.test(name)) return undefined;
    const being = beingOf(name, many);
    if (being !== undefined) return isEnd(names[at + 1]) ? being : undefined;
  }
  return undefined;
}

function isEnd(next: string | undefined): boolean {
  return next === undefined || !/^[\p{L}\p{N}]/u.test(next) || FUNCTION.test(next) || PARTICIPLE.test(next);
}
