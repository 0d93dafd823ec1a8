/**
 * Brings back all dead letters of one cause, after an outage or once a key is renewed: paced, each with who and
 * why (I12), each at most once. Begun again it goes on with those that are left: what was revived is no dead
 * letter any more.
 */
import { revivedRecordName } from '../contract/names.ts';
import { BRANCHES, isBranch } from '../domain/branch.ts';
import { changedField } from './changed-field.ts';
import { REAL_CLOCK } from './clock.ts';
import type { ClientContext } from './context.ts';
import { inputOf, latestExecution } from './dead-letter.ts';
import { GenerationFailed, NotRevivable, UnknownGeneration } from './errors.ts';
import { checkSaid, invalid } from './invalid.ts';
import { deadOf } from './list.ts';
import type { Listed } from './listed.ts';
import { outcomeOf } from './outcome.ts';
import { outlive } from './outlive.ts';
import type { RevivalRequest } from './revive.ts';
import { reviveGeneration } from './revive.ts';
import type { Act } from './revive-pace.ts';
import { paceRevivals, PROOF } from './revive-pace.ts';
import type { Waiter } from './waiter.ts';

export interface CauseRevivalRequest extends Omit<RevivalRequest, 'run'> {
  /** What they died of: `capacity`, or `permission/key-leaked`. */
  readonly cause: string;
  /** A clause of a Temporal visibility query that narrows it: `StartTime > '2027-01-31T00:00:00Z'`. @default none */
  readonly query?: string;
  /** Revives at most so many. @default all of the 10,000 newest */
  readonly limit?: number;
  /** @default as they end */
  readonly perMinute?: number;
  /** Revived and not ended at once; the governor paces their calls beside that. @default 20 */
  readonly inFlight?: number;
  /** Revives no further one. */
  readonly signal?: AbortSignal;
  /** Told once, before the first one is revived, how many there are. */
  readonly onFound?: (found: { readonly letters: number; readonly complete: boolean }) => void;
  /** Told of each, at once. */
  readonly onEach?: (each: RevivedEach) => void;
}

export type RevivedEach = { readonly id: string; /** Of the dead letter. */ readonly run: string } & (
  | { readonly kind: 'revived'; /** The new run. */ readonly newRun: string }
  | { readonly kind: 'refused'; readonly why: string }
);

export interface CauseRevived {
  readonly revived: number;
  readonly refused: readonly (RevivedEach & { readonly kind: 'refused' })[];
  /** Dead letters of the cause that were not reached. */
  readonly left: number;
  /** Why some are left. */
  readonly why?: string;
  readonly lookedAt: number;
  /** False where there are more than could be looked at. */
  readonly complete: boolean;
}

const DEFAULT_IN_FLIGHT = 20;
const MOST = 10_000;
const WAIT_MS = 600_000;

const STOPPED = {
  'cause-remains': `none of the first ${PROOF} was served: the cause may still be there`,
  aborted: 'it was stopped',
  limit: 'the limit is reached',
} as const;

/** The oldest first. Throws {@link InvalidRequest}, {@link ServerUnreachable}. */
export async function reviveCause(
  context: ClientContext,
  waiter: Waiter,
  given: CauseRevivalRequest,
): Promise<CauseRevived> {
  const { by, why, change, maxPaidCalls, limit = MOST, perMinute, inFlight = DEFAULT_IN_FLIGHT } = given;
  const { branch, reason } = await check(context, given);
  const { found, lookedAt, complete } = await deadOf(context, { branch, query: given.query });
  const letters = await notRevived(
    context,
    found.filter((each) => reason === undefined || each.reason === reason),
  );
  given.onFound?.({ letters: letters.length, complete });
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, ...(given.signal === undefined ? [] : [given.signal])]);
  const refused: (RevivedEach & { kind: 'refused' })[] = [];
  let revived = 0;

  const act = async ({ id, runId: run }: Listed): Promise<Act> => {
    const revival = {
      ...{ by, why, run },
      ...(change === undefined ? {} : { change }),
      ...(maxPaidCalls === undefined ? {} : { maxPaidCalls }),
    };
    let wasAway = false;
    const onAway = (words: string | undefined): void => {
      wasAway ||= words !== undefined;
    };
    try {
      const revive = () => reviveGeneration(context, id, revival);
      const newRun = await outlive(revive, { signal, onAway }).catch(async (error: unknown) => {
        const ours =
          error instanceof NotRevivable && wasAway ? await ourRun(context, id, revival) : undefined;
        if (ours === undefined) throw error;
        return ours;
      });
      revived += 1;
      given.onEach?.({ kind: 'revived', id, run, newRun });
    } catch (error) {
      if (!(error instanceof NotRevivable || error instanceof UnknownGeneration)) throw error;
      const each = { kind: 'refused', id, run, why: error.message } as const;
      refused.push(each);
      given.onEach?.(each);
      return { kind: 'refused' };
    }
    return { kind: 'begun', ended: served(context, waiter, id, signal) };
  };

  const report = { refused, lookedAt, complete };
  try {
    const clock = context.clock ?? REAL_CLOCK;
    const pace = { inFlight, limit, signal, clock, ...(perMinute === undefined ? {} : { perMinute }) };
    const { left, stopped } = await paceRevivals(letters, pace, act);
    const words = stopped === undefined ? undefined : STOPPED[stopped];
    return { ...report, revived, left, ...(words === undefined ? {} : { why: words }) };
  } catch (error) {
    // What was revived is revived: that is told, and why it went no further.
    const words = error instanceof Error ? error.message : String(error);
    return { ...report, revived, left: letters.length - revived - refused.length, why: words };
  } finally {
    over.abort();
  }
}

async function check(
  { store }: ClientContext,
  given: CauseRevivalRequest,
): Promise<{ readonly branch: (typeof BRANCHES)[number]; readonly reason: string | undefined }> {
  checkSaid(given);
  const { cause, limit, perMinute, inFlight, change } = given;
  const [branch, reason, ...more] = typeof cause === 'string' ? cause.split('/') : [];
  if (!isBranch(branch) || more.length > 0 || reason === '')
    throw invalid('cause', cause, `must be a branch, or branch/reason; branches are ${BRANCHES.join(', ')}`);
  for (const [field, value] of Object.entries({ limit, inFlight })) {
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      throw invalid(field, value, 'must be a whole number from 1');
  }
  if (perMinute !== undefined && !(Number.isFinite(perMinute) && perMinute > 0))
    throw invalid('perMinute', perMinute, 'must be a number above 0');
  if (change !== undefined) await changedField(store, change);
  return { branch, reason };
}

/** A start of which nobody heard may have been taken all the same, and is what the next try meets. */
async function ourRun(
  context: ClientContext,
  id: string,
  { run, by }: { readonly run: string; readonly by: string },
): Promise<string | undefined> {
  const execution = await latestExecution(context, id);
  if (execution === undefined) return undefined;
  const { revival } = await inputOf(context, id, execution.runId);
  return revival?.of === run && revival.by === by ? execution.runId : undefined;
}

/** Visibility lists a dead run also after a newer one has followed it. */
async function notRevived({ store }: ClientContext, found: readonly Listed[]): Promise<readonly Listed[]> {
  const letters: Listed[] = [];
  for (const each of found) {
    if ((await store.readRecord(revivedRecordName(each.id, each.runId))) === undefined) letters.push(each);
  }
  return letters;
}

/** Never rejects. */
async function served(
  context: ClientContext,
  waiter: Waiter,
  id: string,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  for (;;) {
    try {
      const result = await outlive(
        () => outcomeOf(context, waiter, id, { until: Date.now() + WAIT_MS, signal }),
        { signal },
      );
      if (result !== undefined) return true;
    } catch (error) {
      return error instanceof GenerationFailed ? false : undefined;
    }
    if (signal.aborted) return undefined;
  }
}
