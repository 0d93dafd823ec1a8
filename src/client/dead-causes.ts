/**
 * Dead letters by what they died of: what one revival brings back. The server counts; of each branch only the newest
 * are read, so that twenty thousand of them cost as much as two hundred (docs/decisions/0039).
 */
import { revivedRecordName } from '../contract/names.ts';
import type { Cost } from '../domain/attempt.ts';
import type { Branch } from '../domain/branch.ts';
import { BRANCHES, isBranch } from '../domain/branch.ts';
import type { ClientContext } from './context.ts';
import { deadShelves } from './dead-shelves.ts';
import { inTurns } from './in-turns.ts';
import { invalid } from './invalid.ts';
import type { Listed } from './listed.ts';

export interface DeadCausesOptions {
  /** Only this one: `capacity`, or `permission/key-leaked`. @default all */
  readonly cause?: string;
  /** Dead letters of each branch that are read, the newest. @default 100, at most 1000 */
  readonly lookAt?: number;
  /** Dead letters that each group names, the newest. @default 5 */
  readonly examples?: number;
}

/** Dead letters of one cause, as `reviveCause` takes it. */
export interface DeadCause {
  /** `permission/key-leaked`; only the branch where no reason is known. */
  readonly name: string;
  readonly branch: Branch;
  readonly reason?: string;
  /** Of those that were read, without those that were revived since. */
  readonly count: number;
  /** More of the branch were not read: there may be so many more of this cause, revived ones among them. */
  readonly unread: number;
  /** Epoch milliseconds at which the newest and the oldest that was read ended. */
  readonly newest: number;
  readonly oldest: number;
  /** USD that those of them cost which tell it; a run's own attempts, not those before a revival. */
  readonly cost: Cost;
  /** How many of them tell what they cost. */
  readonly priced: number;
  /** Why the newest ended, and the provider's words in its last verdict, where it told them. */
  readonly why: string;
  readonly message?: string;
  readonly examples: readonly Listed[];
}

/** The largest first. */
export interface DeadCauseListing extends ReadonlyArray<DeadCause> {
  /** Runs that ended unserved and that Temporal still keeps, revived ones included. */
  readonly total: number;
  readonly lookedAt: number;
  /** Of those looked at, how many were revived since; undefined where the store did not answer. */
  readonly revived: number | undefined;
}

const USUAL = 100;
const MOST = 1_000;
const EXAMPLES = 5;
/** Reads of the store under way. */
const READS_AT_ONCE = 32;

/** Throws {@link InvalidRequest}, {@link ServerUnreachable}. */
export async function deadCauses(
  context: ClientContext,
  { cause, lookAt = USUAL, examples = EXAMPLES }: DeadCausesOptions,
): Promise<DeadCauseListing> {
  const wanted = causeNamed(cause);
  if (!(Number.isInteger(lookAt) && lookAt > 0 && lookAt <= MOST))
    throw invalid('lookAt', lookAt, `must be a whole number from 1 to ${MOST}`);
  const shelves = await deadShelves(context, wanted?.branch, lookAt);
  const all = shelves
    .flatMap(({ count, letters }) =>
      // Between the two calls some may have ended.
      letters.map((letter): Read => ({ letter, unread: Math.max(0, count - letters.length) })),
    )
    .filter(({ letter }) => isWanted(letter, wanted));
  const revived = await revivedOf(
    context,
    all.map(({ letter }) => letter),
  );
  const left = all.filter(({ letter }) => revived?.has(letter.runId) !== true);
  const total = shelves.reduce((sum, { count }) => sum + count, 0);
  return Object.assign(groups(left, examples), {
    ...{ total, lookedAt: all.length, revived: revived?.size },
  });
}

interface Read {
  readonly letter: Listed;
  readonly unread: number;
}

/** Run ids. Visibility lists a dead run also after a newer one has followed it; undefined where the store is away. */
async function revivedOf(
  { store }: ClientContext,
  letters: readonly Listed[],
): Promise<ReadonlySet<string> | undefined> {
  try {
    const runs = await inTurns(READS_AT_ONCE, letters, async ({ id, runId }) =>
      (await store.readRecord(revivedRecordName(id, runId))) === undefined ? undefined : runId,
    );
    return new Set(runs.filter((run) => run !== undefined));
  } catch {
    return undefined;
  }
}

function causeNamed(
  cause: string | undefined,
): { readonly branch: Branch; readonly reason: string | undefined } | undefined {
  if (cause === undefined) return undefined;
  const [branch, reason, ...more] = cause.split('/');
  if (isBranch(branch) && more.length === 0 && reason !== '') return { branch, reason };
  throw invalid('cause', cause, `must be a branch, or branch/reason; branches are ${BRANCHES.join(', ')}`);
}

/** One whose memo tells nothing died of nothing that we know. */
function isWanted({ branch = 'unknown', reason }: Listed, wanted: ReturnType<typeof causeNamed>): boolean {
  if (wanted === undefined) return true;
  return branch === wanted.branch && (wanted.reason === undefined || reason === wanted.reason);
}

function groups(read: readonly Read[], examples: number): readonly DeadCause[] {
  const byName = Map.groupBy(read, ({ letter }) => nameOf(letter));
  return [...byName]
    .map(([name, members]) => groupOf(name, members, examples))
    .toSorted((a, b) => b.count - a.count || b.newest - a.newest);
}

function nameOf({ branch = 'unknown', reason }: Listed): string {
  return reason === undefined ? branch : `${branch}/${reason}`;
}

function groupOf(name: string, members: readonly Read[], examples: number): DeadCause {
  const letters = members.map(({ letter }) => letter).toSorted((a, b) => endOf(b) - endOf(a));
  const [first] = letters as [Listed, ...Listed[]];
  const costs = letters.flatMap(({ cost }) => cost ?? []);
  return {
    name,
    branch: first.branch ?? 'unknown',
    ...(first.reason === undefined ? {} : { reason: first.reason }),
    count: letters.length,
    unread: members[0]?.unread ?? 0,
    newest: endOf(first),
    oldest: endOf(letters.at(-1) ?? first),
    cost: {
      sureUsd: costs.reduce((sum, { sureUsd }) => sum + sureUsd, 0),
      possibleUsd: costs.reduce((sum, { possibleUsd }) => sum + possibleUsd, 0),
    },
    priced: costs.length,
    why: first.why,
    ...(first.message === undefined ? {} : { message: first.message }),
    examples: letters.slice(0, examples),
  };
}

function endOf({ closedAt, startedAt }: Listed): number {
  return Date.parse(closedAt ?? startedAt);
}
