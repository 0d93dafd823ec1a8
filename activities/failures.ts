/**
 * How activities speak: a verdict is an ApplicationFailure `gemini.<branch>` with the attempt in its
 * details, non-retryable, because the workflow decides. The message is cut so that the whole failure
 * stays under 3 KiB (I1): Temporal hides details of larger ones.
 */
import { ApplicationFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { failureType, FAILURES } from '../src/contract/names.ts';
import type { FailedAttempt } from '../src/domain/attempt.ts';
import type { Branch } from '../src/domain/branch.ts';
import type { Classification, QuotaViolation } from '../src/domain/classification.ts';
import { readable } from '../src/domain/finding.ts';
import { shortText } from '../src/domain/short-text.ts';
import type { Held, QuotaWait } from '../src/quota/broker.ts';
import { tellStoreAway } from './measures.ts';
import { heldAnswer, waitAnswer } from './outlook.ts';
import type { RequestProblem } from '../src/domain/request-problem.ts';

/** Bytes; twice in the failure: as its message and in the attempt's classification. */
const LONGEST_MESSAGE = 500;
/** Bytes of a name that the provider chose: a quota, a category, a field. */
const LONGEST_NAME = 80;
/** Bytes of one problem of a request, and how many are told at once. */
const LONGEST_PROBLEM = 250;
const MOST_PROBLEMS = 4;
/** Bytes of all violations together. */
const VIOLATIONS_ROOM = 800;

/** Branches that are part of a normal day: no failure metric, no error log. */
const EXPECTED: ReadonlySet<Branch> = new Set<Branch>([
  'quota-minute',
  'quota-day',
  'quota-unknown',
  'capacity',
  'spend-window',
  'cancelled',
]);

function withoutStack(failure: ApplicationFailure): ApplicationFailure {
  failure.stack = '';
  return failure;
}

function cut(message: string): string {
  return shortText(message, LONGEST_MESSAGE);
}

/** What history keeps of a verdict; the whole is in the evidence. */
function shortClassification(c: Classification): Classification {
  const { violations, safety, field, finishReason } = c;
  return {
    ...c,
    message: cut(c.message),
    ...(field === undefined ? {} : { field: shortText(field, LONGEST_NAME) }),
    ...(finishReason === undefined ? {} : { finishReason: shortText(finishReason, LONGEST_NAME) }),
    ...(safety === undefined ? {} : { safety: withShortNames(safety) }),
    ...(violations === undefined ? {} : { violations: fitting(violations) }),
  };
}

/** The first ones that there is room for. */
function fitting(violations: readonly QuotaViolation[]): readonly QuotaViolation[] {
  let room = VIOLATIONS_ROOM;
  const short = violations.map(withShortNames);
  const end = short.findIndex((violation) => (room -= Buffer.byteLength(JSON.stringify(violation))) < 0);
  return end === -1 ? short : short.slice(0, end);
}

function withShortNames<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [
      key,
      typeof item === 'string' ? shortText(item, LONGEST_NAME) : item,
    ]),
  ) as T;
}

export function verdict(attempt: FailedAttempt): ApplicationFailure {
  const classification = shortClassification(attempt.classification);
  return withoutStack(
    ApplicationFailure.create({
      message: readable(classification),
      type: failureType(classification.branch),
      nonRetryable: true,
      details: [{ attempt: { ...attempt, classification } }],
      ...(EXPECTED.has(classification.branch) ? { category: ApplicationFailureCategory.BENIGN } : {}),
    }),
  );
}

function shortProblem(problem: RequestProblem): RequestProblem {
  return { ...withShortNames(problem), message: shortText(problem.message, LONGEST_PROBLEM) };
}

/** The request cannot be sent as it is; nothing was called. */
export function invalid(problems: readonly RequestProblem[]): ApplicationFailure {
  return withoutStack(
    ApplicationFailure.create({
      message: cut(problems.map(({ field, message }) => `${field}: ${message}`).join('; ')),
      type: failureType('invalid-request'),
      nonRetryable: true,
      details: [{ problems: problems.slice(0, MOST_PROBLEMS).map(shortProblem) }],
    }),
  );
}

/** Between a call that found the day used up and the check that may send it to another rung. */
const DAY_CHECKED_AFTER_MS = 30_000;

/**
 * Details are a WaitAnswer or a HeldAnswer: what a person may be asked on has its evidence. A day that was used up
 * between the check and the call is not slept out here: only a check knows whether another rung is free.
 */
export function notYet(wait: QuotaWait | Held): ApplicationFailure {
  const whole = wait.kind === 'held' ? heldAnswer(wait) : waitAnswer(wait);
  const answer =
    whole.kind === 'wait' && whole.limit === 'rpd'
      ? { ...whole, ms: Math.min(whole.ms, DAY_CHECKED_AFTER_MS) }
      : whole;
  return withoutStack(
    ApplicationFailure.create({
      message:
        answer.kind === 'held'
          ? `held: ${answer.why}`
          : `no ${answer.limit === 'budget' ? 'money' : 'slot'} for ${Math.ceil(answer.ms / 1_000)} s: ${answer.why}, place ${answer.place}`,
      type: FAILURES.wait,
      nonRetryable: true,
      details: [answer],
      category: ApplicationFailureCategory.BENIGN,
    }),
  );
}

/** Temporal retries this one: nothing was decided, and the fence keeps it from paying again. */
export function storeAway(error: Error): ApplicationFailure {
  tellStoreAway();
  return withoutStack(ApplicationFailure.create({ message: cut(error.message), type: FAILURES.store }));
}

export function extractPending(error: Error): ApplicationFailure {
  tellStoreAway();
  return withoutStack(
    ApplicationFailure.create({
      message: cut(`the response is stored, its images are not yet: ${error.message}`),
      type: FAILURES.extractPending,
      nonRetryable: true,
    }),
  );
}

/** Cancelled before its fence was closed: nothing was sent. */
export function nothingToBook(): ApplicationFailure {
  return withoutStack(
    ApplicationFailure.create({
      message: 'cancelled before anything was sent',
      type: failureType('cancelled'),
      nonRetryable: true,
    }),
  );
}

export function conflict(generationId: string): ApplicationFailure {
  return withoutStack(
    ApplicationFailure.create({
      message: `generation ${generationId} was started before with another request: use another idempotency key or id`,
      type: FAILURES.conflict,
      nonRetryable: true,
    }),
  );
}

export function unapproved(route: string): ApplicationFailure {
  return withoutStack(
    ApplicationFailure.create({
      message: `route ${route} was not allowed beforehand and nobody approved it: nothing was sent`,
      type: FAILURES.unapproved,
      nonRetryable: true,
    }),
  );
}
