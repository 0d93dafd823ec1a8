/** A batch job as the wire shows it, a long-running operation, read into the port's own form. */
import type { BatchJob, BatchState } from './batch-port.ts';
import type { JsonObject } from './read-answer.ts';
import { numberOf, objectOf, textOf } from './read-answer.ts';

/** Without their prefix, `BATCH_STATE_` on the wire and `JOB_STATE_` in SDKs. */
const STATES: Readonly<Record<string, BatchState>> = {
  QUEUED: 'queued',
  PENDING: 'queued',
  RUNNING: 'running',
  CANCELLING: 'running',
  PAUSED: 'running',
  UPDATING: 'running',
  SUCCEEDED: 'succeeded',
  PARTIALLY_SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  EXPIRED: 'expired',
};

/** Undefined for what has no name, and so can be neither asked after nor ended. */
export function readJob(operation: JsonObject): BatchJob | undefined {
  const name = textOf(operation, 'name');
  if (name === undefined || !name.startsWith('batches/')) return undefined;
  const about = objectOf(operation, 'metadata') ?? operation;
  const endedAt = textOf(about, 'endTime');
  const output = objectOf(about, 'output') ?? objectOf(operation, 'response') ?? {};
  const resultFile = textOf(output, 'responsesFile');
  const counts = countsOf(objectOf(about, 'batchStats'));
  const error = errorOf(objectOf(operation, 'error') ?? objectOf(about, 'error'));
  return {
    name,
    displayName: textOf(about, 'displayName') ?? '',
    model: (textOf(about, 'model') ?? '').replace(/^models\//, ''),
    state: stateOf(operation, textOf(about, 'state')),
    createdAt: textOf(about, 'createTime') ?? '',
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(resultFile === undefined ? {} : { resultFile }),
    ...(counts === undefined ? {} : { counts }),
    ...(error === undefined ? {} : { error }),
  };
}

function stateOf(operation: JsonObject, told: string | undefined): BatchState {
  const word = told?.replace(/^(?:BATCH|JOB)_STATE_/, '') ?? 'UNSPECIFIED';
  const known = STATES[word];
  if (known !== undefined) return known;
  if (operation['done'] === true) return operation['error'] == null ? 'succeeded' : 'failed';
  return word === 'UNSPECIFIED' ? 'queued' : 'running';
}

/** proto3 JSON leaves out zeros. */
function countsOf(stats: JsonObject | undefined): BatchJob['counts'] {
  if (stats === undefined) return undefined;
  const count = (field: string): number => numberOf(stats, field) ?? 0;
  return {
    total: count('requestCount'),
    succeeded: count('successfulRequestCount'),
    failed: count('failedRequestCount'),
  };
}

function errorOf(error: JsonObject | undefined): BatchJob['error'] {
  if (error === undefined) return undefined;
  const code = error['code'];
  return {
    ...(typeof code === 'number' || typeof code === 'string' ? { code } : {}),
    message: textOf(error, 'message') ?? '',
  };
}
