/** A worker or server was lost in mid-call and no answer was stored: one retest, booked as possible. */
import type { BranchPolicy } from './policy.ts';
import { always, seconds } from './policy.ts';

export const interrupted: BranchPolicy = {
  numbers: { proof: 1, retests: 1, baseMs: seconds(1), factor: 1, capMs: seconds(1), jitter: 0 },
  remedies: ['operator'],
  samePath: 'one, booked as possible',
  retestable: always,
};
