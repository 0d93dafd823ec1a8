/** Lists generations by visibility: newest first, closed and open, or only those that need somebody. */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { WORKFLOW_TYPES } from '../contract/names.ts';
import type { Branch } from '../domain/branch.ts';
import { BRANCHES, isBranch } from '../domain/branch.ts';
import type { ClientContext } from './context.ts';
import { invalid } from './invalid.ts';
import type { Listed } from './listed.ts';
import { listed, stuck } from './listed.ts';
import { isInvalidArgument, rpc } from './rpc.ts';

export interface ListOptions {
  /** @default all */
  readonly status?: keyof typeof STATUS;
  /** @default 50, at most 1000 */
  readonly limit?: number;
  /** Only open ones that wait for a person, or longer than their own estimate by half. @default false */
  readonly stuck?: boolean;
  /** Only those whose last verdict is in this branch. */
  readonly branch?: Branch;
  /** Only dead letters: those that failed. @default false */
  readonly dead?: boolean;
  /** Only those that were started no later than this: `startedAt` of the last one of a page is the next page's. */
  readonly startedBy?: Date;
  /** Looks at so many, the newest, at most 10,000: what is `stuck` is found by looking. @default 10000 */
  readonly lookAt?: number;
}

/** An array of what was found, which knows how much was looked at for it. */
export interface Listing extends ReadonlyArray<Listed> {
  /** Executions looked at; the search ends at 10,000. */
  readonly lookedAt: number;
}

/** Our words for how an execution stands, and Temporal's. */
export const STATUS = {
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Canceled',
  terminated: 'Terminated',
  'timed-out': 'TimedOut',
} as const;

const MOST_LISTED = 1_000;
export const MOST_LOOKED_AT = 10_000;
const PAGE = 1_000;

export async function listGenerations(
  client: Client,
  options: ListOptions,
  deadlineMs: number,
): Promise<Listing> {
  check(options);
  const { branch } = options;
  if (branch !== undefined) {
    try {
      return await search(client, deadlineMs, options, [`GeminiBranch = '${branch}'`]);
    } catch (error) {
      // The namespace lacks the attribute: then the memos are read, which every generation in trouble has.
      if (!isInvalidArgument(error)) throw error;
    }
  }
  return await search(client, deadlineMs, options, []);
}

/**
 * All dead letters of a branch, the oldest first, of the 10,000 newest. Runs that were revived since are among
 * them: visibility knows every run. Throws InvalidRequest where the clause is none.
 */
export async function deadOf(
  { client, deadlineMs }: Pick<ClientContext, 'client' | 'deadlineMs'>,
  { branch, query }: { readonly branch: Branch; readonly query?: string | undefined },
): Promise<{ readonly found: readonly Listed[]; readonly lookedAt: number; readonly complete: boolean }> {
  const narrowed = query === undefined ? [] : [`(${query})`];
  const limits = { limit: MOST_LOOKED_AT, most: MOST_LOOKED_AT, branch, dead: true };
  const look = async (clauses: readonly string[]) => {
    const found = await search(client, deadlineMs, limits, [...clauses, ...narrowed]);
    const { lookedAt } = found;
    return { found: [...found].reverse(), lookedAt, complete: lookedAt < MOST_LOOKED_AT };
  };
  try {
    return await look([`GeminiBranch = '${branch}'`]);
  } catch (error) {
    if (!isInvalidArgument(error)) throw error;
  }
  try {
    return await look([]);
  } catch (error) {
    if (query === undefined || !isInvalidArgument(error)) throw error;
    throw invalid('query', query, 'must be a clause of a visibility query, as Temporal takes it');
  }
}

function check({ status, limit, branch, startedBy, lookAt }: ListOptions): void {
  if (lookAt !== undefined && !(Number.isInteger(lookAt) && lookAt > 0)) {
    throw invalid('lookAt', lookAt, `must be a whole number from 1 to ${MOST_LOOKED_AT}`);
  }
  if (startedBy !== undefined && Number.isNaN(startedBy.getTime())) {
    throw invalid('startedBy', startedBy, 'must be a time');
  }
  if (status !== undefined && !Object.hasOwn(STATUS, status)) {
    throw invalid('status', status, `must be one of ${Object.keys(STATUS).join(', ')}`);
  }
  if (branch !== undefined && !isBranch(branch)) {
    throw invalid('branch', branch, `must be one of ${BRANCHES.join(', ')}`);
  }
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    throw invalid('limit', limit, `must be a whole number from 1 to ${MOST_LISTED}`);
  }
}

async function search(
  client: Client,
  deadlineMs: number,
  options: ListOptions & { readonly most?: number },
  clauses: readonly string[],
): Promise<Listing> {
  const {
    status,
    limit = 50,
    most: mostListed = MOST_LISTED,
    stuck: onlyStuck = false,
    dead = false,
  } = options;
  const query = [
    `WorkflowType = '${WORKFLOW_TYPES.generation}'`,
    ...(status === undefined ? [] : [`ExecutionStatus = '${STATUS[status]}'`]),
    ...(dead ? [`ExecutionStatus = '${STATUS.failed}'`] : []),
    ...(onlyStuck ? [`ExecutionStatus = '${STATUS.running}'`] : []),
    // Our times end at the millisecond, Temporal's do not.
    ...(options.startedBy === undefined
      ? []
      : [`StartTime < '${new Date(options.startedBy.getTime() + 1).toISOString()}'`]),
    ...clauses,
  ].join(' AND ');
  const most = Math.min(limit, mostListed);
  const now = Date.now();
  const found: Listed[] = [];
  let lookedAt = 0;
  const pageSize = onlyStuck || options.branch !== undefined ? PAGE : most;
  const executions = client.workflow.list({ query, pageSize })[Symbol.asyncIterator]();
  const mostLookedAt = Math.min(options.lookAt ?? MOST_LOOKED_AT, MOST_LOOKED_AT);
  while (found.length < most && lookedAt < mostLookedAt) {
    // A page is fetched when the one before is used up; each has the whole deadline.
    const next = await rpc(client, deadlineMs, 'list generations', () => executions.next());
    if (next.done === true) break;
    lookedAt += 1;
    const generation = wanted(next.value, options, now);
    if (generation !== undefined) found.push(generation);
  }
  return Object.assign(found, { lookedAt });
}

function wanted(
  execution: WorkflowExecutionInfo,
  { branch, stuck: onlyStuck = false }: ListOptions,
  now: number,
): Listed | undefined {
  const generation = listed(execution);
  if (branch !== undefined && generation.branch !== branch) return undefined;
  return onlyStuck ? stuck(generation, now) : generation;
}
