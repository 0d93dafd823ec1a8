/**
 * The shape of a branch's policy. Each branch declares its own answers; `next-step.ts` asks and
 * never branches on a name, so a new branch cannot be half-handled.
 */
import type { HoldScope } from '../domain/ask.ts';
import type { Attempt, CallRemedy, FailedAttempt } from '../domain/attempt.ts';
import type { Classification } from '../domain/classification.ts';
import type { PolicyNumbers, PolicySnapshot } from '../domain/snapshot.ts';

/** Remedies that end in something other than a call, beside those that do. */
export type Remedy = CallRemedy | 'queue' | 'wait-for-reset' | 'hold' | 'operator' | 'return';

/** What a same-path retest may differ in; not a change of path, because it only asks more clearly. */
export type RetestChange =
  { readonly modalities: readonly ['TEXT', 'IMAGE'] } | { readonly callTimeoutMs: number };

export interface BranchPolicy {
  readonly numbers: PolicyNumbers;
  /** After proof, in this order, each only if it is allowed and its means are configured. */
  readonly remedies: readonly Remedy[];
  /** What the README's table says of the same path. */
  readonly samePath: string;
  /** Whether this evidence may be retested at all; a stop-branch says no unless a reason only asks to wait. */
  retestable(classification: Classification): boolean;
  retestChange?(attempt: FailedAttempt, snapshot: PolicySnapshot): RetestChange | undefined;
  /** What a cause that a person must fix stops; absent where none needs fixing. */
  readonly hold?: HoldScope;
  /** The reason to report when the branch ends here; a repeated blank is a refusal. */
  readonly conclude?: (trail: readonly Attempt[], last: FailedAttempt) => Classification;
}

const SECOND = 1_000;

export function seconds(n: number): number {
  return n * SECOND;
}

export function minutes(n: number): number {
  return n * 60 * SECOND;
}

export const always = (): boolean => true;
export const never = (): boolean => false;

/** Numbers of a branch whose same path is not tried again: the first attempt is the proof. */
export const STOP: PolicyNumbers = { proof: 1, retests: 0, baseMs: 0, factor: 1, capMs: 0, jitter: 0 };

/** A stop-branch: no retest, straight to its remedies (I4). */
export function stopPolicy(remedies: readonly Remedy[], hold?: HoldScope): BranchPolicy {
  return { numbers: STOP, remedies, samePath: 'none', retestable: never, ...(hold && { hold }) };
}
