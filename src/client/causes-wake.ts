/**
 * Wakes generations after their cause was dealt with: a signal each, oldest first, no faster than the
 * quota lets them call and than a server takes signals. It ends by its deadline; who was not reached looks
 * again by itself within five minutes, and a repeated call goes on with those that still wait.
 */
import type { MemoCause } from '../contract/names.ts';
import { WAKE_SIGNAL } from '../contract/names.ts';
import type { Scope } from '../contract/standing.ts';
import { scopeOf } from './causes.ts';
import { waitingForAPerson } from './causes-waiting.ts';
import type { Clock } from './clock.ts';
import { REAL_CLOCK } from './clock.ts';
import type { ClientContext } from './context.ts';
import { UnknownGeneration } from './errors.ts';
import type { Listed } from './listed.ts';
import { sameScope } from './routes-scope.ts';
import { rpc } from './rpc.ts';

/** What was dealt with. */
export interface Dealt {
  readonly governor: string;
  /** Absent where nothing but the id of the hold is known. */
  readonly branch?: string;
  readonly scope?: Scope;
  readonly hold?: string;
}

export interface Woken {
  readonly woken: number;
  /** Affected, and not reached in time. */
  readonly left: number;
  /** Why some were not reached; absent where all were. */
  readonly why?: string;
}

export interface Pace {
  /** Calls that the known limits let through; absent where none is known. */
  readonly perMinute?: number | undefined;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** A server takes about 250 a second from all clients together. */
const MOST_PER_SECOND = 50;
const AT_ONCE = 10;
/** How long a process believes what it heard of a hold or a grant, and a moment more. */
const HEARD_FOR_MS = 11_000;

/** Whether a generation that left this cause in its memo waits for what was dealt with. */
export function isAffected(cause: MemoCause | undefined, dealt: Dealt): boolean {
  if (cause === undefined) return false;
  if (cause.account !== undefined && cause.account !== dealt.governor) return false;
  // Only with its account is the id of a hold one hold.
  if (dealt.hold !== undefined && cause.account !== undefined && cause.hold === dealt.hold) return true;
  const scope = scopeOf(cause);
  if (scope === undefined || dealt.scope === undefined) return false;
  return cause.branch === dealt.branch && sameScope(scope, dealt.scope);
}

/** @param found Oldest first, and so is the answer. */
export function affectedIds(found: readonly Listed[], dealt: Dealt): readonly string[] {
  return found.filter(({ cause }) => isAffected(cause, dealt)).map(({ id }) => id);
}

/**
 * Wakes everybody who waits for what was dealt with, once every process is sure to hear of it: each believes
 * for 10 s what it heard last, and would let them fall asleep again.
 */
export async function wakeAffected(context: ClientContext, dealt: Dealt, pace: Pace): Promise<Woken> {
  if (affectedIds((await waitingForAPerson(context)).found, dealt).length === 0) return { woken: 0, left: 0 };
  const { clock = REAL_CLOCK } = context;
  await clock.sleep(Math.max(0, Math.min(HEARD_FOR_MS, pace.until - clock.now())));
  // Some have looked by themselves meanwhile.
  const ids = affectedIds((await waitingForAPerson(context)).found, dealt);
  return await paced(ids, pace, (id) => wakeOne(context, id), clock);
}

/** Resolves with whether it was there; one that has ended needs no waking. */
export async function wakeOne({ client, deadlineMs }: ClientContext, id: string): Promise<boolean> {
  try {
    await rpc(client, deadlineMs, `wake ${id}`, () => client.workflow.getHandle(id).signal(WAKE_SIGNAL));
    return true;
  } catch (error) {
    if (error instanceof UnknownGeneration) return false;
    throw error;
  }
}

/**
 * Never rejects: what was sent is sent, so a server that goes away in between is told as `why`.
 *
 * @param send Resolves with whether there was anybody to wake.
 */
export async function paced(
  ids: readonly string[],
  { perMinute, until }: Pace,
  send: (id: string) => Promise<boolean>,
  clock: Clock,
): Promise<Woken> {
  const perSecond = Math.min(MOST_PER_SECOND, Math.max(1, perMinute ?? Infinity) / 60);
  const begun = clock.now();
  let next = 0;
  let woken = 0;
  let reached = 0;
  let why: string | undefined;
  const sendOn = async (): Promise<void> => {
    while (why === undefined && next < ids.length) {
      const at = begun + (next * 1_000) / perSecond;
      if (at > until || clock.now() > until) {
        why = 'the time for it was over';
        return;
      }
      const id = ids[next] as string;
      next += 1;
      if (at > clock.now()) await clock.sleep(at - clock.now());
      if (why !== undefined) return;
      try {
        if (await send(id)) woken += 1;
        reached += 1;
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, sendOn));
  return { woken, left: ids.length - reached, ...(why === undefined ? {} : { why }) };
}
