/**
 * What stands in quotation marks, in the marks of many languages. A prompt's quotations are mostly
 * text to be drawn, and what they say is no instruction: "NO PARKING" negates nothing.
 */
import { blank } from './pattern.ts';

export interface Quotation {
  /** Of the opening mark. */
  readonly start: number;
  /** Behind the closing mark. */
  readonly end: number;
  readonly text: string;
}

/** A digit before a straight mark makes it inches; a letter makes a single mark an apostrophe. */
const MARKS = [
  String.raw`(?<!\d)"[^"]{1,400}"`,
  String.raw`“[^“”"]{1,400}[”“]`,
  String.raw`„[^„“”"]{1,400}[“”"]`,
  String.raw`«[^«»]{1,400}»`,
  String.raw`»[^«»]{1,400}«`,
  String.raw`‹[^‹›]{1,400}›`,
  String.raw`「[^「」]{1,400}」`,
  String.raw`『[^『』]{1,400}』`,
  String.raw`‘(?:[^‘’\n]|(?<=\p{L})’(?=\p{L})){1,200}’`,
  String.raw`(?<![\p{L}\p{N}])'(?:[^'\n]|(?<=\p{L})'(?=\p{L})){1,200}'(?![\p{L}\p{N}])`,
];
const QUOTATION = new RegExp(MARKS.join('|'), 'gu');

export function quotationsIn(prompt: string): readonly Quotation[] {
  return [...prompt.matchAll(QUOTATION)].map(({ index, 0: whole }) => ({
    start: index,
    end: index + whole.length,
    text: whole.slice(1, -1).trim(),
  }));
}

/** The prompt with these quotations blanked, each other letter at its old place. */
export function withoutQuotations(prompt: string, quotations: readonly Quotation[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of quotations) {
    parts.push(prompt.slice(from, start + 1), blank(/./gsu, prompt.slice(start + 1, end - 1)));
    from = end - 1;
  }
  return parts.join('') + prompt.slice(from);
}
