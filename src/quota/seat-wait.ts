/** When somebody's turn at a seat comes, and why not sooner: in numbers and in words. */
import type { QuotaWait } from './broker.ts';
import type { SeatLane } from './seat-lane.ts';
import type { Turn } from './turn-queue.ts';
import { waitWords } from './wait-words.ts';

/** A sleeper is called back this many reaches before its turn, so that there is always somebody for a slot. */
const CALL_BACK_REACHES = 3;
/** And early enough that each process has so many there, or a slot finds nobody where it is leased. */
const CALLS_AT_HAND = 2.5;
/** Who is back need not sleep again, though its turn seems a little further by now. */
const NEAR = 1.3;
/** Of a long wait, so much is slept before asking anew: limits change meanwhile. */
const SLEEP_SHARE = 0.9;
export const SHORTEST_WAIT_MS = 1_000;

/** What a seat knows of the fleet that it waits in. */
export interface Fleet {
  /** Processes at this governor. */
  readonly processes: number;
  /** How long a word to the governor and its answer take. */
  readonly reachMs: number;
  readonly windowMs: number;
}

export interface SeatWait {
  readonly answer: QuotaWait;
  /** Milliseconds to the turn itself; the answer's `ms` calls back a little earlier. */
  readonly turnInMs: number;
}

/** So long before its turn a sleeper is called back. */
export function callBackMs<T extends Turn>(lane: SeatLane<T> | undefined, fleet: Fleet): number {
  const enough = fleet.processes * CALLS_AT_HAND * (lane?.answer?.everyMs ?? 0);
  return Math.max(fleet.reachMs * CALL_BACK_REACHES, Math.min(enough, fleet.windowMs));
}

/** Undefined while the governor is unknown or nothing is paced: then it goes, or its patience ends. */
export function waitOf<T extends Turn>(
  lane: SeatLane<T>,
  turn: Turn,
  fleet: Fleet,
  now: number,
): SeatWait | undefined {
  const { answer } = lane;
  if (answer === undefined) return undefined;
  const closed = lane.closedMs(now);
  if (answer.kind === 'open' && closed === 0) return undefined;
  lane.expire(now);
  const ahead = lane.ahead(turn, now);
  const turnInMs = closed + ahead * answer.everyMs;
  const backMs = callBackMs(lane, fleet);
  const ms =
    closed > 0 && ahead * answer.everyMs < backMs
      ? turnInMs
      : Math.min(turnInMs - backMs, turnInMs * SLEEP_SHARE);
  const by = closed > 0 ? (answer.closed?.by ?? 'pause') : undefined;
  return {
    turnInMs,
    answer: {
      kind: 'wait',
      ms: Math.max(SHORTEST_WAIT_MS, Math.ceil(ms)),
      why: waitWords({
        ...{ model: lane.model, answer, ahead, closedMs: closed, windowMs: fleet.windowMs },
        ageMs: now - lane.heardAt,
      }),
      limit: by ?? answer.binding?.dimension ?? 'rpm',
      place: ahead + 1,
      ...(answer.everyMs > 0 ? { perMinute: Math.round((60_000 / answer.everyMs) * 10) / 10 } : {}),
    },
  };
}

/** Its turn comes so soon that it need not sleep. */
export function isNear<T extends Turn>({ turnInMs }: SeatWait, lane: SeatLane<T>, fleet: Fleet): boolean {
  return turnInMs <= callBackMs(lane, fleet) * NEAR;
}
