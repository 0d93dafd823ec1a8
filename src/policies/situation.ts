/**
 * Where a generation stands when it asks what to do: its attempts from the three sides that policies
 * look at, and the bounds of what it may still spend.
 */
import type { Attempt, FailedAttempt } from '../domain/attempt.ts';
import { mayHaveBeenBilled, totalCost } from '../domain/attempt.ts';
import type { EndCause } from '../domain/phase.ts';
import type { Branch } from '../domain/branch.ts';
import type { Preparation } from '../domain/preparation.ts';
import type { PolicyNumbers, PolicySnapshot } from '../domain/snapshot.ts';
import { wasSent } from './proof.ts';

export interface Circumstances {
  /** Epoch milliseconds, the workflow's clock. */
  readonly now: number;
  /** Uniform in [0, 1), the workflow's seeded random. */
  readonly random: number;
  /** What was readied for remedies so far. */
  readonly preparations?: readonly Preparation[];
  /** Branches for which a person refused a route-out. */
  readonly rejected?: readonly Branch[];
}

export interface Situation {
  /** All attempts: what bounds count. */
  readonly all: readonly Attempt[];
  /** Those that asked for an image: what proof and allowances count. */
  readonly images: readonly Attempt[];
  /** The images since a person last changed the request: an earlier ladder had other rungs. */
  readonly trail: readonly Attempt[];
  /** The last of `trail`. */
  readonly last: FailedAttempt;
  readonly snapshot: PolicySnapshot;
  readonly numbers: PolicyNumbers;
  readonly now: number;
  readonly random: number;
  readonly preparations: readonly Preparation[];
  readonly rejected: readonly Branch[];
}

export function imageAttempts(attempts: readonly Attempt[]): readonly Attempt[] {
  return attempts.filter(({ move }) => move.kind !== 'prepare');
}

export function sinceLastChange(images: readonly Attempt[]): readonly Attempt[] {
  const at = images.findLastIndex(({ move }) => move.kind === 'operator' && move.choice === 'change');
  return at <= 0 ? images : images.slice(at);
}

/** Possibly billed calls after which nothing repeats the same path without a person (I13). */
const POSSIBLE_CALLS_BEFORE_A_PERSON = 2;

export function isPathClosed({ images, last }: Pick<Situation, 'images' | 'last'>): boolean {
  const possible = images.filter(({ billed }) => billed === 'possible').length;
  return last.billed === 'possible' && possible >= POSSIBLE_CALLS_BEFORE_A_PERSON;
}

/** Attempts and paid calls are spent for the generation as a whole (I4, I13); what was not sent spends none. */
export function boundSpent({ all, snapshot }: Pick<Situation, 'all' | 'snapshot'>): EndCause | undefined {
  if (all.filter(wasSent).length >= snapshot.maxAttempts) return 'attempts-spent';
  if (all.filter(mayHaveBeenBilled).length >= snapshot.maxPaidCalls) return 'paid-calls-spent';
  return undefined;
}

/** Whether `calls` more calls fit into what is left, the last one being worth the ones before it. */
export function hasRoom({ all, snapshot }: Pick<Situation, 'all' | 'snapshot'>, calls: number): boolean {
  const paid = all.filter(mayHaveBeenBilled).length;
  return all.filter(wasSent).length + calls <= snapshot.maxAttempts && paid + calls <= snapshot.maxPaidCalls;
}

export function withinCost(
  { all, snapshot }: Pick<Situation, 'all' | 'snapshot'>,
  worstUsd: number,
): boolean {
  if (snapshot.maxCostUsd === undefined) return true;
  const { sureUsd, possibleUsd } = totalCost(all);
  return sureUsd + possibleUsd + worstUsd <= snapshot.maxCostUsd;
}
