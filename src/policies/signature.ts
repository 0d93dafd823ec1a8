/** A thought signature is missing, altered or from another route: the conversation is mended (I9). */
import { stopPolicy } from './policy.ts';

export const signature = stopPolicy(['rebuild', 'reseed', 'operator']);
