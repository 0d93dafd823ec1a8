/** The tier does not include the model: no wait can help. */
import { stopPolicy } from './policy.ts';

export const quotaZero = stopPolicy(['fallback', 'hold', 'operator'], 'model');
