/**
 * What is left of a generation that ended unserved: in Temporal while it is retained, in the store for
 * ever. One that was cancelled or terminated left no record there; within retention its history knows
 * the request all the same.
 */
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { DeadRecord, GenerationFailure, GenerationInput } from '../contract/generation.ts';
import { deadRecordName, deadRecordsPrefix, MEMO } from '../contract/names.ts';
import type { Branch } from '../domain/branch.ts';
import type { GenerationRequest } from '../domain/request.ts';
import { resolveRequest } from '../domain/resolve-request.ts';
import type { ClientContext } from './context.ts';
import { UnknownGeneration } from './errors.ts';
import { statusOf } from './execution-status.ts';
import { failureOf } from './failure-of.ts';
import { requestDigest } from './generation-id.ts';
import { decodePayload } from './payload.ts';
import { rpc } from './rpc.ts';

export interface DeadLetter {
  readonly run: string;
  readonly request: GenerationRequest;
  /** Digest of the request as it was first sent (I11). */
  readonly requestDigest: string;
  /** Numbers up to this one are taken. */
  readonly attempts: number;
  readonly evidence: string | undefined;
  /** What it died of, where it told. */
  readonly branch: Branch | undefined;
  readonly taskQueue: string;
}

/** The latest execution of this id; undefined when Temporal knows none. */
export async function latestExecution(
  { client, deadlineMs }: ClientContext,
  id: string,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await rpc(client, deadlineMs, `describe ${id}`, () => client.workflow.getHandle(id).describe());
  } catch (error) {
    if (error instanceof UnknownGeneration) return undefined;
    throw error;
  }
}

/** The request of its latest run, defaults filled in; undefined where neither Temporal nor a dead letter knows it. */
export async function requestOf(context: ClientContext, id: string): Promise<GenerationRequest | undefined> {
  const execution = await latestExecution(context, id);
  if (execution === undefined) return (await newestDeadRecord(context.store, id))?.request;
  return resolveRequest((await inputOf(context, id, execution.runId)).request);
}

/** The newest dead letter that the store has of this id. */
export async function newestDeadRecord(store: ArtifactStore, id: string): Promise<DeadRecord | undefined> {
  let newest: DeadRecord | undefined;
  for (const name of await store.listRecords(deadRecordsPrefix(id))) {
    const record = (await store.readRecord(name)) as DeadRecord | undefined;
    if (record !== undefined && (newest === undefined || record.diedAt > newest.diedAt)) newest = record;
  }
  return newest;
}

/** @param execution An execution that failed, was cancelled, was terminated or timed out. */
export async function deadLetterOf(
  context: ClientContext,
  id: string,
  execution: WorkflowExecutionDescription,
): Promise<DeadLetter> {
  const { runId: run, taskQueue, memo } = execution;
  const record = (await context.store.readRecord(deadRecordName(id, run))) as DeadRecord | undefined;
  const failure = await failureOfRun(context, id, run);
  const input = record === undefined ? await inputOf(context, id, run) : undefined;
  const request = record?.request ?? resolveRequest((input as GenerationInput).request);
  const digest = memo?.[MEMO.requestDigest] as string | undefined;
  const told = Math.max(record?.attempts ?? 0, input?.revival?.attempts ?? 0, highestN(failure));
  // A call that was under way may still close its fence: that number is left to it.
  const status = statusOf(execution.status.name);
  const underWay = status === 'terminated' || status === 'timed-out' ? 1 : 0;
  return {
    run,
    request,
    requestDigest: digest ?? record?.requestDigest ?? input?.revival?.requestDigest ?? requestDigest(request),
    attempts: Math.max(told, await highestFence(context, id)) + underWay,
    evidence: failure?.evidence ?? record?.failure.evidence,
    branch: (failure ?? record?.failure)?.classification.branch,
    taskQueue,
  };
}

/** Beyond Temporal's retention. */
export async function deadLetterOfRecord(
  context: ClientContext,
  id: string,
  record: DeadRecord,
): Promise<DeadLetter> {
  const { runId, request, requestDigest: digest, attempts, failure, taskQueue } = record;
  return {
    run: runId,
    request,
    requestDigest: digest,
    attempts: Math.max(attempts, highestN(failure), await highestFence(context, id)),
    evidence: failure.evidence,
    branch: failure.classification.branch,
    taskQueue,
  };
}

/** The input that a run was started with, from the first event of its history. */
export async function inputOf<T = GenerationInput>(
  { client, deadlineMs }: Pick<ClientContext, 'client' | 'deadlineMs'>,
  workflowId: string,
  runId: string,
): Promise<T> {
  const { history } = await rpc(client, deadlineMs, `history of ${workflowId}`, () =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    }),
  );
  const payload = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  if (payload == null) throw new UnknownGeneration(workflowId);
  return await decodePayload<T>(client, payload);
}

async function failureOfRun(
  { client, deadlineMs }: ClientContext,
  id: string,
  run: string,
): Promise<GenerationFailure | undefined> {
  try {
    await rpc(client, deadlineMs, `outcome of ${id}`, () =>
      client.workflow.getHandle(id, run, { followRuns: false }).result(),
    );
    return undefined;
  } catch (error) {
    if (error instanceof WorkflowFailedError) return failureOf(id, error).failure;
    throw error;
  }
}

function highestN(failure: GenerationFailure | undefined): number {
  return Math.max(0, ...(failure?.trail.map(({ n }) => n) ?? []));
}

async function highestFence({ store }: ClientContext, id: string): Promise<number> {
  const prefix = `attempts/${id}/`;
  const numbers = (await store.listRecords(prefix)).map(
    (name) => /^(\d+)\/fence$/.exec(name.slice(prefix.length))?.[1],
  );
  return Math.max(0, ...numbers.map((n) => Number(n ?? 0)));
}
