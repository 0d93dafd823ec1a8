/**
 * Proof: n same-path attempts in a row that ended in one branch (I4). A retest that only asked more
 * clearly (TEXT+IMAGE) counts as the same path.
 */
import type { Attempt, FailedAttempt } from '../domain/attempt.ts';

/** Length of the run of same-branch, same-path attempts that the last attempt ends; what was not sent shows nothing. */
export function proofCount(trail: readonly Attempt[], last: FailedAttempt): number {
  if (!wasSent(last)) return 0;
  let count = 0;
  let later: Attempt = last;
  for (const attempt of [...trail].reverse()) {
    if (attempt.classification?.branch !== last.classification.branch || !wasSent(attempt)) break;
    const samePath = attempt.fingerprint === later.fingerprint || (count > 0 && later.move.kind === 'retest');
    if (!samePath) break;
    count += 1;
    later = attempt;
  }
  return count;
}

/** False where our own store was too slow for the call to go: that is nothing about the path. */
export function wasSent({ classification }: Pick<Attempt, 'classification'>): boolean {
  return classification?.reason !== 'slot-expired';
}

/** Retests that were spent on a branch: moves made right after an attempt that ended in it. */
export function retestsSpent(trail: readonly Attempt[], last: FailedAttempt): number {
  return trail.filter(
    (attempt, i) =>
      attempt.move.kind === 'retest' && trail[i - 1]?.classification?.branch === last.classification.branch,
  ).length;
}
