/** A proxy said no. Only its own rate limit is a matter of waiting, as long as it says. */
import type { BranchPolicy } from './policy.ts';
import { minutes, seconds } from './policy.ts';

export const gatewayDenial: BranchPolicy = {
  numbers: { proof: 1, retests: 4, baseMs: seconds(60), factor: 2, capMs: minutes(5), jitter: 0.2 },
  remedies: ['hold', 'operator'],
  hold: 'gateway',
  samePath: 'none; reason `throttled` waits as told, ≤ 4',
  retestable: ({ reason }) => reason === 'throttled',
};
