/** Layer 2 refused the generated image: stochastic, so it is retested; never routed out by itself. */
import type { BranchPolicy } from './policy.ts';
import { always, seconds } from './policy.ts';

export const safetyImage: BranchPolicy = {
  numbers: { proof: 2, retests: 2, baseMs: seconds(1), factor: 2, capMs: seconds(4), jitter: 0 },
  remedies: ['rewrite', 'operator', 'return'],
  samePath: '≤ 2',
  retestable: always,
};
