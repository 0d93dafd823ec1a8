/** Starts the workflow of a generation, for the first time or again for a dead letter. */
import type { Client } from '@temporalio/client';
import type { GenerationInput } from '../contract/generation.ts';
import { MEMO, WORKFLOW_TYPES } from '../contract/names.ts';
import { priorityOf } from '../contract/priority.ts';
import { currentTraceparent } from '../tracing/traced.ts';
import { ServerUnreachable } from './errors.ts';
import { rpc } from './rpc.ts';
import { staticDetails, staticSummary } from './static-details.ts';

/**
 * `first`: closed or open, one id is one generation. `revival`: a new run of one that ended unserved, and
 * of nothing else; of two at once the server takes one (design section 15, "Ids").
 */
const POLICIES = {
  first: { workflowIdReusePolicy: 'REJECT_DUPLICATE', workflowIdConflictPolicy: 'USE_EXISTING' },
  revival: { workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY', workflowIdConflictPolicy: 'FAIL' },
} as const;

export interface Start {
  readonly id: string;
  readonly input: GenerationInput;
  /** Digest of the request as it was first sent (I11). */
  readonly requestDigest: string;
  readonly taskQueue: string;
  readonly deadlineMs: number;
}

/**
 * Resolves with the run id. Throws WorkflowExecutionAlreadyStartedError where the policies forbid it, and
 * {@link ServerUnreachable}.
 */
export async function startGeneration(client: Client, start: Start): Promise<string> {
  const { id, input, requestDigest, taskQueue, deadlineMs } = start;
  const { request, revival } = input;
  const traceparent = await currentTraceparent();
  try {
    const { firstExecutionRunId } = await rpc(client, deadlineMs, `start ${id}`, () =>
      client.workflow.start(WORKFLOW_TYPES.generation, {
        workflowId: id,
        taskQueue,
        args: [traceparent === undefined ? input : { ...input, traceparent }],
        memo: { [MEMO.requestDigest]: requestDigest },
        ...POLICIES[revival === undefined ? 'first' : 'revival'],
        staticSummary: staticSummary(request),
        staticDetails: staticDetails(request, revival),
        priority: priorityOf(request),
      }),
    );
    return firstExecutionRunId;
  } catch (error) {
    if (!(error instanceof ServerUnreachable)) throw error;
    const advice =
      revival === undefined
        ? `whether it started is unknown, ask result('${id}')`
        : `whether it was revived is unknown, ask describe('${id}')`;
    throw new ServerUnreachable(`${error.message}; ${advice}`, { cause: error.cause, id });
  }
}
