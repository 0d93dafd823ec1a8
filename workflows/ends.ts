/**
 * How a generation ends: with a result, or as a dead letter whose failure holds everything a person
 * needs to revive it, and leaves a record in the store that outlives Temporal's retention.
 */
import { ApplicationFailure, CancellationScope, workflowInfo } from '@temporalio/workflow';
import type {
  DeadRecord,
  Delivery,
  GenerationFailure,
  GenerationResult,
  PromptChange,
} from '../src/contract/generation.ts';
import { failureType } from '../src/contract/names.ts';
import type { Variation } from '../src/domain/attempt.ts';
import { totalCost } from '../src/domain/attempt.ts';
import type { Classification } from '../src/domain/classification.ts';
import { finding, readable } from '../src/domain/finding.ts';
import type { EndCause } from '../src/domain/phase.ts';
import type { RequestProblem } from '../src/domain/request-problem.ts';
import { shortText } from '../src/domain/short-text.ts';
import { burying } from './activity-options.ts';
import { tellDead } from './measures.ts';
import type { GenerationState } from './state.ts';
import { fitting, lastOf, trailOf } from './story.ts';

/** Bytes of a failure's own words (I1). */
const LONGEST_WORDS = 1_000;

/** What a generation comes to when it cannot be served, and why now. */
export interface End {
  readonly classification: Classification;
  readonly cause: EndCause;
  readonly why: string;
}

/** Thrown where the end is found; `run` makes it the end, after what a call may have cost was booked. */
export class Ended extends Error {
  readonly end: End;

  constructor(end: End) {
    super(end.why);
    this.end = end;
  }
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

/** Nobody could say what became of it: no worker, no store. */
export function noVerdict(why: string, billed: 'no' | 'possible' = 'possible'): End {
  const message = `no verdict before the deadline: ${why}`;
  return {
    classification: finding('unknown', 'unrecognised', {
      rule: 'no-verdict',
      certainty: 'guessed',
      billed,
      message,
    }),
    cause: 'deadline',
    why,
  };
}

/**
 * Ends a generation unserved: never returns. The record in the store is worth a try and no more: the
 * failure in Temporal holds the same.
 */
export async function die(state: GenerationState, end: End): Promise<never> {
  const failure = failureOf(state, end);
  const { branch, reason } = end.classification;
  tellDead(state, end);
  state.tallying.died(`${branch}/${reason}`);
  state.enter({ phase: 'dead', branch, why: end.why });
  const { snapshot, request } = state;
  if (snapshot?.version === 2) {
    const { runId, taskQueue } = workflowInfo();
    const { requestDigest } = snapshot;
    const attempts = state.nextN - 1;
    const record: DeadRecord = {
      runId,
      failure,
      request,
      requestDigest,
      attempts,
      diedAt: Date.now(),
      taskQueue,
    };
    await CancellationScope.nonCancellable(() => burying()['gemini.bury'](record)).catch(() => undefined);
  }
  await state.news.settled();
  throw deadLetter(failure);
}

export function failureOf(
  { id, attempts, desk }: GenerationState,
  { classification, cause, why }: End,
): GenerationFailure {
  const evidence = attempts.at(-1)?.evidence;
  return fitting((whole) => ({
    id,
    classification,
    cause,
    why,
    cost: totalCost(attempts),
    trail: trailOf(attempts, whole),
    ...(evidence === undefined ? {} : { evidence }),
    ...(desk.log.length === 0 ? {} : { decisions: lastOf(desk.log, whole) }),
  }));
}

export function deadLetter(failure: GenerationFailure): ApplicationFailure {
  const { classification } = failure;
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

/** Before there is anything to know of it: the argument is not shaped like a request. */
export function stillborn(id: string, { classification, cause, why }: End): ApplicationFailure {
  const cost = { sureUsd: 0, possibleUsd: 0 };
  return deadLetter({ id, classification, cause, why, cost, trail: [] });
}

/** Called when the delivering attempt is the last of `state.attempts`. */
export function resultOf(state: GenerationState, delivery: Delivery): GenerationResult {
  const { attempt, images, drafts, texts, warnings, contents, conversation, modelVersion, size } = delivery;
  const { id, attempts, desk } = state;
  const pathWhy = attempts.flatMap(({ move }) => movedBy(move)).join('; ');
  const promptChange = promptChangeOf(state, attempt.variation);
  return fitting((whole) => ({
    id,
    images,
    drafts,
    texts,
    route: attempt.route,
    model: attempt.model,
    cost: totalCost(attempts),
    trail: trailOf(attempts, whole),
    warnings: [...warnings, ...degradedWarning(state), ...quietWarnings(state)],
    ...(contents === undefined ? {} : { contents }),
    ...(conversation === undefined ? {} : { conversation }),
    ...(modelVersion === undefined ? {} : { modelVersion }),
    ...(size === undefined ? {} : { size }),
    ...(pathWhy === '' ? {} : { pathWhy }),
    ...(promptChange === undefined ? {} : { promptChange }),
    ...(desk.log.length === 0 ? {} : { decisions: lastOf(desk.log, whole) }),
  }));
}

function degradedWarning({ degraded, attempts }: GenerationState): readonly string[] {
  const isServed = attempts.some(({ variation }) => variation.rung === degraded?.rung);
  return degraded === undefined || !isServed ? [] : [degraded.words];
}

function quietWarnings({ quietWarning }: GenerationState): readonly string[] {
  return quietWarning === undefined ? [] : [shortText(quietWarning, LONGEST_WORDS)];
}

function movedBy(move: GenerationState['attempts'][number]['move']): readonly string[] {
  if (move.kind === 'remedy') return [`${move.remedy}: ${move.change}`];
  return move.kind === 'operator' && move.choice === 'change' ? [`changed by a person: ${move.change}`] : [];
}

export function promptChangeOf(
  { preparations }: Pick<GenerationState, 'preparations'>,
  { prompt }: Variation,
): PromptChange | undefined {
  if (prompt === undefined) return undefined;
  for (const each of preparations) {
    if (!each.ok || (each.remedy !== 'rewrite' && each.remedy !== 'simplify')) continue;
    const made = each.prompts.find(({ prompt: { sha256 } }) => sha256 === prompt.sha256);
    if (made === undefined) continue;
    const { remedy, techniques, record } = each;
    return { remedy, change: made.change, techniques, record, prompt: prompt.sha256 };
  }
  return undefined;
}
