/** A 429 that names no limit: shared capacity or an account hold. Treated as capacity, slower. */
import { capacity } from './capacity.ts';
import type { BranchPolicy } from './policy.ts';
import { always, minutes, seconds } from './policy.ts';

export const quotaUnknown: BranchPolicy = {
  numbers: {
    proof: 2,
    retests: 4,
    baseMs: seconds(60),
    factor: 2,
    capMs: seconds(240),
    jitter: 0.2,
    queueMs: [minutes(10), minutes(30)],
  },
  remedies: capacity.remedies,
  samePath: '60→120→240 s, ≤ 4',
  retestable: always,
};
