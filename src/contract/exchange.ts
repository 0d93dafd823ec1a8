/**
 * The one message between a process's broker and the account's governor: demand, returned slots and
 * outcomes go in, leased slots and the account's standing come out. It travels as a Temporal update with a
 * synchronous handler and is repeated with the same `requestId` until it is answered, so the governor
 * answers a repeated one with the same lease. Durations only: clocks of processes differ.
 */
import type { Branch } from '../domain/branch.ts';
import type { QuotaViolation } from '../domain/classification.ts';
import type { ServiceTier } from '../domain/path.ts';
import type { WaitLimit } from '../domain/wait-limit.ts';
import type { NotifyTerms } from './notification.ts';
import type { Degraded, Grant, Probe, RouteKey, Scope, StandingView, Stop } from './standing.ts';

export const DIMENSIONS = ['rpm', 'tpm', 'ipm', 'rpd'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Calls, input tokens and images per minute, calls per Pacific day: whole numbers from 1. */
export type ModelLimits = { readonly [D in Dimension]?: number };

export type { WaitLimit };

/** One known limit, as `describe`, CLI and console show it. */
export interface LimitView {
  readonly model: string;
  readonly dimension: Dimension;
  readonly limit: number;
  readonly used: number;
  readonly source: 'config' | 'learned' | 'live';
  /** Milliseconds since the limit was set or last confirmed. */
  readonly ageMs: number;
}

/**
 * `n` calls of one urgency and tenant that have waited `ageMs` or less; the ones before it in the list
 * have waited longer. Together a coarse curve of who waits how long.
 */
export interface Demand {
  /** 0 interactive, 1 standard, 2 batch. */
  readonly urgency: number;
  /** Empty where tenants are too many to tell apart here. */
  readonly tenant: string;
  /** Milliseconds that the oldest of these has waited. */
  readonly ageMs: number;
  readonly n: number;
}

export interface LaneReport {
  readonly model: string;
  readonly config?: ModelLimits;
  readonly live?: ModelLimits;
  /** Means of one call, over those that wait. */
  readonly tokens: number;
  readonly images: number;
  /** Calls that are ready to send, each as many as it takes slots; at most 48 entries. */
  readonly demand: readonly Demand[];
  /** Calls whose generations sleep, at most 48 entries. */
  readonly asleep: readonly Demand[];
  /** Calls that are likely to come before the next exchange. */
  readonly expected: number;
  /** Slots in hand whose time has come or is about to, by governor time; absent where there are none. */
  readonly due?: readonly number[];
  /** Slots of earlier leases that are not needed, or passed unused; by governor time. */
  readonly returned: readonly number[];
  /** What calls took beyond the room of their slots since the last exchange; absent where it is nothing. */
  readonly extraTokens?: number;
  readonly extraImages?: number;
  /** Calls sent without a slot, because no limit is known. */
  readonly unpaced: number;
  /** Mean milliseconds from a slot's time to its send, for the margin; absent without a send. */
  readonly lagMs?: number;
  readonly rejections: readonly Rejected[];
}

/** A 429. */
export interface Rejected {
  readonly violations: readonly QuotaViolation[];
  readonly retryAfterMs?: number;
  /** Governor time of the slot that it was sent in; absent where it had none. */
  readonly slotAt?: number;
  /** Milliseconds since the answer came. */
  readonly agoMs: number;
  /** It spoke of spending, not of calls. */
  readonly isSpend?: true;
}

/** How calls on a route ended since the last exchange. A route may have several reports in one. */
export interface RouteReport extends RouteKey {
  readonly project: string;
  readonly baseUrl: string;
  readonly tier: ServiceTier;
  readonly calls: number;
  /** By branch; what is missing from `calls` went well. */
  readonly failures: { readonly [B in Branch]?: number };
  /**
   * Verdicts that may open a hold, and their evidence once it is stored: one of each kind. One without a
   * failure of its branch beside it only brings evidence, and opens nothing.
   */
  readonly verdicts: readonly RouteVerdict[];
  /** Trials that ended since, each told once. */
  readonly trials: readonly TrialEnd[];
  /** A call has been on its way for seconds and was not refused: a bad credential is refused at once. */
  readonly unrefused?: true;
  /** Ids of holds that a person's call went through, and went well: their cause is gone. */
  readonly disproved?: readonly string[];
  /** A call is kept back here by a stop; a trial would let it through now. */
  readonly wants?: true;
  /** USD that calls cost for sure, and at most possibly: told once they are concluded, so maybe later than they. */
  readonly sureUsd: number;
  readonly possibleUsd: number;
  /** Calls that these USD are the price of; absent where there are none. */
  readonly priced?: number;
}

export interface RouteVerdict {
  readonly branch: Branch;
  readonly reason: string;
  /** At most 300 bytes. */
  readonly message: string;
  readonly generationId: string;
  readonly evidence?: string;
}

/** What became of a trial: of the call that a stop let through. */
export interface TrialEnd {
  /** Id of the trial, as the stop named it. */
  readonly trial: string;
  /** Nothing was sent: somebody else may try. */
  readonly unused?: true;
  /** How the call ended; absent when it went well. */
  readonly verdict?: Pick<RouteVerdict, 'branch' | 'reason' | 'message' | 'generationId'>;
}

/** A grant is used by one more generation, at most at this price. */
export interface GrantUse {
  readonly grant: string;
  readonly generationId: string;
  readonly worstUsd: number;
}

export interface ProbeOutcome {
  readonly hold: string;
  readonly scope: Scope;
  readonly ok: boolean;
  readonly why: string;
  readonly verdict?: RouteVerdict;
}

export interface ExchangeRequest {
  readonly requestId: string;
  /** The asking process: unique for each start of one. */
  readonly process: string;
  /** The incarnation of the governor that this process knows; absent at first. */
  readonly epoch?: string;
  /** The provider's minute, in milliseconds; scaled where an emulator scales its own. */
  readonly windowMs: number;
  /** The next two daily resets: epoch milliseconds, a fact of the calendar. */
  readonly resets: readonly [number, number];
  /** Rolling spend limit that the configuration knows. */
  readonly spend?: SpendLimit;
  readonly lanes: readonly LaneReport[];
  readonly routes: readonly RouteReport[];
  readonly probes: readonly ProbeOutcome[];
  readonly uses: readonly GrantUse[];
  /** Calls on their way, and calls whose price is not known yet; absent where there are none. */
  readonly unpriced?: number;
  /** The process ends: its leases are free. */
  readonly leaving?: true;
  /** Webhooks of its worker; absent from an earlier release. */
  readonly notify?: NotifyTerms;
}

export interface SpendLimit {
  readonly usd: number;
  /** @default 600_000 (Google: 10 minutes) */
  readonly windowMs: number;
}

/** Why nobody calls a model for a while, as people read it. */
export const CLOSED_BY = {
  pause: 'the provider asked for a pause',
  rpd: "the day's calls are used up",
  spend: 'the spend window is used up',
} as const;

export interface LaneAnswer {
  readonly model: string;
  /** The id that the provider counts under. */
  readonly countedAs: string;
  /** `open`: no limit is known, nothing is paced. */
  readonly kind: 'paced' | 'open';
  /** Leased slots, in milliseconds from `at`, ascending. */
  readonly slots: readonly number[];
  /** A slot may be used so long after its time, not later. */
  readonly slotMs: number;
  /** What one slot has room for; a call that needs more passes slots before its own unused. */
  readonly tokensPerSlot: number;
  readonly imagesPerSlot: number;
  /** Milliseconds between two slots of the whole fleet; 0 where it is open. */
  readonly everyMs: number;
  /** Nobody calls for so long, and why: a provider's pause, the day, the spend window. */
  readonly closed?: { readonly ms: number; readonly by: keyof typeof CLOSED_BY };
  /** What binds: the lowest known limit. */
  readonly binding?: LimitView;
  readonly limits: readonly LimitView[];
  /** The other processes' calls, ready and asleep, at most 48 entries. */
  readonly others: readonly Demand[];
}

export interface ExchangeAnswer {
  readonly requestId: string;
  readonly epoch: string;
  /** The governor's clock, opaque: slots and returns are given by it. */
  readonly at: number;
  /** Exchange again after so long, while there is anything to ask or tell. */
  readonly againMs: number;
  /** Processes that asked lately. */
  readonly processes: number;
  readonly lanes: readonly LaneAnswer[];
  readonly stops: readonly Stop[];
  readonly degraded: readonly Degraded[];
  readonly grants: readonly Grant[];
  /** Ids of generations whose use of a grant was recorded with this exchange; others were refused. */
  readonly granted: readonly string[];
  readonly probes: readonly Probe[];
}

export interface LaneView {
  readonly model: string;
  readonly countedAs: string;
  readonly limits: readonly LimitView[];
  /** Calls that are ready, and calls whose generations sleep, as last reported. */
  readonly waiting: number;
  readonly asleep: number;
  /** What the known limits let through; absent where none is known. */
  readonly perMinute?: number;
  readonly closed?: { readonly ms: number; readonly by: 'pause' | 'rpd' | 'spend' };
}

/** The answer of query `gemini.governor`. */
export interface GovernorView extends StandingView {
  /** `google/ai-studio/my-project` */
  readonly id: string;
  readonly epoch: string;
  /** Epoch milliseconds: the governor's clock, when it last heard anything. */
  readonly at: number;
  readonly processes: readonly {
    readonly process: string;
    readonly askedMsAgo: number;
    readonly leased: number;
    readonly waiting: number;
  }[];
  readonly lanes: readonly LaneView[];
  readonly spend: { readonly usd: number; readonly limit?: SpendLimit };
  /** Exchanges answered since it began. */
  readonly exchanges: number;
}
