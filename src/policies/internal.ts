/** Google failed on its side; often transient, sometimes the prompt. */
import type { BranchPolicy } from './policy.ts';
import { always, seconds } from './policy.ts';

export const internal: BranchPolicy = {
  numbers: { proof: 3, retests: 3, baseMs: seconds(2), factor: 2, capMs: seconds(64), jitter: 0.2 },
  remedies: ['simplify', 'fallback', 'operator'],
  samePath: '2→64 s doubling, ≤ 3',
  retestable: always,
};
