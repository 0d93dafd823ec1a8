/**
 * Open asks by their cause: what one repair, one resumed hold or one grant answers. Read from memos, so
 * it works with every worker down; only a hold that no memo names yet is asked of its governor.
 */
import type { MemoCause } from '../contract/names.ts';
import type { Scope } from '../contract/standing.ts';
import { SCOPE_KINDS } from '../schema/governor-command.ts';
import type { ClientContext } from './context.ts';
import type { Waiting } from './causes-waiting.ts';
import { waitingForAPerson, waitsSince } from './causes-waiting.ts';
import { governorSight } from './governors.ts';
import { answered, isSilent } from './governors-sight.ts';
import { invalid } from './invalid.ts';
import { MOST_LOOKED_AT } from './list.ts';
import type { Listed } from './listed.ts';
import { sameScope, scopeWords } from './routes-scope.ts';

/** Everything that waits for a person for the same cause. */
export interface CauseGroup {
  /** `permission@credential:1a2b…`, as `approveCause` and the command line take it; without a scope the branch. */
  readonly name: string;
  /** A branch, or `operator` for what a person paused. */
  readonly branch: string;
  /** Distinct reasons, the most frequent first. */
  readonly reasons: readonly string[];
  /** Absent where what waits does not tell it: then each is decided by itself. */
  readonly scope?: Scope;
  /** `google/ai-studio/my-project`: whose governor keeps the hold, or would keep a grant. */
  readonly governor?: string;
  /** Id of the hold that stops it; absent where none does. */
  readonly hold?: string;
  /** Workers hold it by themselves (`quota: 'local'`): nobody resumes it or grants for it, a decision on one does. */
  readonly isLocal?: true;
  readonly count: number;
  /** How many of them are in which phase. */
  readonly phases: Readonly<Record<string, number>>;
  /** Epoch milliseconds since which the oldest waits, and its id. */
  readonly since: number;
  readonly oldest: string;
  /** Why the oldest waits. */
  readonly why: string;
  /** The provider's words in its last verdict, where it told them. */
  readonly message?: string;
  /** SHA-256: what the oldest is asked on. A grant names it. */
  readonly evidence?: string;
  /** Routes that they could leave to, the most offered first. */
  readonly routes: readonly OfferedRoute[];
}

export interface OfferedRoute {
  readonly route: string;
  /** How many of the group are offered it. */
  readonly count: number;
  /** Worst price in USD of one call there, and of one for each of them; absent where a memo tells none. */
  readonly worstUsd?: number;
  readonly totalUsd?: number;
  /** What is lost or different there for one or another of them. */
  readonly changes?: readonly string[];
}

/** An array of what was found, which knows how much was looked at for it. */
export interface CauseListing extends ReadonlyArray<CauseGroup> {
  readonly lookedAt: number;
  /** False where there are more than could be looked at: counts are too low then. */
  readonly complete: boolean;
}

const ROUTE_OUT = 'route-out ';

/** A governor that does not answer at once is not waited for. */
const ASK_MS = 3_000;
/** A process that has just met a cause holds it before its governor has given it an id. */
const HOLD_ID = /^h-\d+$/;

export interface CausesOptions {
  /** Looks at so many of those that wait, the newest, at most 10,000. @default 10000 */
  readonly limit?: number;
}

/** The largest group first. Throws InvalidRequest, ServerUnreachable. */
export async function causes(
  context: ClientContext,
  { limit = MOST_LOOKED_AT }: CausesOptions = {},
): Promise<CauseListing> {
  if (!(Number.isInteger(limit) && limit > 0 && limit <= MOST_LOOKED_AT)) {
    throw invalid('limit', limit, `must be a whole number from 1 to ${MOST_LOOKED_AT}`);
  }
  const listing = causesOf(await waitingForAPerson(context, limit));
  const { lookedAt, complete } = listing;
  return Object.assign(await withHolds(context, listing), { lookedAt, complete });
}

/** What no memo tells, the governors know: those of causes that may be held are asked. */
async function withHolds(
  context: ClientContext,
  groups: readonly CauseGroup[],
): Promise<readonly CauseGroup[]> {
  const ids = distinct(groups.filter(({ scope }) => scope !== undefined).map(({ governor }) => governor));
  if (ids.length === 0) return groups;
  const deadlineMs = Math.min(ASK_MS, context.deadlineMs);
  const sights = await Promise.all(ids.map((id) => governorSight({ ...context, deadlineMs }, id)));
  const views = answered(sights);
  const absent = sights.filter((sight) => isSilent(sight) && sight.isAbsent).map(({ id }) => id);
  return groups.map((group) => {
    const { hold: known, scope, branch, governor } = group;
    if (scope !== undefined && governor !== undefined && absent.includes(governor))
      return { ...group, isLocal: true };
    const view = known === undefined ? views.find(({ id }) => id === governor) : undefined;
    const hold = view?.holds.find(
      (each) => scope !== undefined && each.branch === branch && sameScope(each.scope, scope),
    );
    if (hold === undefined) return group;
    // What its members saw may be older: a hold's evidence comes once it is stored.
    const evidence = hold.evidence ?? group.evidence;
    return { ...group, hold: hold.id, ...(evidence === undefined ? {} : { evidence }) };
  });
}

/** Undefined for an id that only one process gave. */
export function holdIdOf(cause: MemoCause | undefined): string | undefined {
  return cause?.hold !== undefined && HOLD_ID.test(cause.hold) ? cause.hold : undefined;
}

export function causesOf({ found, lookedAt, complete }: Waiting): CauseListing {
  const groups = new Map<string, Listed[]>();
  for (const each of found) {
    const key = groupKey(each);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [each]);
    else members.push(each);
  }
  const list = [...groups.values()].flatMap((members) => groupOf(members));
  return Object.assign(
    list.toSorted((a, b) => b.count - a.count || a.since - b.since),
    { lookedAt, complete },
  );
}

/** Its name and its governor: two accounts may have a model of the same name. */
function groupKey(each: Listed): string {
  return JSON.stringify([causeName(each), each.cause?.account]);
}

/** `permission@credential:1a2b…` */
export function causeName(each: Listed): string {
  const scope = scopeOf(each.cause);
  const branch = branchOf(each);
  return scope === undefined ? branch : `${branch}@${scopeWords(scope)}`;
}

function branchOf({ cause, branch, phase }: Listed): string {
  return cause?.branch ?? branch ?? phase ?? 'unknown';
}

/** A kind that a later release writes is no scope of ours. */
export function scopeOf(cause: MemoCause | undefined): Scope | undefined {
  const kind = SCOPE_KINDS.find((each) => each === cause?.scope?.kind);
  const key = cause?.scope?.key;
  return kind === undefined || key === undefined ? undefined : { kind, key };
}

/** @param members Oldest first. */
function groupOf(members: readonly Listed[]): readonly CauseGroup[] {
  const [oldest] = members;
  if (oldest === undefined) return [];
  const scope = scopeOf(oldest.cause);
  const governor = oldest.cause?.account;
  // The newest knows best: one that has slept for long may name a hold that has been opened anew since.
  const hold = holdIdOf(members.findLast(({ cause }) => holdIdOf(cause) !== undefined)?.cause);
  const evidence = members.find((each) => each.evidence !== undefined)?.evidence;
  return [
    {
      name: causeName(oldest),
      branch: branchOf(oldest),
      reasons: byFrequency(members.map(({ cause, reason }) => cause?.reason ?? reason)),
      count: members.length,
      phases: counts(members.map(({ phase }) => phase ?? 'unknown')),
      since: waitsSince(oldest),
      oldest: oldest.id,
      why: oldest.why,
      ...(oldest.message === undefined ? {} : { message: oldest.message }),
      routes: routesOf(members),
      ...(scope === undefined ? {} : { scope }),
      ...(governor === undefined ? {} : { governor }),
      ...(hold === undefined ? {} : { hold }),
      ...(evidence === undefined ? {} : { evidence }),
    },
  ];
}

function routesOf(members: readonly Listed[]): readonly OfferedRoute[] {
  const names = byFrequency(members.flatMap(routeNames));
  return names.map((route) => {
    const offered = members.filter((each) => routeNames(each).includes(route));
    const prices = offered.flatMap(({ worstUsd }) => worstUsd?.[ROUTE_OUT + route] ?? []);
    // A total that leaves some out would be a promise that is not kept.
    const isPriced = prices.length === offered.length;
    const changes = distinct(offered.flatMap((each) => each.changes?.[ROUTE_OUT + route] ?? []));
    return {
      route,
      count: offered.length,
      ...(changes.length === 0 ? {} : { changes }),
      ...(isPriced
        ? { worstUsd: Math.max(...prices), totalUsd: prices.reduce((sum, price) => sum + price, 0) }
        : {}),
    };
  });
}

function routeNames({ choices = [] }: Listed): readonly string[] {
  return distinct(
    choices.filter((choice) => choice.startsWith(ROUTE_OUT)).map((choice) => choice.slice(ROUTE_OUT.length)),
  );
}

function distinct(values: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}

function counts(values: readonly string[]): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const value of values) found[value] = (found[value] ?? 0) + 1;
  return found;
}

function byFrequency(values: readonly (string | undefined)[]): readonly string[] {
  const names = values.filter((value) => value !== undefined);
  return Object.entries(counts(names))
    .toSorted(([, a], [, b]) => b - a)
    .map(([name]) => name);
}
