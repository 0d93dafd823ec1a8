/**
 * The budgets of this namespace: found by visibility, which may be a second behind, and each asked by query.
 * One that does not answer hides no other; there may be as many as tenants, so the whole has a deadline.
 */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { BudgetView } from '../contract/budget.ts';
import { budgetWorkflowId, ENTITY_QUERIES, ENTITY_TASK_QUEUE, ENTITY_TYPES } from '../contract/names.ts';
import type { BudgetSight } from './budgets-sight.ts';
import { tenantBudgets } from './budgets-sight.ts';
import type { ClientContext } from './context.ts';
import { isAway, isUnprepared, rpc } from './rpc.ts';

export interface BudgetsOptions {
  /** Only this tenant's; '' is for requests without one. @default all */
  readonly tenant?: string;
  /** Tenants at most, by name. @default 200 */
  readonly limit?: number;
  /** How long all of it may take, in milliseconds. @default 20000 */
  readonly waitMs?: number;
}

export interface BudgetListing extends ReadonlyArray<BudgetSight> {
  /** Every tenant with a budget is listed. */
  readonly complete: boolean;
}

const AT_ONCE = 8;
const LIMIT = 200;
const WAIT_MS = 20_000;
const PREFIX = budgetWorkflowId('');

/** Throws ServerUnreachable where nobody can be listed. */
export async function budgets(
  context: ClientContext,
  { tenant, limit = LIMIT, waitMs = WAIT_MS }: BudgetsOptions = {},
): Promise<BudgetListing> {
  const stopAt = Date.now() + waitMs;
  const { tenants, complete } =
    tenant === undefined ? await tenantsOf(context, limit) : { tenants: [tenant], complete: true };
  const sights: BudgetSight[] = [];
  for (let from = 0; from < tenants.length; from += AT_ONCE) {
    const some = tenants.slice(from, from + AT_ONCE);
    sights.push(...(await Promise.all(some.map((name) => budgetSight(context, name, stopAt)))));
  }
  return Object.assign(sights, { complete });
}

async function tenantsOf(
  { client, deadlineMs }: ClientContext,
  limit: number,
): Promise<{ readonly tenants: readonly string[]; readonly complete: boolean }> {
  const query = `WorkflowType = '${ENTITY_TYPES.budget}' AND ExecutionStatus = 'Running'`;
  const executions = client.workflow.list({ query })[Symbol.asyncIterator]();
  // While one continues as new, both of its runs may be listed.
  const names = new Set<string>();
  for (;;) {
    const next = await rpc(client, deadlineMs, 'list budgets', () => executions.next());
    if (next.done === true) return { tenants: [...names].toSorted(), complete: true };
    const { workflowId } = next.value;
    if (!workflowId.startsWith(PREFIX)) continue;
    const name = workflowId.slice(PREFIX.length);
    if (names.size >= limit && !names.has(name)) return { tenants: [...names].toSorted(), complete: false };
    names.add(name);
  }
}

/** Never rejects. */
async function budgetSight(
  { client, deadlineMs }: ClientContext,
  tenant: string,
  stopAt: number,
): Promise<BudgetSight> {
  const now = Date.now();
  if (now >= stopAt) return { tenant, unreachable: 'it was not asked: the time for all budgets was up' };
  try {
    const handle = client.workflow.getHandle(budgetWorkflowId(tenant));
    const view = await client.withDeadline(Math.min(stopAt, now + deadlineMs), () =>
      handle.query<BudgetView>(ENTITY_QUERIES.budget),
    );
    return tenantBudgets(view, Date.now());
  } catch (error) {
    return { tenant, unreachable: silenceWords(error) };
  }
}

function silenceWords(error: unknown): string {
  if (error instanceof WorkflowNotFoundError) return 'it has no budget, or none that was used yet';
  if (isAway(error) || isUnprepared(error)) {
    return `no worker answered in time on task queue ${ENTITY_TASK_QUEUE}: start one with quota: 'fleet'`;
  }
  return error instanceof Error ? error.message : String(error);
}
