/** A file reference is no good. One that is still being processed is only waited for. */
import type { BranchPolicy } from './policy.ts';
import { seconds } from './policy.ts';

export const file: BranchPolicy = {
  numbers: { proof: 1, retests: 6, baseMs: seconds(5), factor: 2, capMs: seconds(60), jitter: 0 },
  remedies: ['re-upload', 'return'],
  samePath: 'none; reason `not-ready` is waited for, ≤ 6',
  retestable: ({ reason }) => reason === 'not-ready',
};
