/** Accepted but too slow. Only where our own timer was the short one does a longer one help. */
import { nextCallTimeout } from './call-timeout.ts';
import type { BranchPolicy } from './policy.ts';
import { always, seconds } from './policy.ts';

export const timeout: BranchPolicy = {
  numbers: { proof: 2, retests: 1, baseMs: seconds(5), factor: 1, capMs: seconds(5), jitter: 0.2 },
  remedies: ['smaller-size', 'smaller-inputs', 'simplify', 'batch', 'fallback', 'operator'],
  samePath: 'one, with a longer client timeout where ours was the short one',
  retestable: always,
  retestChange: (attempt, snapshot) =>
    attempt.classification.reason === 'client-timeout' ? nextCallTimeout(attempt, snapshot) : undefined,
};
