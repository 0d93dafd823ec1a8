/** The model id is unknown here: only another model helps. */
import { stopPolicy } from './policy.ts';

export const modelGone = stopPolicy(['fallback', 'operator']);
