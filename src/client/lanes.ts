/** The batch lanes of this namespace: what they collect, and their jobs. One that does not answer hides no other. */
import { LANE_QUERIES, WORKFLOW_TYPES } from '../contract/names.ts';
import type { LaneView } from '../contract/lane.ts';
import type { ClientContext } from './context.ts';
import { rpc } from './rpc.ts';

/** A lane that runs and did not answer. */
export interface SilentLane {
  /** Its workflow id. */
  readonly id: string;
  readonly unreachable: string;
}

export type LaneSight = (LaneView & { readonly id: string }) | SilentLane;

/** A namespace has one for each model that is batched. */
const MOST = 100;

/** By id. Throws ServerUnreachable. */
export async function lanes(context: ClientContext): Promise<readonly LaneSight[]> {
  const { client, deadlineMs } = context;
  const query = `WorkflowType = '${WORKFLOW_TYPES.lane}' AND ExecutionStatus = 'Running'`;
  const executions = client.workflow.list({ query, pageSize: MOST })[Symbol.asyncIterator]();
  // While one continues as new, both of its runs may be listed.
  const ids = new Set<string>();
  while (ids.size < MOST) {
    const next = await rpc(client, deadlineMs, 'list lanes', () => executions.next());
    if (next.done === true) break;
    ids.add(next.value.workflowId);
  }
  return await Promise.all([...ids].toSorted().map((id) => sightOf(context, id)));
}

/** Never rejects. */
async function sightOf({ client, deadlineMs }: ClientContext, id: string): Promise<LaneSight> {
  try {
    const view = await client.withDeadline(Date.now() + deadlineMs, () =>
      client.workflow.getHandle(id).query<LaneView>(LANE_QUERIES.lane),
    );
    return { ...view, id };
  } catch (error) {
    return { id, unreachable: error instanceof Error ? error.message : String(error) };
  }
}
