/**
 * A walk: how a generation that may do everything goes through one branch, call by call, when every call
 * fails in it. The functions make its stages; `walks.ts` is the table of them.
 */
import type { HoldScope } from '../../../src/domain/ask.ts';
import type { FailedAttempt, Variation } from '../../../src/domain/attempt.ts';
import type { EndCause } from '../../../src/domain/phase.ts';
import type { RequestDraft } from '../../../src/domain/resolve-request.ts';
import type { PolicySnapshot } from '../../../src/domain/snapshot.ts';

/** Milliseconds, both ends included; `until`: a calendar time in ms since the start, spread by half a minute. */
export type Wait = readonly [from: number, to: number] | { readonly until: number };

/** One call and the wait before it. */
export interface Stage {
  /** As the trail tells it, without what a remedy changed. */
  readonly told: string;
  /** Absent: at once. */
  readonly wait?: Wait;
  /** The activities it runs, in order. */
  readonly runs: readonly string[];
  /** The one thing in which it differs from the image call before. */
  readonly changes?: keyof Variation;
  /** `same`: its fingerprint is that of the image call before. */
  readonly path: 'same' | 'other' | 'text';
}

/** Where the walk comes to a person, and what happens when that person does not let it leave. */
export interface Question {
  readonly phase: 'backing-off' | 'awaiting-operator' | 'held';
  readonly scope?: HoldScope;
  /** What it waits for meanwhile, where it goes on by itself. */
  readonly wait?: Wait;
  readonly rejected: EndCause;
  readonly undecided: EndCause;
  /** `routeOut: 'never'`: nobody may be asked. */
  readonly never: EndCause;
}

export interface Walk {
  /** What it shows, after the branch's name. */
  readonly law: string;
  /** What every call comes to. */
  readonly evidence: FailedAttempt;
  /** When the daily quota resets after each call, in ms since the start. */
  readonly resets?: readonly number[];
  /** Same-path attempts in a row that prove the branch, and the retests that may be spent on it. */
  readonly proof: number;
  readonly retests: number;
  /** What the first call runs, where it is not a call alone. */
  readonly first?: readonly string[];
  readonly stages: readonly Stage[];
  /** `returned`: back to the caller, without a question. `cancelled`: the caller cancels in mid-call. */
  readonly end: Question | 'returned' | 'cancelled';
  readonly snapshot?: Partial<PolicySnapshot>;
  readonly request?: Partial<RequestDraft>;
  /** The inputs cannot be uploaded either: the upload fails with the evidence. */
  readonly uploadFails?: true;
}

export const HOUR = 3_600_000;
export const CALL = 'gemini.generate';
export const UPLOAD = 'gemini.upload';

/** @param jitter As a share of the delay, which never passes `cap` seconds. */
export function around(seconds: number, jitter = 0, cap = Infinity): Wait {
  return [seconds * (1 - jitter) * 1_000, Math.min(cap, seconds * (1 + jitter)) * 1_000];
}

/** A provider's hint: never shortened, spread by 5 % and 2 s at most (I5). */
export function told(seconds: number): Wait {
  return [seconds * 1_000, (seconds + Math.min(2, seconds * 0.05)) * 1_000];
}

export function retest(wait: Wait): Stage {
  return { told: 'same-path retest', wait, runs: [CALL], path: 'same' };
}

export function longerRetest(wait: Wait): Stage {
  return { ...retest(wait), told: 'retest with another callTimeout', changes: 'callTimeoutMs' };
}

export function clearerRetest(wait: Wait): Stage {
  return { ...retest(wait), told: 'retest with another modalities', changes: 'modalities', path: 'other' };
}

export function queued(wait: Wait): Stage {
  return { told: 'queued retest', wait, runs: [CALL], path: 'same' };
}

export function rung(remedy: 'tier' | 'fallback' | 'endpoint' | 'route-out'): Stage {
  return { told: remedy, runs: ['gemini.fallBack', CALL], changes: 'rung', path: 'other' };
}

export function remedy(told: string, changes: keyof Variation, ...before: readonly string[]): Stage {
  return { told, runs: [...before, CALL], changes, path: 'other' };
}

/** A remedy that leaves the path as it is. */
export function mended(told: string, ...runs: readonly string[]): Stage {
  return { told, runs, path: 'same' };
}

/** A text model's call; what it made is sent by the stage after it. */
export function textCall(remedy: 'simplify' | 'rewrite'): Stage {
  return { told: `text call: ${remedy}`, runs: ['gemini.makePrompt'], path: 'text' };
}

export const simplified = remedy('simplify', 'prompt');
export const rewritten = remedy('rewrite', 'prompt');

/** Nothing goes on by itself. */
export function person(never: EndCause = 'no-remedy'): Question {
  return { phase: 'awaiting-operator', rejected: 'rejected', undecided: 'deadline', never };
}

export function heldBy(scope: HoldScope): Question {
  return { ...person('stop-branch'), phase: 'held', scope };
}

/** Asked while it queues; unanswered, it queues until its attempts are spent. */
export function meanwhile(wait: Wait): Question {
  const spent = 'attempts-spent';
  return { phase: 'backing-off', wait, rejected: spent, undecided: spent, never: spent };
}
