/** Spent too fast for the rolling window; without a hint, a window of ten minutes is assumed. */
import type { BranchPolicy } from './policy.ts';
import { always, minutes } from './policy.ts';

export const spendWindow: BranchPolicy = {
  numbers: { proof: 1, retests: 2, baseMs: minutes(10), factor: 1, capMs: minutes(10), jitter: 0.1 },
  remedies: ['endpoint', 'fallback', 'operator'],
  samePath: "wait for the window's end, ≤ 2",
  retestable: always,
};
