/** The model is overloaded. Hammering prolongs it: bounded retests, then another rung, then a queue. */
import type { BranchPolicy } from './policy.ts';
import { always, minutes, seconds } from './policy.ts';

export const capacity: BranchPolicy = {
  numbers: {
    proof: 2,
    retests: 5,
    baseMs: seconds(30),
    factor: 2,
    capMs: seconds(300),
    jitter: 0.2,
    queueMs: [minutes(10), minutes(30)],
  },
  remedies: ['tier', 'endpoint', 'fallback', 'queue', 'operator'],
  samePath: '30→60→120→240 s, cap 300, ±20 %, ≤ 5; an allowed fallback is taken at proof',
  retestable: always,
};
