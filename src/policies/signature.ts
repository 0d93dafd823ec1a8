/** A thought signature is missing, altered or from another route: the session repairs its history. */
import { stopPolicy } from './policy.ts';

export const signature = stopPolicy(['return']);
