/** Never seen before: one careful retest, then a person. */
import type { BranchPolicy } from './policy.ts';
import { always, seconds } from './policy.ts';

export const unknown: BranchPolicy = {
  numbers: { proof: 2, retests: 1, baseMs: seconds(30), factor: 1, capMs: seconds(30), jitter: 0.2 },
  remedies: ['operator'],
  samePath: 'one',
  retestable: always,
};
