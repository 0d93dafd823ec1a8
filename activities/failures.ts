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
import { readable } from '../src/domain/finding.ts';
import type { QuotaWait } from '../src/quota/broker.ts';
import type { RequestProblem } from '../src/domain/request-problem.ts';

/** Twice in the failure: as its message and in the attempt's classification. */
const LONGEST_MESSAGE = 600;
const MOST_VIOLATIONS = 4;

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

export function cut(message: string): string {
  return message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE)}…`;
}

export function verdict(attempt: FailedAttempt): ApplicationFailure {
  const { violations, ...classification } = attempt.classification;
  const short: FailedAttempt = {
    ...attempt,
    classification: {
      ...classification,
      message: cut(classification.message),
      ...(violations === undefined ? {} : { violations: violations.slice(0, MOST_VIOLATIONS) }),
    },
  };
  return withoutStack(
    ApplicationFailure.create({
      message: readable(short.classification),
      type: failureType(short.classification.branch),
      nonRetryable: true,
      details: [{ attempt: short }],
      ...(EXPECTED.has(short.classification.branch) ? { category: ApplicationFailureCategory.BENIGN } : {}),
    }),
  );
}

/** The request cannot be sent as it is; nothing was called. */
export function invalid(problems: readonly RequestProblem[]): ApplicationFailure {
  return withoutStack(
    ApplicationFailure.create({
      message: problems
        .map(({ field, message }) => `${field}: ${message}`)
        .join('; ')
        .slice(0, LONGEST_MESSAGE),
      type: failureType('invalid-request'),
      nonRetryable: true,
      details: [{ problems: problems.slice(0, 5).map((p) => ({ ...p, message: p.message.slice(0, 200) })) }],
    }),
  );
}

export function notYet(wait: QuotaWait): ApplicationFailure {
  return withoutStack(
    ApplicationFailure.create({
      message: `no slot for ${Math.ceil(wait.ms / 1_000)} s: ${wait.why}, place ${wait.place}`,
      type: FAILURES.wait,
      nonRetryable: true,
      details: [wait],
      category: ApplicationFailureCategory.BENIGN,
    }),
  );
}

/** Temporal retries this one: nothing was decided, and the fence keeps it from paying again. */
export function storeAway(error: Error): ApplicationFailure {
  return withoutStack(
    ApplicationFailure.create({ message: error.message.slice(0, LONGEST_MESSAGE), type: FAILURES.store }),
  );
}

export function extractPending(error: Error): ApplicationFailure {
  return withoutStack(
    ApplicationFailure.create({
      message: `the response is stored, its images are not yet: ${error.message}`.slice(0, LONGEST_MESSAGE),
      type: FAILURES.extractPending,
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
