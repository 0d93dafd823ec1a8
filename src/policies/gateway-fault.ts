/** Something between us and Google broke. After the send, the call behind it may have been billed. */
import type { BranchPolicy } from './policy.ts';
import { always, minutes, seconds } from './policy.ts';

export const gatewayFault: BranchPolicy = {
  numbers: {
    proof: 2,
    retests: 4,
    retestsIfBilled: 1,
    baseMs: seconds(30),
    factor: 2,
    capMs: seconds(300),
    jitter: 0.2,
    queueMs: [minutes(10), minutes(30)],
  },
  remedies: ['endpoint', 'queue', 'fallback', 'operator'],
  samePath: '30→300 s, ≤ 4 when nothing was sent, one when it may be billed',
  retestable: always,
};
