/** A use-policy verdict never travels: no retry, no rewrite without a person, no other model (I14). */
import { stopPolicy } from './policy.ts';

export const policyVerdict = stopPolicy(['return']);
