/** A row of the classifier's table: the first whose question is answered with yes decides. */
import type { Branch } from '../branch.ts';
import type { Certainty } from '../classification.ts';
import type { ReasonOf } from '../reason.ts';
import type { Reading } from './reading.ts';

export type Row = {
  [B in Branch]: {
    /** Stable; a verdict names it so that it can be argued with. */
    readonly id: string;
    readonly branch: B;
    readonly reason: ReasonOf<B>;
    readonly certainty: Certainty;
    readonly when: (reading: Reading) => boolean;
  };
}[Branch];

/** A pattern is asked of all words that were said. */
export type Question = RegExp | ((reading: Reading) => boolean);

export function row<B extends Branch>(
  id: string,
  branch: B,
  reason: ReasonOf<B>,
  certainty: Certainty,
  question: Question,
): Row {
  const when =
    question instanceof RegExp ? (reading: Reading): boolean => question.test(reading.text) : question;
  // The pair of branch and reason is checked by this signature; the mapped union cannot show it.
  return { id, branch, reason, certainty, when } as Row;
}

/** One of Google's `ErrorInfo` reasons, or a code in words. */
export function named(...words: readonly string[]): (reading: Reading) => boolean {
  return (reading) => reading.words.some((word) => words.includes(word));
}

export function both(...questions: readonly Question[]): (reading: Reading) => boolean {
  return (reading) => questions.every((question) => asked(question, reading));
}

export function any(...questions: readonly Question[]): (reading: Reading) => boolean {
  return (reading) => questions.some((question) => asked(question, reading));
}

export function not(question: Question): (reading: Reading) => boolean {
  return (reading) => !asked(question, reading);
}

export function code(...codes: readonly number[]): (reading: Reading) => boolean {
  return (reading) => reading.code !== undefined && codes.includes(reading.code);
}

export const byGateway = (reading: Reading): boolean => reading.by.gateway && !reading.by.google;

function asked(question: Question, reading: Reading): boolean {
  return question instanceof RegExp ? question.test(reading.text) : question(reading);
}
