/**
 * How a generation ends: with a result, or as a dead letter whose failure holds everything a person
 * needs to revive it. Pure functions of what the workflow knows.
 */
import { ApplicationFailure } from '@temporalio/workflow';
import type { Delivery, GenerationFailure, GenerationResult } from '../src/contract/generation.ts';
import { failureType } from '../src/contract/names.ts';
import type { Attempt } from '../src/domain/attempt.ts';
import { totalCost } from '../src/domain/attempt.ts';
import type { Classification } from '../src/domain/classification.ts';
import { finding, readable } from '../src/domain/finding.ts';
import type { EndCause } from '../src/domain/phase.ts';
import type { RequestProblem } from '../src/domain/request-problem.ts';
import { shortText } from '../src/domain/short-text.ts';
import { trailOf } from './story.ts';

/** Bytes of a failure's own words (I1). */
const LONGEST_WORDS = 1_000;

/** What a generation comes to when it cannot be served, and why now. */
export interface End {
  readonly classification: Classification;
  readonly cause: EndCause;
  readonly why: string;
}

/** Found before any call: the caller's to correct. */
export function refused(problems: readonly RequestProblem[]): End {
  const [first] = problems;
  if (first === undefined) throw ApplicationFailure.nonRetryable('a request was refused without a problem');
  const words = problems.map((problem) => `${problem.field}: ${problem.message}`).join('; ');
  const message = shortText(words, LONGEST_WORDS);
  const rest = { rule: 'preflight', certainty: 'named', billed: 'no', field: first.field, message } as const;
  return {
    classification: finding('invalid-request', first.reason, rest),
    cause: 'stop-branch',
    why: 'found before any call',
  };
}

/** Its turn would come too late: said now, with the numbers, instead of slept (I5). */
export function tooLate(wait: { readonly why: string; readonly place: number; readonly limit: string }): End {
  const rest = { rule: 'quota-outlook', certainty: 'named', billed: 'no', message: wait.why } as const;
  return {
    classification:
      wait.limit === 'rpd' ? finding('quota-day', 'rpd', rest) : finding('quota-minute', 'rpm', rest),
    cause: 'deadline',
    why: `its turn would come after the deadline: ${wait.why}, place ${wait.place}`,
  };
}

/** Nobody could say what became of it: no worker, no store. */
export function noVerdict(why: string): End {
  const message = `no verdict before the deadline: ${why}`;
  return {
    classification: finding('unknown', 'unrecognised', {
      rule: 'no-verdict',
      certainty: 'guessed',
      billed: 'possible',
      message,
    }),
    cause: 'deadline',
    why,
  };
}

export function deadLetter(
  id: string,
  attempts: readonly Attempt[],
  { classification, cause, why }: End,
): ApplicationFailure {
  const evidence = attempts.at(-1)?.evidence;
  const failure: GenerationFailure = {
    id,
    classification,
    cause,
    why,
    cost: totalCost(attempts),
    trail: trailOf(attempts),
    ...(evidence === undefined ? {} : { evidence }),
  };
  const error = ApplicationFailure.create({
    message: readable(classification),
    type: failureType(classification.branch),
    nonRetryable: true,
    details: [failure],
  });
  // A workflow stack tells an operator nothing and pushes the reason off the page.
  error.stack = '';
  return error;
}

/** @param attempts All of them, the delivering one last. */
export function resultOf(id: string, attempts: readonly Attempt[], delivery: Delivery): GenerationResult {
  const { attempt, images, drafts, texts, warnings, contents, modelVersion, size } = delivery;
  const pathWhy = attempts
    .flatMap(({ move }) => (move.kind === 'remedy' ? [`${move.remedy}: ${move.change}`] : []))
    .join('; ');
  return {
    id,
    images,
    drafts,
    texts,
    route: attempt.route,
    model: attempt.model,
    cost: totalCost(attempts),
    trail: trailOf(attempts),
    warnings,
    ...(contents === undefined ? {} : { contents }),
    ...(modelVersion === undefined ? {} : { modelVersion }),
    ...(size === undefined ? {} : { size }),
    ...(pathWhy === '' ? {} : { pathWhy }),
  };
}
