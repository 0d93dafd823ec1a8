/** The day's quota is gone. RetryInfo of such a 429 may say 22 s; only midnight Pacific helps. */
import type { BranchPolicy } from './policy.ts';
import { never, STOP } from './policy.ts';

export const quotaDay: BranchPolicy = {
  numbers: STOP,
  remedies: ['endpoint', 'fallback', 'batch', 'wait-for-reset', 'operator'],
  samePath: 'none before the reset at midnight Pacific',
  retestable: never,
};
