/** The model is unknown here, or not at this tier: another model helps, or the tier that it was asked at. */
import { stopPolicy } from './policy.ts';

export const modelGone = stopPolicy(['fallback', 'standard-tier', 'operator']);
