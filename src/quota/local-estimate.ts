/** When somebody's turn in a lane comes, and why not sooner: in numbers and in words. */
import type { Route } from '../domain/path.ts';
import type { Dimension } from '../governor/limits.ts';
import type { QuotaWait } from './broker.ts';
import { describeWait } from './describe.ts';
import type { Lane } from './lane.ts';
import type { QueuedLane } from './lanes.ts';
import type { Turn } from './turn-queue.ts';

/** How long a caller waits here unless it says otherwise. */
export const DEFAULT_MAX_WAIT_MS = 3_000;
/** Sleepers are called back this much before their turn, so that they are here when it comes. */
const CALL_BACK_MS = DEFAULT_MAX_WAIT_MS / 2;
export const NOBODY = { requests: 0, tokens: 0, images: 0 };

export interface Estimate {
  readonly answer: QuotaWait;
  /** Milliseconds to the turn itself; the answer's `ms` calls back a little earlier. */
  readonly turnInMs: number;
}

export function estimate<T extends Turn>(
  { lane, queue }: QueuedLane<T>,
  route: Route,
  turn: Turn,
  windowMs: number,
  now: number,
): Estimate {
  const ahead = queue.ahead(turn);
  const own = lane.earliest(turn, queue.cost(ahead), now);
  // The queue is kept in order, so a first one that needs much room holds up all behind it.
  const first = ahead > 0 ? queue.next() : undefined;
  const firsts = first === undefined ? own : lane.earliest(first, NOBODY, now);
  const { at, limit = 'rpm' } = firsts.at > own.at ? firsts : own;
  const turnInMs = Math.max(0, at - now);
  const ms = Math.max(1, Math.ceil(turnInMs - Math.min(CALL_BACK_MS, turnInMs / 2)));
  const why = whyOf(lane, route, limit, ahead, windowMs, now);
  return { answer: { kind: 'wait', ms, why, limit, place: ahead + 1 }, turnInMs };
}

function whyOf(
  lane: Lane,
  route: Route,
  binding: Dimension | 'pause',
  ahead: number,
  windowMs: number,
  now: number,
): string {
  const known = binding === 'pause' ? undefined : lane.limit(binding);
  return describeWait({
    model: route.model,
    countedAs: lane.countedAs,
    binding,
    ...(known && { known: { limit: known.limit, source: known.source, ageMs: now - known.since } }),
    windowMs,
    untilMs: binding === 'rpd' ? lane.msToDayEnd(now) : Math.max(0, lane.pausedUntil - now),
    ahead,
  });
}
