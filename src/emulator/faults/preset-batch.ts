/**
 * What a whole batch job does: it fails, hangs, expires, or leaves a result file that is not one clean line
 * for each request. Given to the job when it is created.
 */
import type { BatchPreset, PresetTable } from './preset.ts';

const job = (about: string, does: BatchPreset['does']): BatchPreset => ({
  kind: 'batch',
  stage: 'model',
  branch: 'batch',
  about: `for batches.create: ${about}`,
  does,
});

export const BATCH_PRESETS = {
  'batch-failed': job('the job ends FAILED before any request', 'fail'),
  'batch-stuck': job('the job runs and never ends, not even by expiry', 'hang'),
  'batch-expired': job('the job ends EXPIRED before any request', 'expire'),
  'batch-repeated-key': job('the first result stands in the file twice', 'repeat'),
  'batch-missing-key': job('the first result is not in the file', 'omit'),
  'batch-reordered': job('the results stand in the file in reverse', 'reorder'),
  'batch-broken-line': job('the line of the first result ends in the middle', 'break'),
  'batch-huge-line': job('the line of the first result is 80 MiB long', 'swell'),
} as const satisfies PresetTable;
