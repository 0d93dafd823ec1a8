/**
 * How a route stands, for everyone who uses it: what stops it (a hold, an operator's pause, an open
 * breaker, a credential that nothing has proved yet), how it fares (statistics, degraded mode, alerts),
 * and what an operator granted beforehand. JSON throughout; kept by the governor, told to brokers in
 * each exchange, shown by `gemini-images routes`.
 */
import type { StopScope } from '../domain/ask.ts';
import type { Branch } from '../domain/branch.ts';
import type { HourCounts } from '../domain/quiet.ts';
import type { ServiceTier } from '../domain/path.ts';

/**
 * What a stop covers. `key` is the credential's hash, the project, the model id, the base URL (endpoint
 * and gateway), or `<credential>/<model>/<tier>` for a route.
 */
export interface Scope {
  readonly kind: StopScope;
  readonly key: string;
}

/** A cause that many generations share; asks and grants are grouped by it. */
export interface Cause {
  readonly branch: Branch;
  readonly scope: Scope;
}

/** A stop by a cause that a person must fix, or by a person's word. */
export interface Hold {
  /** `h-<n>`, unique within its governor. */
  readonly id: string;
  readonly scope: Scope;
  /** `operator`: paused by a person. */
  readonly branch: Branch | 'operator';
  readonly reason: string;
  /** The provider's words, or the operator's; at most 300 bytes. */
  readonly message: string;
  /** Epoch milliseconds. */
  readonly since: number;
  /** SHA-256 of the evidence that opened it; absent until its generation has stored it, and for a pause. */
  readonly evidence?: string;
  /** The generation whose call opened it. */
  readonly generationId?: string;
  /** Who paused it. */
  readonly by?: string;
  /** Calls that ended in the cause: those under way when it opened. */
  readonly calls: number;
  /**
   * `held`: nobody calls. `probing`: resumed, a plain text call is on its way. `trial`: the text call
   * went well, one generation goes first.
   */
  readonly phase: 'held' | 'probing' | 'trial';
  /** Who resumed it, and why. */
  readonly resumed?: { readonly by: string; readonly why: string; readonly at: number };
}

/** The answer to a call whose route is held: nothing goes by itself. */
export interface Held {
  readonly kind: 'held';
  readonly hold: Hold;
  /** One line for people. */
  readonly why: string;
}

export interface Breaker {
  readonly route: RouteKey;
  readonly phase: 'open' | 'half-open';
  readonly since: number;
  /** Epoch milliseconds by the governor's clock at which one generation may try. */
  readonly tryAt: number;
  /** The route proof: of `calls` in the minute before it opened, `failures` were of capacity type. */
  readonly failures: number;
  readonly calls: number;
  /** The branch most of them ended in. */
  readonly branch: Branch;
  /** SHA-256 of the latest failure's evidence, where it is known. */
  readonly evidence?: string;
}

/** One route within an account. */
export interface RouteKey {
  readonly credential: string;
  readonly model: string;
  readonly tier: ServiceTier;
}

/** Alternative models are taken at once by generations that allow them. */
export interface Degraded {
  readonly route: RouteKey;
  readonly since: number;
  /** Share of capacity failures over 5 minutes when it began, 0–1, and of how many calls. */
  readonly share: number;
  readonly calls: number;
  readonly evidence?: string;
}

/** An operator's standing approval of a route-out for a cause. */
export interface Grant {
  /** `g-<n>`, unique within its governor. */
  readonly id: string;
  readonly cause: Cause;
  /** Name of the route that is approved. */
  readonly route: string;
  /** Epoch milliseconds. */
  readonly until: number;
  readonly maxCostUsd: number;
  /** Worst prices reserved so far: of one call for each generation. */
  readonly spentUsd: number;
  /** Generations that used it. */
  readonly uses: number;
  readonly by: string;
  readonly why: string;
  /** Digest of the evidence that the operator saw. */
  readonly evidence: string;
  readonly grantedAt: number;
  readonly revoked?: { readonly by: string; readonly at: number };
}

export type AlertKind = 'quota-80' | 'share-429' | 'share-503';

export interface Alert {
  readonly kind: AlertKind;
  /** Model id, or model/tier. */
  readonly subject: string;
  readonly since: number;
  /** 0–1, as it was when the alert was raised. */
  readonly value: number;
}

/** What happened, for people: the latest 50 of a governor. */
export interface StandingEvent {
  readonly at: number;
  readonly what:
    | 'hold-opened'
    | 'hold-resumed'
    | 'hold-released'
    | 'paused'
    | 'breaker-opened'
    | 'breaker-half-open'
    | 'breaker-closed'
    | 'degraded-began'
    | 'degraded-ended'
    | 'alert-raised'
    | 'alert-cleared'
    | 'granted'
    | 'revoked'
    | 'limit-learned';
  readonly subject: string;
  readonly why: string;
}

/**
 * What keeps a broker from sending, as it is told in an exchange; durations, because clocks differ.
 * `trials`: ids of the calls that may go through it from this process all the same, each once; told again
 * until the process tells what became of them.
 */
export type Stop =
  | { readonly kind: 'hold'; readonly hold: Hold; readonly trials: readonly string[] }
  | {
      readonly kind: 'breaker';
      readonly breaker: Breaker;
      readonly tryInMs: number;
      readonly trials: readonly string[];
    }
  /** No answer has proved this credential yet: a few calls go first. */
  | { readonly kind: 'unproved'; readonly scope: Scope; readonly trials: readonly string[] };

/** A plain text call that the governor asks one process to make, after a hold was resumed. */
export interface Probe {
  readonly hold: string;
  readonly scope: Scope;
}

/** What an operator tells a governor; refused with words where it cannot be done. */
export type GovernorCommand = { readonly by: string; readonly why: string } & (
  | { readonly kind: 'pause'; readonly scope: Scope }
  | { readonly kind: 'resume'; readonly hold: string }
  | {
      readonly kind: 'grant';
      readonly cause: Cause;
      readonly route: string;
      /** Epoch milliseconds. */
      readonly until: number;
      readonly maxCostUsd: number;
      readonly evidence: string;
    }
  | { readonly kind: 'revoke'; readonly grant: string }
  | { readonly kind: 'end-degraded'; readonly route: RouteKey }
);

export interface RouteStatistics {
  readonly route: RouteKey;
  readonly baseUrl: string;
  /** Over the last 5 minutes. */
  readonly calls: number;
  /** Of them: capacity, gateway-fault, internal, quota-unknown. */
  readonly capacityFailures: number;
  readonly limited: number;
}

/** The standing part of a governor's view. */
export interface StandingView {
  readonly holds: readonly Hold[];
  readonly breakers: readonly Breaker[];
  readonly degraded: readonly Degraded[];
  readonly grants: readonly Grant[];
  readonly alerts: readonly Alert[];
  readonly events: readonly StandingEvent[];
  readonly routes: readonly RouteStatistics[];
  /** How the hours of a day fare, by model; absent while nothing was called, or from an earlier release. */
  readonly hours?: readonly HourCounts[];
}
