/** The caller or an operator cancelled: stop, and book what may be billed. */
import { stopPolicy } from './policy.ts';

export const cancelled = stopPolicy([]);
