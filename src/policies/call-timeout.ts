/** The one longer client timeout: double, at most the snapshot's maximum. */
import type { FailedAttempt } from '../domain/attempt.ts';
import type { PolicySnapshot } from '../domain/snapshot.ts';
import type { RetestChange } from './policy.ts';

export function nextCallTimeout(attempt: FailedAttempt, snapshot: PolicySnapshot): RetestChange | undefined {
  const current = attempt.variation.callTimeoutMs ?? snapshot.callTimeoutMs;
  const longer = Math.min(current * 2, snapshot.maxCallTimeoutMs);
  return longer > current ? { callTimeoutMs: longer } : undefined;
}
