/** No answer at all. Before the send it is free to try again; after it, it may have been billed. */
import type { BranchPolicy } from './policy.ts';
import { always, seconds } from './policy.ts';

export const network: BranchPolicy = {
  numbers: {
    proof: 2,
    retests: 6,
    retestsIfBilled: 1,
    baseMs: seconds(1),
    factor: 2,
    capMs: seconds(30),
    jitter: 0.2,
  },
  remedies: ['hold', 'fallback', 'operator'],
  samePath: '1→30 s, ≤ 6 when nothing was sent; one when it may be billed',
  retestable: always,
};
