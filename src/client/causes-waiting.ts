/**
 * Generations that wait for a person, by visibility and the memo that each left: no worker is asked. By
 * the attribute `GeminiPhase` where the namespace has it, else every running one is looked at.
 */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { WORKFLOW_TYPES } from '../contract/names.ts';
import type { ClientContext } from './context.ts';
import { MOST_LOOKED_AT } from './list.ts';
import type { Listed } from './listed.ts';
import { listed } from './listed.ts';
import { isInvalidArgument, rpc } from './rpc.ts';

/** Phases that nothing but a person, or what a person changed, ends well. */
export const WAITS_FOR_A_PERSON = ['held', 'awaiting-operator'] as const;

export interface Waiting {
  /** Oldest first, by when their phase began. */
  readonly found: readonly Listed[];
  readonly lookedAt: number;
  /** False where there are more than could be looked at. */
  readonly complete: boolean;
}

const PAGE = 1_000;
const RUNNING = `WorkflowType = '${WORKFLOW_TYPES.generation}' AND ExecutionStatus = 'Running'`;

/** @param most Looks at so many, the newest. Throws ServerUnreachable. */
export async function waitingForAPerson(context: ClientContext, most = MOST_LOOKED_AT): Promise<Waiting> {
  const phases = WAITS_FOR_A_PERSON.map((phase) => `'${phase}'`).join(', ');
  try {
    return await search(context, `${RUNNING} AND GeminiPhase IN (${phases})`, most);
  } catch (error) {
    // The namespace lacks the attribute.
    if (!isInvalidArgument(error)) throw error;
    return await search(context, RUNNING, most);
  }
}

async function search({ client, deadlineMs }: ClientContext, query: string, most: number): Promise<Waiting> {
  const pageSize = Math.min(PAGE, most + 1);
  const executions = client.workflow.list({ query, pageSize })[Symbol.asyncIterator]();
  const found: Listed[] = [];
  for (let lookedAt = 0; ; lookedAt += 1) {
    // A page is fetched when the one before is used up; each has the whole deadline.
    const next = await rpc(client, deadlineMs, 'list generations', () => executions.next());
    if (next.done === true) return { found: found.toSorted(byAge), lookedAt, complete: true };
    // There is one more than may be looked at.
    if (lookedAt >= most) return { found: found.toSorted(byAge), lookedAt, complete: false };
    const generation = waits(next.value);
    if (generation !== undefined) found.push(generation);
  }
}

/** The attribute may lag behind the memo, so that is asked in both cases. */
function waits(execution: WorkflowExecutionInfo): Listed | undefined {
  const generation = listed(execution);
  const { status, phase } = generation;
  const isIt = status === 'running' && WAITS_FOR_A_PERSON.some((each) => each === phase);
  return isIt ? generation : undefined;
}

/** Epoch milliseconds since which it waits. */
export function waitsSince({ since, startedAt }: Listed): number {
  return since ?? Date.parse(startedAt);
}

function byAge(one: Listed, other: Listed): number {
  return waitsSince(one) - waitsSince(other);
}
