/** The credential is refused: the same for every generation that uses it. */
import { stopPolicy } from './policy.ts';

export const permission = stopPolicy(['hold', 'operator'], 'credential');
