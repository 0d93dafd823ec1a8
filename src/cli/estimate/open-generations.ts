/** How many generations of a task queue are open now; undefined where no server tells it in time. */
import { connectClient } from '../../client/connect.ts';
import type { ConnectOptions } from '../../client/connect.ts';
import { WORKFLOW_TYPES } from '../../contract/names.ts';

type Where = Omit<ConnectOptions, 'store' | 'rpcDeadlineMs'> & { readonly taskQueue: string };

export async function openGenerations(
  { taskQueue, ...where }: Where,
  deadlineMs: number,
): Promise<number | undefined> {
  const until = Date.now() + deadlineMs;
  try {
    const { client, close } = await connectClient(where, deadlineMs);
    try {
      const query = [
        `WorkflowType = '${WORKFLOW_TYPES.generation}'`,
        `TaskQueue = '${taskQueue.replaceAll("'", "\\'")}'`,
        "ExecutionStatus = 'Running'",
      ].join(' AND ');
      const { count } = await client.withDeadline(until, () => client.workflow.count(query));
      return count;
    } finally {
      await close();
    }
  } catch {
    // An estimate is worth having without a server, and without visibility.
    return undefined;
  }
}
