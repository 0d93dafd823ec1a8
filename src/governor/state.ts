/** What a governor keeps: JSON, small, and independent of how many generations wait. */
import type { Demand, ExchangeAnswer } from '../contract/exchange.ts';
import type { Subscriptions } from '../contract/notification.ts';
import type { LaneState } from './lane/index.ts';
import { newLane } from './lane/index.ts';
import type { SpendState } from './spend.ts';
import { newSpend } from './spend.ts';
import type { StandingState } from './standing/index.ts';
import { emptyStanding } from './standing/index.ts';

/** What a process asked of one model and has. */
export interface Claimed {
  /** Slots that are its own and still to come, ascending. */
  readonly leased: readonly number[];
  /** It has had its share of everything before this time. */
  readonly coveredUntil: number;
  readonly demand: readonly Demand[];
  readonly asleep: readonly Demand[];
  readonly expected: number;
}

export interface ProcessState {
  /** When it asked last. */
  readonly seenAt: number;
  readonly claims: Readonly<Record<string, Claimed>>;
  /** Calls of which it did not know yet what they cost, and slots that had come for more; absent: none. */
  readonly unpriced?: number;
  /** The last answer, for a request that is repeated because it was lost. */
  readonly answer: ExchangeAnswer;
}

export interface GovernorState {
  /** `google/ai-studio/my-project` */
  readonly id: string;
  /** This incarnation; a process that knows another one has leases that this one did not give. */
  readonly epoch: string;
  /** The governor's clock when it last heard anything; it never goes back. */
  readonly at: number;
  readonly windowMs: number;
  /** The next daily resets, ascending. */
  readonly resets: readonly number[];
  /** By the id that the provider counts under, as far as it is known. */
  readonly lanes: Readonly<Record<string, LaneState>>;
  /** Model ids that are counted in the lane of another. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly processes: Readonly<Record<string, ProcessState>>;
  readonly spend: SpendState;
  readonly standing: StandingState;
  /** Up to when processes that asked at once are told apart, for the next one of them. */
  readonly askAt?: number;
  /** After a loss: nothing is leased before this time. */
  readonly quietUntil: number;
  /** The day's counts were lost, and with which incarnation. */
  readonly lostEpoch?: string;
  readonly exchanges: number;
  /** Whom it tells what happens; absent while nobody has a webhook. */
  readonly notify?: Subscriptions;
}

const DEFAULT_WINDOW_MS = 60_000;

export function newGovernor(id: string, epoch: string, now: number): GovernorState {
  return {
    id,
    epoch,
    at: now,
    windowMs: DEFAULT_WINDOW_MS,
    resets: [],
    lanes: {},
    aliases: {},
    processes: {},
    spend: newSpend(),
    standing: emptyStanding(),
    quietUntil: 0,
    exchanges: 0,
  };
}

/** The lane that `model` is counted in. */
export function laneKey({ aliases }: Pick<GovernorState, 'aliases'>, model: string): string {
  return aliases[model] ?? model;
}

export function laneOf(state: GovernorState, model: string): LaneState {
  return state.lanes[laneKey(state, model)] ?? freshLane(state, model);
}

/** After a loss the day's count is unknown, and what was sent last too. */
function freshLane({ windowMs, at, quietUntil, lostEpoch }: GovernorState, model: string): LaneState {
  const lane = newLane(model, windowMs, at);
  return lostEpoch === undefined
    ? lane
    : { ...lane, dayIsUnknown: true, pausedUntil: quietUntil, nextAt: quietUntil };
}

export function withLane(state: GovernorState, model: string, lane: LaneState): GovernorState {
  return { ...state, lanes: { ...state.lanes, [laneKey(state, model)]: lane } };
}
