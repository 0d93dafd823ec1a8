/**
 * Reads what an activity's failure says, as a value the workflow can decide on:
 * - `attempt`: a provider verdict, with its record;
 * - `wait`: no slot soon enough; - `held`: the route is stopped;
 * - `extract`: the response is stored, its images are not;
 * - `invalid`: found before any call;
 * - `no-worker`: nobody took the task;
 * - `again`: nothing was decided (store away, worker lost ten times); the fence makes repeating safe;
 * - `cancelled`: cancelled before a verdict existed.
 */
import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/workflow';
import { failureType, FAILURES } from '../src/contract/names.ts';
import type { FailedAttempt } from '../src/domain/attempt.ts';
import { BRANCHES } from '../src/domain/branch.ts';
import type { HeldAnswer, WaitAnswer } from '../src/contract/generation.ts';
import type { RequestProblem } from '../src/domain/request-problem.ts';

export type ActivityOutcome =
  | { readonly kind: 'attempt'; readonly attempt: FailedAttempt }
  | { readonly kind: 'wait'; readonly wait: WaitAnswer }
  | { readonly kind: 'held'; readonly held: HeldAnswer }
  | { readonly kind: 'extract' }
  | { readonly kind: 'invalid'; readonly problems: readonly RequestProblem[] }
  | { readonly kind: 'no-worker' }
  | { readonly kind: 'again'; readonly why: string }
  | { readonly kind: 'cancelled' };

const BRANCH_TYPES: ReadonlySet<string> = new Set(BRANCHES.map(failureType));

interface VerdictDetails {
  readonly attempt?: FailedAttempt;
  readonly problems?: readonly RequestProblem[];
}

export function activityOutcome(error: unknown): ActivityOutcome {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof CancelledFailure) return { kind: 'cancelled' };
  if (cause instanceof TimeoutFailure) {
    return cause.timeoutType === 'SCHEDULE_TO_START'
      ? { kind: 'no-worker' }
      : { kind: 'again', why: `the worker was lost (${cause.timeoutType})` };
  }
  if (!(cause instanceof ApplicationFailure)) throw error;

  const { type, details } = cause;
  if (type === FAILURES.wait) {
    const answer = details?.[0] as WaitAnswer | HeldAnswer;
    return answer.kind === 'held' ? { kind: 'held', held: answer } : { kind: 'wait', wait: answer };
  }
  if (type === FAILURES.extractPending) return { kind: 'extract' };
  if (type === FAILURES.conflict || type === FAILURES.unapproved || type === 'PayloadsTooLarge') throw cause;
  const verdict = details?.[0] as VerdictDetails | undefined;
  if (type !== null && type !== undefined && BRANCH_TYPES.has(type)) {
    if (verdict?.attempt !== undefined) return { kind: 'attempt', attempt: verdict.attempt };
    if (verdict?.problems !== undefined) return { kind: 'invalid', problems: verdict.problems };
  }
  return { kind: 'again', why: cause.message };
}
