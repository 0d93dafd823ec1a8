/** Too fast for a per-minute limit: every retest takes a slot, so the broker does the pacing. */
import type { BranchPolicy } from './policy.ts';
import { always, seconds } from './policy.ts';

export const quotaMinute: BranchPolicy = {
  numbers: {
    proof: 2,
    retests: 5,
    baseMs: seconds(1),
    factor: 2,
    capMs: seconds(60),
    jitter: 0.2,
    queueMs: [seconds(30), seconds(60)],
  },
  remedies: ['batch', 'queue', 'operator'],
  samePath: 'RetryInfo, else 1→60 s; ≤ 5; each retest takes a slot',
  retestable: always,
};
