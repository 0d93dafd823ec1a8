/**
 * How an account's routes stand, as its governor keeps it: JSON, small, and independent of how many
 * generations wait. What the contract shows is in here as it is shown, with what only the reducers need.
 */
import type { GrantUse, ProbeOutcome, RouteReport } from '../../contract/exchange.ts';
import type { Alert, Degraded, Grant, Hold, RouteKey, StandingEvent } from '../../contract/standing.ts';
import type { Branch } from '../../domain/branch.ts';
import type { HourCounts } from '../../domain/quiet.ts';
import type { Bucket } from './buckets.ts';
import type { Place } from './scope.ts';

/** The right to make one call through a stop, given to one process. */
export interface Trial {
  /** Never given twice, not by a later incarnation either. */
  readonly id: string;
  readonly process: string;
  /** Governor's clock, like every time here. */
  readonly at: number;
}

export interface HoldState extends Hold {
  /** Processes that use its scope: one of them is asked to probe. */
  readonly usedBy: readonly string[];
  readonly probe?: { readonly process: string; readonly at: number };
  readonly trial?: Trial;
}

export interface BreakerState {
  readonly since: number;
  readonly tryAt: number;
  /** How long it stays open after a trial that fails. */
  readonly openMs: number;
  readonly failures: number;
  readonly calls: number;
  readonly branch: Branch;
  readonly trial?: Trial;
}

export interface RouteState {
  readonly route: RouteKey;
  readonly baseUrl: string;
  /** The breaker's: finer, shorter, empty while it is open. */
  readonly minute: readonly Bucket[];
  /** Statistics, degraded mode, alerts. */
  readonly recent: readonly Bucket[];
  /** The breaker counts from here: a failure from before it closed says nothing. */
  readonly countsFrom: number;
  /** SHA-256 of the latest capacity failure's evidence. */
  readonly evidence?: string;
  readonly breaker?: BreakerState;
  readonly degraded?: Omit<Degraded, 'route' | 'evidence'> & { readonly calmSince?: number };
}

export interface CredentialState {
  readonly credential: string;
  readonly seenAt: number;
  /** When an answer came that did not refuse it. */
  readonly provedAt?: number;
  /** Calls that go first, while it is not proved. */
  readonly trials: readonly Trial[];
}

export interface GrantState extends Grant {
  /** The latest generations that used it: a use that is told twice is one. */
  readonly users: readonly string[];
}

/** Of one model and tier; see `hours.ts`. */
export interface HoursState extends HourCounts {
  /** Days since 1970, UTC, that they have aged to. */
  readonly day: number;
}

export interface StandingState {
  /** The provider's minute over a real one; an emulator may scale its own. Breaker and statistics follow it. */
  readonly scale: number;
  /** Calls at a time on a credential that nothing has proved; 0 lets all go. */
  readonly callsUnproved: number;
  /** How many of each were numbered so far. */
  readonly numbered: { readonly holds: number; readonly grants: number; readonly trials: number };
  readonly holds: readonly HoldState[];
  readonly credentials: readonly CredentialState[];
  readonly routes: readonly RouteState[];
  /** Latest used last; absent in what an earlier release kept. */
  readonly hours?: readonly HoursState[];
  readonly grants: readonly GrantState[];
  readonly alerts: readonly Alert[];
  readonly events: readonly StandingEvent[];
  /** What the process that asked last wants, and which of its uses were recorded: for its answer. */
  readonly asked: {
    readonly process: string;
    readonly wants: readonly Place[];
    readonly granted: readonly string[];
  };
}

/** What a process tells of its routes. */
export interface Told {
  readonly process: string;
  readonly routes: readonly RouteReport[];
  readonly probes: readonly ProbeOutcome[];
  readonly uses: readonly GrantUse[];
  /** @default as before */
  readonly scale?: number;
  /** The process ends: what it was trying is over. */
  readonly leaving?: true;
}

/**
 * A leaked key must not be tried by a whole fleet at once; three, because one call may hang or end in
 * something that says nothing of the key.
 */
export const CALLS_UNPROVED = 3;

export function emptyStanding(callsUnproved: number = CALLS_UNPROVED): StandingState {
  return {
    scale: 1,
    callsUnproved,
    numbered: { holds: 0, grants: 0, trials: 0 },
    holds: [],
    credentials: [],
    routes: [],
    grants: [],
    alerts: [],
    events: [],
    asked: { process: '', wants: [], granted: [] },
  };
}
