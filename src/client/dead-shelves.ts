/**
 * Dead letters by the branch that they died in: the server counts each, and only the newest are read. Which branches there
 * are is found out from those that are read: a bad day has few of the many, and each count costs the server a look.
 */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { WORKFLOW_TYPES } from '../contract/names.ts';
import type { Branch } from '../domain/branch.ts';
import { isBranch } from '../domain/branch.ts';
import type { ClientContext } from './context.ts';
import { countOf } from './count-query.ts';
import { inTurns } from './in-turns.ts';
import type { Listed } from './listed.ts';
import { listed } from './listed.ts';
import { isInvalidArgument, rpc } from './rpc.ts';

/** All that died in one branch; all in one where the namespace lacks the attribute. */
export interface Shelf {
  readonly count: number;
  /** The newest, newest first. */
  readonly letters: readonly Listed[];
}

type Context = Pick<ClientContext, 'client' | 'deadlineMs'>;

/** Those without the attribute: died on a worker that found none to set. */
const UNTOLD = '';
const AT_ONCE = 8;
const BRANCH = defineSearchAttributeKey('GeminiBranch', SearchAttributeType.KEYWORD);
const DEAD = `WorkflowType = '${WORKFLOW_TYPES.generation}' AND ExecutionStatus = 'Failed'`;

/** @param most of each that are read. Throws {@link ServerUnreachable}. */
export async function deadShelves(
  context: Context,
  only: Branch | undefined,
  most: number,
): Promise<readonly Shelf[]> {
  try {
    return only === undefined ? await allShelves(context, most) : [await shelf(context, only, [], most)];
  } catch (error) {
    if (!isInvalidArgument(error)) throw error;
    const [count, letters] = await Promise.all([countOf(context, DEAD), newest(context, DEAD, most)]);
    return [{ count, letters: letters.map(({ letter }) => letter) }];
  }
}

async function allShelves(context: Context, most: number): Promise<readonly Shelf[]> {
  const shelves = new Map<string, Shelf>();
  // Each round finds a branch at least, so there are no more rounds than branches.
  for (let left = await countOf(context, DEAD); left > 0;) {
    const seen = await newest(context, others([...shelves.keys()]), most);
    const byName = Map.groupBy(seen, ({ name }) => name);
    const fresh = [...byName].filter(([name]) => !shelves.has(name));
    // Some may be gone since they were counted.
    if (fresh.length === 0) break;
    const found = await inTurns(AT_ONCE, fresh, ([name, letters]) => shelf(context, name, letters, most));
    for (const [i, [name]] of fresh.entries()) {
      shelves.set(name, found[i] as Shelf);
      left -= found[i]?.count ?? 0;
    }
  }
  return [...shelves.values()];
}

async function shelf(context: Context, name: string, seen: readonly Found[], most: number): Promise<Shelf> {
  const clause = `${DEAD} AND ${name === UNTOLD ? 'GeminiBranch IS NULL' : `GeminiBranch = '${name}'`}`;
  const count = await countOf(context, clause);
  const found = seen.length >= Math.min(count, most) ? seen : await newest(context, clause, most);
  return { count, letters: found.map(({ letter }) => letter) };
}

/** Dead letters on none of these shelves. */
function others(known: readonly string[]): string {
  const names = known.filter((name) => name !== UNTOLD).map((name) => `'${name}'`);
  if (known.length === 0) return DEAD;
  if (names.length === 0) return `${DEAD} AND GeminiBranch IS NOT NULL`;
  const named = `GeminiBranch NOT IN (${names.join(', ')})`;
  return `${DEAD} AND ${known.includes(UNTOLD) ? named : `(${named} OR GeminiBranch IS NULL)`}`;
}

interface Found {
  readonly name: string;
  readonly letter: Listed;
}

async function newest(
  { client, deadlineMs }: Context,
  query: string,
  most: number,
): Promise<readonly Found[]> {
  const executions = client.workflow.list({ query, pageSize: most })[Symbol.asyncIterator]();
  const found: Found[] = [];
  while (found.length < most) {
    const next = await rpc(client, deadlineMs, 'list dead letters', () => executions.next());
    if (next.done === true) break;
    found.push(foundIn(next.value));
  }
  return found;
}

/** One that ended without a call has no verdict in its memo, only its end's in the attribute. */
function foundIn(execution: WorkflowExecutionInfo): Found {
  const told = execution.typedSearchAttributes.get(BRANCH) ?? UNTOLD;
  const letter = listed(execution);
  const isTold = letter.branch === undefined && isBranch(told);
  return {
    // What is no name of ours is asked for by none.
    name: /^[a-z-]+$/.test(told) ? told : UNTOLD,
    letter: isTold ? { ...letter, branch: told } : letter,
  };
}
