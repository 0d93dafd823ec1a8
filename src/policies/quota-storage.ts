/** File storage is full: waiting frees nothing, deleting our own expired files may. */
import { stopPolicy } from './policy.ts';

export const quotaStorage = stopPolicy(['delete-files', 'operator']);
