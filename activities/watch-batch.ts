/**
 * `gemini.watchBatch`: one look at a job; where it has ended, every item's result goes into the store as the
 * outcome of its call, and its generation is told. Repeatable: an outcome is written once.
 *
 * | the job | an item with a line | an item without |
 * |---|---|---|
 * | succeeded | its answer, or its error | lost: it may have been billed |
 * | failed, expired before it answered anything | – | the job's own error: nothing was generated |
 * | expired after that, cancelled, gone | the same | lost: what a job has answered is paid for |
 *
 * `gemini.cancelBatch` cancels a job that nobody waits for any more.
 */
import { Context } from '@temporalio/activity';
import { StoreUnavailable } from '../src/artifacts/errors.ts';
import type { LaneItem, WatchAnswer, WatchBatchInput } from '../src/contract/lane.ts';
import { itemKey, JOB_LIFE_MS } from '../src/contract/lane.ts';
import type { BatchJob, BatchState } from '../src/gemini/batch-port.ts';
import type { CallOptions } from '../src/gemini/port.ts';
import { AttemptRecords } from './attempt-records.ts';
import { BATCH_CALL_MS, BATCH_FILE_MS, batchesOf, refusalOf } from './batch-calls.ts';
import type { BatchAnswer } from './batch-results.ts';
import { errorAnswer, itemResults } from './batch-results.ts';
import type { ActivityDeps } from './deps.ts';
import { storeAway } from './failures.ts';
import type { Heartbeat } from './heartbeat.ts';
import { startHeartbeat } from './heartbeat.ts';
import { tellGeneration } from './lane-link.ts';
import { ItemRecords, JobRecords } from './lane-records.ts';

/** Beyond the two days that a job has. */
const OVERDUE_MS = 3_600_000;

const RUNNING: ReadonlySet<BatchState> = new Set<BatchState>(['queued', 'running']);

export async function watchBatch(deps: ActivityDeps, input: WatchBatchInput): Promise<WatchAnswer> {
  const heartbeat = startHeartbeat(Context.current(), { phase: 'reading', n: 0 });
  try {
    const found = await batchesOf(deps, input).get(input.job, callOptions(heartbeat));
    if (found.kind === 'failed')
      return { kind: 'unknown', why: (await refusalOf(deps, input, found.record)).why };
    if (found.value === undefined || !RUNNING.has(found.value.state))
      return await handBack(deps, input, found.value, heartbeat);
    if (Date.now() < input.since + JOB_LIFE_MS + OVERDUE_MS) return { kind: 'running' };
    // The provider ends it after two days, whatever it says: nobody waits for this one any longer.
    await batchesOf(deps, input).cancel(input.job, callOptions(heartbeat));
    return await handBack(deps, input, undefined, heartbeat);
  } catch (error) {
    throw error instanceof StoreUnavailable ? storeAway(error) : error;
  } finally {
    heartbeat.stop();
  }
}

async function handBack(
  deps: ActivityDeps,
  input: WatchBatchInput,
  job: BatchJob | undefined,
  heartbeat: Heartbeat,
): Promise<WatchAnswer> {
  const items = (await new JobRecords(deps.store, input.name).items()) ?? [];
  const open = new Map(items.map((item) => [itemKey(item), item]));
  const expected = new Set(open.keys());
  if (job?.resultFile !== undefined) {
    const options = { ...callOptions(heartbeat), timeoutMs: BATCH_FILE_MS };
    const file = await batchesOf(deps, input).download(job.resultFile, options);
    if (file.kind === 'failed') {
      const { branch, why } = await refusalOf(deps, input, file.record);
      // A file that is gone does not come back; anything else may be mended meanwhile.
      const isGone = branch === 'file' || Date.now() > input.since + 2 * JOB_LIFE_MS;
      if (!isGone) return { kind: 'unknown', why };
    }
    for await (const { key, outcome } of file.kind === 'ok' ? itemResults(deps, file.value, expected) : []) {
      const item = open.get(key);
      if (item === undefined) continue;
      open.delete(key);
      await settle(deps, item, outcome);
    }
  }
  const missing = open.size;
  for (const item of open.values()) await settle(deps, item, await withoutLine(deps, job));
  return { kind: 'done', state: job?.state ?? 'gone', answered: items.length - missing, missing };
}

async function settle(
  { store }: ActivityDeps,
  item: LaneItem,
  result: BatchAnswer | { readonly kind: 'lost' },
): Promise<void> {
  const claim = await new ItemRecords(store, item).claimed();
  const startedAt = claim?.at ?? Date.now();
  await new AttemptRecords(store, item.generation, item.n).settle({
    ...result,
    startedAt,
    tookMs: Math.max(0, Date.now() - startedAt),
  });
  await tellGeneration(item.generation, { ...item, standing: { kind: 'answered' } });
}

async function withoutLine(
  deps: ActivityDeps,
  job: BatchJob | undefined,
): Promise<BatchAnswer | { readonly kind: 'lost' }> {
  if (job === undefined || mayHaveAnswered(job)) return { kind: 'lost' };
  const error =
    job.error ?? (job.state === 'expired' ? EXPIRED : { ...FAILED, message: `${job.name} failed` });
  return await errorAnswer(deps, error, { batch: job });
}

/** What a job has answered is paid for, also where nobody gets it. */
function mayHaveAnswered({ state, counts }: BatchJob): boolean {
  if (state !== 'failed' && state !== 'expired') return true;
  return counts === undefined ? state === 'expired' : counts.succeeded > 0;
}

/** Where the provider says nothing of its own. */
const EXPIRED = {
  code: 4,
  message: 'Deadline expired: the batch job was not done within 48 hours, and has no results.',
};
const FAILED = { code: 13 };

export async function cancelBatch(deps: ActivityDeps, input: WatchBatchInput): Promise<void> {
  const heartbeat = startHeartbeat(Context.current(), { phase: 'reading', n: 0 });
  try {
    const items = (await new JobRecords(deps.store, input.name).items()) ?? [];
    for (const { generation, n } of items) {
      const outcome = await new AttemptRecords(deps.store, generation, n).outcome();
      if (outcome === undefined) return;
    }
    // Nobody waits for it: where cancelling fails it runs to its end, which is booked already.
    await batchesOf(deps, input).cancel(input.job, callOptions(heartbeat));
  } catch (error) {
    throw error instanceof StoreUnavailable ? storeAway(error) : error;
  } finally {
    heartbeat.stop();
  }
}

function callOptions({ cancelled }: Heartbeat): CallOptions {
  return { timeoutMs: BATCH_CALL_MS, signal: cancelled, attemptId: 'batch' };
}
