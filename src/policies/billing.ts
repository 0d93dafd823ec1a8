/** Money or a billing account is missing; a person must act, for the whole project. */
import { stopPolicy } from './policy.ts';

export const billing = stopPolicy(['hold', 'operator'], 'project');
