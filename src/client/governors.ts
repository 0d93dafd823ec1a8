/**
 * The governors of this namespace: found by visibility, which may be a second behind, and each asked by
 * query. One that does not answer hides no other.
 */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { GovernorView } from '../contract/exchange.ts';
import { ENTITY_QUERIES, ENTITY_TASK_QUEUE, ENTITY_TYPES, governorWorkflowId } from '../contract/names.ts';
import type { ClientContext } from './context.ts';
import type { GovernorSight } from './governors-sight.ts';
import { isAway, isUnprepared, rpc } from './rpc.ts';

/** More than one fleet has accounts, fewer than a server has threads. */
const AT_ONCE = 8;
const PREFIX = governorWorkflowId('');

/** Of all that run, by id. Throws ServerUnreachable. */
export async function governors(context: ClientContext): Promise<readonly GovernorSight[]> {
  const ids = await governorIds(context);
  const sights: GovernorSight[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE);
    sights.push(...(await Promise.all(some.map((id) => governorSight(context, id)))));
  }
  return sights;
}

/** `google/ai-studio/my-project` of every running one, sorted. Throws ServerUnreachable. */
export async function governorIds({ client, deadlineMs }: ClientContext): Promise<readonly string[]> {
  const query = `WorkflowType = '${ENTITY_TYPES.governor}' AND ExecutionStatus = 'Running'`;
  const executions = client.workflow.list({ query })[Symbol.asyncIterator]();
  // While one continues as new, both of its runs may be listed.
  const ids = new Set<string>();
  for (;;) {
    const next = await rpc(client, deadlineMs, 'list governors', () => executions.next());
    if (next.done === true) return [...ids].toSorted();
    const { workflowId } = next.value;
    if (workflowId.startsWith(PREFIX)) ids.add(workflowId.slice(PREFIX.length));
  }
}

/** Never rejects. */
export async function governorSight(context: ClientContext, id: string): Promise<GovernorSight> {
  const { client, deadlineMs } = context;
  try {
    const handle = client.workflow.getHandle(governorWorkflowId(id));
    return await client.withDeadline(Date.now() + deadlineMs, () =>
      handle.query<GovernorView>(ENTITY_QUERIES.governor),
    );
  } catch (error) {
    const isAbsent = error instanceof WorkflowNotFoundError;
    return { id, unreachable: silenceWords(error, deadlineMs), ...(isAbsent ? { isAbsent } : {}) };
  }
}

function silenceWords(error: unknown, deadlineMs: number): string {
  if (error instanceof WorkflowNotFoundError) return 'it does not run (any more)';
  if (isAway(error) || isUnprepared(error)) {
    return `no worker answered within ${deadlineMs} ms on task queue ${ENTITY_TASK_QUEUE}: start one with quota: 'fleet'`;
  }
  return error instanceof Error ? error.message : String(error);
}
