/**
 * `gemini.submitBatch`: one batch job for a list of items, however often and by however many workers it is
 * run. Its name is deterministic and each step leaves a record, so that a later run goes on where the one
 * before died:
 *
 * 1. each item is claimed for this job; what another job has, or what has left, stays out;
 * 2. the fence of each call is closed, so that no live call is made in its place (I13);
 * 3. the file is uploaded once;
 * 4. the job is created behind a fence of its own. Who finds that fence closed looks for the job by its name,
 *    and sends another creation only once the first can no longer come to anything.
 */
import { Context } from '@temporalio/activity';
import { StoreUnavailable } from '../src/artifacts/errors.ts';
import type { JobInput, LaneItem, SubmitAnswer, SubmitBatchInput } from '../src/contract/lane.ts';
import { JOB_LIFE_MS } from '../src/contract/lane.ts';
import type { CallOptions, CallRecord } from '../src/gemini/port.ts';
import { AttemptRecords } from './attempt-records.ts';
import { BATCH_CALL_MS, BATCH_FILE_MS, batchesOf, refusalOf } from './batch-calls.ts';
import type { BatchRefusal } from './batch-calls.ts';
import type { ActivityDeps } from './deps.ts';
import { storeAway } from './failures.ts';
import type { Heartbeat } from './heartbeat.ts';
import { startHeartbeat } from './heartbeat.ts';
import { tellGeneration } from './lane-link.ts';
import { ItemRecords, JobRecords } from './lane-records.ts';

/** Beyond its timeout: for a creation that was cut to show in the list of jobs. */
const SETTLE_MS = 60_000;

export async function submitBatch(deps: ActivityDeps, input: SubmitBatchInput): Promise<SubmitAnswer> {
  const heartbeat = startHeartbeat(Context.current(), { phase: 'submitting', n: 0 });
  try {
    return await submit(deps, input, heartbeat);
  } catch (error) {
    throw error instanceof StoreUnavailable ? storeAway(error) : error;
  } finally {
    heartbeat.stop();
  }
}

/** As `submitBatch`, outside of Temporal. */
export async function submit(
  deps: ActivityDeps,
  input: SubmitBatchInput,
  heartbeat: Pick<Heartbeat, 'cancelled'>,
): Promise<SubmitAnswer> {
  const { items, elsewhere } = await itemsOf(deps, input);
  if (items.length === 0) return { kind: 'empty', elsewhere };
  return { ...(await jobOf(deps, input, items, heartbeat)), elsewhere };
}

/** What this job has: the same list, whoever asks and whenever. */
async function itemsOf(
  deps: ActivityDeps,
  { name, items: given = [] }: SubmitBatchInput,
): Promise<{ readonly items: readonly LaneItem[]; readonly elsewhere: readonly string[] }> {
  const records = new JobRecords(deps.store, name);
  const known = await records.items();
  if (known !== undefined) return { items: known, elsewhere: [] };
  const ours: LaneItem[] = [];
  const others = new Set<string>();
  for (const item of given) {
    const claimed = await claim(deps, item, name);
    if (claimed === name) ours.push(item);
    else if (claimed !== undefined) others.add(claimed);
  }
  return { items: await records.list(ours), elsewhere: [...others] };
}

/** The job that has it; undefined where it has left, or was called live. */
async function claim({ store }: ActivityDeps, item: LaneItem, name: string): Promise<string | undefined> {
  const records = new ItemRecords(store, item);
  const entered = await records.entered();
  if (entered === undefined) return undefined;
  const claimed = await records.claim({ at: Date.now(), job: name });
  if ('left' in claimed) return undefined;
  if (claimed.job !== name) return claimed.job;
  const attempt = new AttemptRecords(store, item.generation, item.n);
  const worker = `batch ${name}`;
  const { requestDigest, fingerprint } = entered;
  const fence = { requestDigest, fingerprint, sentAt: claimed.at, callTimeoutMs: JOB_LIFE_MS, worker };
  const isOurs = (await attempt.closeFence(fence)) || (await attempt.fence())?.worker === worker;
  return isOurs ? name : undefined;
}

type Submitted =
  | { readonly kind: 'created'; readonly job: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'later'; readonly why: string; readonly ms?: number };

async function jobOf(
  deps: ActivityDeps,
  input: SubmitBatchInput,
  items: readonly LaneItem[],
  heartbeat: Pick<Heartbeat, 'cancelled'>,
): Promise<Submitted> {
  const records = new JobRecords(deps.store, input.name);
  const known = await records.job();
  if (known !== undefined) return { kind: 'created', job: known };
  const submitted = await create(deps, input, items, records, heartbeat);
  if (submitted.kind !== 'empty') {
    const why = submitted.kind === 'later' ? { why: submitted.why } : {};
    const standing = { kind: 'submitted', job: input.name, until: Date.now() + JOB_LIFE_MS, ...why } as const;
    // Who does not hear of it asks.
    await Promise.allSettled(items.map((item) => tellGeneration(item.generation, { ...item, standing })));
  }
  return submitted;
}

async function create(
  deps: ActivityDeps,
  input: SubmitBatchInput,
  items: readonly LaneItem[],
  records: JobRecords,
  heartbeat: Pick<Heartbeat, 'cancelled'>,
): Promise<Submitted> {
  for (let k = 1; ; k += 1) {
    const before = await records.creation(k);
    if (before !== undefined && (await records.isRefused(k))) continue;
    // Also before the first: what another run has sent may have left no record in a store that was away.
    const found = await batchesOf(deps, input).find(input.name, callOptions(heartbeat));
    if (found.kind === 'failed') return await later(deps, input, found.record);
    if (found.value !== undefined) return { kind: 'created', job: await records.keepJob(found.value.name) };
    if (before !== undefined) {
      const left = before.at + BATCH_CALL_MS + SETTLE_MS * input.timeScale - Date.now();
      if (left > 0)
        return { kind: 'later', ms: left, why: 'a creation was sent and may still come to something' };
      continue;
    }
    const file = await fileOf(deps, input, items, records, heartbeat);
    if ('kind' in file) return file;
    // Another run of this was faster: what came of its creation is looked up.
    if (!(await records.mayCreate(k, Date.now())))
      return { kind: 'later', ms: 0, why: 'another run creates it' };
    const { model, name: displayName } = input;
    const created = await batchesOf(deps, input).create(
      { model, displayName, fileName: file.name },
      callOptions(heartbeat),
    );
    if (created.kind === 'ok') return { kind: 'created', job: await records.keepJob(created.value.name) };
    const refusal = await refusalOf(deps, input, created.record);
    if (refusal.isUnsure) return { kind: 'later', why: refusal.why };
    await records.refuse(k);
    return await refused(deps, items, refusal);
  }
}

async function fileOf(
  deps: ActivityDeps,
  input: SubmitBatchInput,
  items: readonly LaneItem[],
  records: JobRecords,
  heartbeat: Pick<Heartbeat, 'cancelled'>,
): Promise<{ readonly name: string } | Submitted> {
  const known = await records.file();
  if (known !== undefined) return { name: known };
  const options = { ...callOptions(heartbeat), timeoutMs: BATCH_FILE_MS };
  const file = { displayName: input.name, lines: linesOf(deps, items) };
  const uploaded = await batchesOf(deps, input).upload(file, options);
  if (uploaded.kind === 'failed') {
    const refusal = await refusalOf(deps, input, uploaded.record);
    return refusal.isUnsure ? { kind: 'later', why: refusal.why } : await refused(deps, items, refusal);
  }
  await records.keepFile(uploaded.value.name);
  return { name: uploaded.value.name };
}

async function* linesOf({ store }: ActivityDeps, items: readonly LaneItem[]): AsyncGenerator<Uint8Array> {
  for (const item of items) {
    const entered = await new ItemRecords(store, item).entered();
    if (entered !== undefined) yield await store.get(entered.line);
  }
}

async function later(deps: ActivityDeps, input: JobInput, record: CallRecord): Promise<Submitted> {
  const { why, retryAfterMs } = await refusalOf(deps, input, record);
  return { kind: 'later', why, ...(retryAfterMs === undefined ? {} : { ms: retryAfterMs }) };
}

/** What another try cannot mend is each item's verdict; the rest waits. */
async function refused(
  { store }: ActivityDeps,
  items: readonly LaneItem[],
  { isFinal, outcome, why, retryAfterMs }: BatchRefusal,
): Promise<Submitted> {
  if (!isFinal) return { kind: 'later', why, ...(retryAfterMs === undefined ? {} : { ms: retryAfterMs }) };
  for (const item of items) {
    await new AttemptRecords(store, item.generation, item.n).settle(outcome);
    await tellGeneration(item.generation, { ...item, standing: { kind: 'answered' } });
  }
  return { kind: 'empty' };
}

function callOptions({ cancelled }: Pick<Heartbeat, 'cancelled'>): CallOptions {
  return { timeoutMs: BATCH_CALL_MS, signal: cancelled, attemptId: 'batch' };
}
