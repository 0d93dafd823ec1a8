/** The request itself is wrong: back to the caller with the field. */
import { stopPolicy } from './policy.ts';

export const invalidRequest = stopPolicy(['return']);
