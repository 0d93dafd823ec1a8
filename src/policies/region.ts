/** The API is not offered where the worker runs. */
import { stopPolicy } from './policy.ts';

export const region = stopPolicy(['hold', 'operator'], 'endpoint');
