/**
 * Starts a generation so that one key is one generation (I11): within Temporal's retention by workflow id
 * and a digest in the memo, beyond it by the store's index. Bytes are stored before the start (I1).
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { MEMO } from '../contract/names.ts';
import { resolveRequest } from '../domain/resolve-request.ts';
import type { GenerateRequest } from '../schema/request.ts';
import { parseRequest } from '../schema/request.ts';
import type { ClientContext } from './context.ts';
import { IdempotencyConflict } from './errors.ts';
import { generationId, requestDigest } from './generation-id.ts';
import { finishedRecord } from './generation-index.ts';
import { rpc } from './rpc.ts';
import { startGeneration } from './start.ts';
import { storeInputs } from './store-inputs.ts';

/** Resolves with the id of the generation, which may be one that was started before. */
export async function startFirst(
  context: ClientContext,
  taskQueue: string,
  given: GenerateRequest,
): Promise<string> {
  const { client, store, deadlineMs } = context;
  const { idempotencyKey, inputs, prompt, ...rest } = parseRequest(given);
  const stored = await storeInputs(store, prompt, inputs ?? []);
  const request = resolveRequest({ ...rest, ...stored });
  const id = generationId(idempotencyKey, request.tenant);
  const digest = requestDigest(request);

  if (idempotencyKey !== undefined) {
    const finished = await finishedRecord(store, id);
    if (finished !== undefined) {
      if (finished.requestDigest !== digest) throw new IdempotencyConflict(id);
      return id;
    }
  }
  try {
    await startGeneration(client, { id, input: { request }, requestDigest: digest, taskQueue, deadlineMs });
  } catch (error) {
    // Closed and still retained: the same generation, whose outcome `result` returns.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  if (idempotencyKey !== undefined) await assertSameRequest(context, id, digest);
  return id;
}

async function assertSameRequest(
  { client, deadlineMs }: ClientContext,
  id: string,
  digest: string,
): Promise<void> {
  const { memo } = await rpc(client, deadlineMs, `describe ${id}`, () =>
    client.workflow.getHandle(id).describe(),
  );
  if (memo?.[MEMO.requestDigest] !== digest) throw new IdempotencyConflict(id);
}
