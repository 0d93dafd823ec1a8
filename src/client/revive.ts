/**
 * Brings a dead letter back as a new run of the same id, knowing what was tried and paid before: numbers
 * of attempts go on, the idempotency key still belongs to the request as it was first sent (I11), and at
 * most one field of it is changed. Nothing is revived twice: Temporal sees to it while it retains the
 * execution, a record in the store does for ever.
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Revival } from '../contract/generation.ts';
import { deadRecordName, revivedRecordName } from '../contract/names.ts';
import { withField } from '../domain/changed-request.ts';
import { parseRequest } from '../schema/request.ts';
import type { RequestChange } from './changed-field.ts';
import { changedField } from './changed-field.ts';
import type { DeadLetter } from './dead-letter.ts';
import { deadLetterOf, deadLetterOfRecord, latestExecution, newestDeadRecord } from './dead-letter.ts';
import type { ClientContext } from './context.ts';
import { NotRevivable, UnknownGeneration } from './errors.ts';
import { statusOf } from './execution-status.ts';
import { finishedRecord } from './generation-index.ts';
import { checkSaid, invalid } from './invalid.ts';
import { rpc } from './rpc.ts';
import { startGeneration } from './start.ts';

export interface RevivalRequest {
  /** Who revives; at most 100 characters. */
  readonly by: string;
  /** At most 500 characters. */
  readonly why: string;
  /** Run id of the dead letter that was looked at. @default the latest one */
  readonly run?: string;
  /** One field of the request and its new value. @default nothing changes */
  readonly change?: RequestChange;
  /** Calls of the new run that were or may be billed, beside those of the runs before. @default the request's */
  readonly maxPaidCalls?: number;
}

/** What is kept of a revival, under `revivedRecordName`. */
export interface RevivedRecord {
  readonly by: string;
  readonly why: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The new run. */
  readonly run: string;
}

const DELIVERED = 'it was delivered';
const BROKE_POLICY = 'its prompt breaks the use policy of the provider: change the prompt, or leave it';

/** Resolves with the run id of the new run. */
export async function reviveGeneration(
  context: ClientContext,
  id: string,
  given: RevivalRequest,
): Promise<string> {
  checkSaid(given);
  const { by, why, maxPaidCalls } = given;
  if (maxPaidCalls !== undefined) {
    if (given.change !== undefined && 'maxPaidCalls' in given.change) {
      throw invalid('maxPaidCalls', maxPaidCalls, 'is given as the change already: give it once');
    }
    parseRequest({ prompt: '-', maxPaidCalls });
  }
  const changed = given.change === undefined ? undefined : await changedField(context.store, given.change);
  const letter = await find(context, id, given.run);
  // A use-policy verdict never travels: only another prompt is another matter (I14).
  if (letter.branch === 'policy' && changed?.field !== 'prompt')
    throw new NotRevivable(id, BROKE_POLICY, letter.run);
  await mustBeFirst(context, id, letter.run);
  const { run, requestDigest, attempts, evidence, taskQueue } = letter;
  const revival: Revival = {
    of: run,
    by,
    why,
    attempts,
    requestDigest,
    ...(evidence === undefined ? {} : { evidence }),
    ...(changed === undefined ? {} : { changed: changed.field }),
  };
  const request = {
    ...(changed === undefined ? letter.request : withField(letter.request, changed)),
    ...(maxPaidCalls === undefined ? {} : { maxPaidCalls }),
  };
  const { client, deadlineMs } = context;
  const input = { request, revival };
  const started = await startGeneration(client, { id, input, requestDigest, taskQueue, deadlineMs }).catch(
    async (error: unknown) => {
      if (error instanceof WorkflowExecutionAlreadyStartedError) throw await overtaken(context, id, error);
      throw error;
    },
  );
  await claim(context, id, run, { by, why, at: Date.now(), run: started });
  return started;
}

/** The dead letter to bring back; throws where there is none. */
async function find(context: ClientContext, id: string, run: string | undefined): Promise<DeadLetter> {
  const execution = await latestExecution(context, id);
  if (execution !== undefined) {
    const status = statusOf(execution.status.name);
    const { runId } = execution;
    if (status === 'completed') throw new NotRevivable(id, DELIVERED, runId);
    if (run !== undefined && run !== runId) throw await notTheLatest(context, id, run, runId);
    if (status === 'running') throw new NotRevivable(id, 'it is running', runId);
    return await deadLetterOf(context, id, execution);
  }
  if ((await finishedRecord(context.store, id)) !== undefined) throw new NotRevivable(id, DELIVERED);
  const record = await newestDeadRecord(context.store, id);
  if (record === undefined) throw new UnknownGeneration(id);
  if (run !== undefined && run !== record.runId) throw await notTheLatest(context, id, run, record.runId);
  return await deadLetterOfRecord(context, id, record);
}

async function notTheLatest(
  { client, store, deadlineMs }: ClientContext,
  id: string,
  run: string,
  newer: string,
): Promise<NotRevivable> {
  const known =
    (await store.readRecord(revivedRecordName(id, run))) !== undefined ||
    (await store.readRecord(deadRecordName(id, run))) !== undefined ||
    (await rpc(client, deadlineMs, `describe ${id}`, () =>
      client.workflow.getHandle(id, run).describe(),
    ).then(
      () => true,
      (error: unknown) => {
        // Also what is no run id at all is none of its runs.
        if (error instanceof UnknownGeneration || isNoRunId(error)) return false;
        throw error;
      },
    ));
  return known
    ? new NotRevivable(id, revivedBefore(newer), newer)
    : new NotRevivable(id, `it has no run ${run.slice(0, 60)}; its latest is ${newer}`, newer);
}

function isNoRunId(error: unknown): boolean {
  return error instanceof Error && /invalid runid/i.test(`${error.message} ${String(error.cause)}`);
}

function revivedBefore(newer: string): string {
  return `that dead letter was revived before, its newer run is ${newer}`;
}

async function mustBeFirst({ store }: ClientContext, id: string, run: string): Promise<void> {
  const revived = (await store.readRecord(revivedRecordName(id, run))) as RevivedRecord | undefined;
  if (revived !== undefined) throw new NotRevivable(id, revivedBefore(revived.run), revived.run);
}

/** Somebody else was faster. */
async function overtaken(context: ClientContext, id: string, cause: Error): Promise<NotRevivable> {
  const execution = await latestExecution(context, id);
  const run = execution?.runId ?? 'unknown';
  const why =
    execution?.status.name === 'COMPLETED' ? DELIVERED : `${revivedBefore(run)}; somebody else was faster`;
  return new NotRevivable(id, why, run, { cause });
}

/**
 * Of two revivals of which the first one's run was over before the second one's began, the server took
 * both: the later claim takes its run back.
 */
async function claim(context: ClientContext, id: string, run: string, record: RevivedRecord): Promise<void> {
  const { client, store, deadlineMs } = context;
  const name = revivedRecordName(id, run);
  if ((await store.createRecord(name, record)) === 'created') return;
  const before = (await store.readRecord(name)) as RevivedRecord;
  if (before.run === record.run) return;
  const why = `${revivedBefore(before.run)}; somebody else was faster`;
  await rpc(client, deadlineMs, `terminate ${id}`, () =>
    client.workflow.getHandle(id, record.run).terminate(why),
  ).catch((error: unknown) => {
    if (!(error instanceof UnknownGeneration)) throw error;
  });
  throw new NotRevivable(id, why, before.run);
}
