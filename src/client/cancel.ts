/** Asks a generation to end. Who and why go into its history, beside the request (I12). */
import { randomUUID } from 'node:crypto';
import type { ClientContext } from './context.ts';
import { latestExecution } from './dead-letter.ts';
import { UnknownGeneration } from './errors.ts';
import { checkSaid } from './invalid.ts';
import { grpcCode, rpc } from './rpc.ts';

/** It has ended meanwhile; a gRPC status code. */
const NOT_FOUND = 5;

type Said = { readonly by: string; readonly why: string };

/** One that has ended stays as it ended. Throws UnknownGeneration where there never was one. */
export async function cancelGeneration(context: ClientContext, id: string, said?: Said): Promise<void> {
  try {
    await requestCancel(context, id, said);
  } catch (error) {
    const ended = error instanceof UnknownGeneration && (await latestExecution(context, id)) !== undefined;
    if (!ended) throw error;
  }
}

/** Throws UnknownGeneration for one that has ended as well. */
async function requestCancel(
  { client, deadlineMs }: ClientContext,
  id: string,
  said: Said | undefined,
): Promise<void> {
  const handle = client.workflow.getHandle(id);
  if (said === undefined) {
    await rpc(client, deadlineMs, `cancel ${id}`, () => handle.cancel());
    return;
  }
  checkSaid(said);
  // The SDK's own cancel has no room for a reason. The latest run is meant, as there.
  const { runId, status } = await rpc(client, deadlineMs, `cancel ${id}`, () => handle.describe());
  if (status.name !== 'RUNNING') throw new UnknownGeneration(id);
  await rpc(client, deadlineMs, `cancel ${id}`, () =>
    client.workflowService.requestCancelWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId: id, runId },
      identity: said.by,
      requestId: randomUUID(),
      reason: `${said.by}: ${said.why}`,
    }),
  ).catch((error: unknown) => {
    throw grpcCode(error) === NOT_FOUND ? new UnknownGeneration(id) : error;
  });
}
