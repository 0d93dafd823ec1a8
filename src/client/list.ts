/** Lists generations by visibility: newest first, closed and open. */
import type { Client } from '@temporalio/client';
import { WORKFLOW_TYPES } from '../contract/names.ts';
import { rpc } from './rpc.ts';

export interface ListOptions {
  /** @default all */
  readonly status?: 'running' | 'completed' | 'failed' | 'cancelled';
  /** @default 50, at most 1000 */
  readonly limit?: number;
}

export interface Listed {
  readonly id: string;
  readonly status: string;
  readonly startedAt: string;
  readonly closedAt?: string;
}

const STATUS = {
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Canceled',
} as const;
const MOST = 1_000;

export async function listGenerations(
  client: Client,
  { status, limit = 50 }: ListOptions,
  deadlineMs: number,
): Promise<readonly Listed[]> {
  const query = [`WorkflowType = '${WORKFLOW_TYPES.generation}'`];
  if (status !== undefined) query.push(`ExecutionStatus = '${STATUS[status]}'`);
  const most = Math.min(limit, MOST);
  return await rpc(client, deadlineMs, 'list generations', async () => {
    const found: Listed[] = [];
    for await (const execution of client.workflow.list({ query: query.join(' AND '), pageSize: most })) {
      if (found.length >= most) break;
      found.push({
        id: execution.workflowId,
        status: execution.status.name.toLowerCase(),
        startedAt: execution.startTime.toISOString(),
        ...(execution.closeTime === undefined ? {} : { closedAt: execution.closeTime.toISOString() }),
      });
    }
    return found;
  });
}
