/**
 * The quota broker port: what stands between a ready request and its send. One broker per worker
 * process; `local-broker.ts` answers from this process alone (`quota: 'local'`), the fleet broker leases
 * from the account's governor behind the same port.
 *
 * A slot is the right to make one call now. It is taken by the process that sends, right before
 * the send (I6), is used or returned exactly once, and is never handed out twice.
 */
import type { LimitView, WaitLimit } from '../contract/exchange.ts';
import type { Cause, Degraded, Grant, Held } from '../contract/standing.ts';
import type { Branch } from '../domain/branch.ts';
import type { QuotaViolation } from '../domain/classification.ts';
import type { Route } from '../domain/path.ts';
import type { HourCounts } from '../domain/quiet.ts';

export type { Held, LimitView };

export const URGENCIES = ['interactive', 'standard', 'batch'] as const;

export interface SlotRequest {
  readonly generationId: string;
  readonly route: Route;
  /** Estimated tokens of the call, prompt and images, for the TPM window. */
  readonly tokens: number;
  /** Images asked for, for the IPM window. */
  readonly images: number;
  readonly urgency: (typeof URGENCIES)[number];
  readonly tenant?: string;
  /** A person's word for this one call: it goes through a hold. Limits, breakers and trials stand. */
  readonly insists?: true;
  /**
   * Milliseconds since this generation began, by this host's clock: negative where that is behind the server's,
   * by which it began. Its age keeps its place in the queue.
   */
  readonly waitedMs?: number;
}

/** A wait is a duration, never an absolute time, so that skewed clocks are harmless. */
export interface QuotaWait {
  readonly kind: 'wait';
  /** Milliseconds until it is worth asking again. */
  readonly ms: number;
  /** The binding limit in words: `gemini-3-pro-image: 60 requests per minute (learned 3 min ago)`. */
  readonly why: string;
  readonly limit: WaitLimit;
  /** Place in the queue, 1 is next. */
  readonly place: number;
  /** Calls of the whole queue that go each minute, where a limit is known. */
  readonly perMinute?: number;
}

export type Outlook = { readonly kind: 'go' } | QuotaWait | Held;

export interface Slot {
  readonly kind: 'slot';
  readonly id: string;
  readonly route: Route;
  /** Send within this many milliseconds; later, report the slot unused and take another. Absent: any time. */
  readonly validMs?: number;
}

/** What a call did to the quota; reported once for each slot. */
export type SlotUse =
  | {
      readonly kind: 'used';
      /** What the call took out of the TPM window, when it is known better than estimated. */
      readonly tokens?: number;
      /** Milliseconds from the slot's grant to the send; the broker keeps its margin by it. */
      readonly sentAfterMs?: number;
      /** How it ended; absent when it went well. */
      readonly verdict?: CallVerdict;
    }
  | { readonly kind: 'unused' }
  | {
      /** A 429: violations teach the limits, `retryAfterMs` pauses the route for everyone here. */
      readonly kind: 'limited';
      readonly violations: readonly QuotaViolation[];
      readonly retryAfterMs?: number;
      readonly sentAfterMs?: number;
      readonly verdict?: CallVerdict;
    };

export interface CallVerdict {
  readonly branch: Branch;
  readonly reason: string;
  readonly message: string;
}

/** What became of a call, once its evidence is stored: what it cost, and what a hold that it opened is told by. */
export interface Witness {
  readonly route: Route;
  readonly generationId: string;
  /** SHA-256. */
  readonly evidence: string;
  readonly sureUsd: number;
  readonly possibleUsd: number;
  /** Absent when it went well. */
  readonly verdict?: CallVerdict;
}

export interface QuotaBroker {
  /**
   * In memory, synchronous: would a call go now, and if not, when? Who `sleeps` until then is counted from
   * now on by those behind it, until it should be back; without that nothing changes.
   */
  outlook(request: SlotRequest, asker?: { readonly sleeps: boolean }): Outlook;
  /**
   * Takes a slot, waiting at most `maxWaitMs` (default 3,000) in the queue; resolves with a wait
   * when its turn is later than that, so that a durable timer can do the long part.
   */
  acquire(
    request: SlotRequest,
    options?: { readonly maxWaitMs?: number; readonly signal?: AbortSignal },
  ): Promise<Slot | QuotaWait | Held>;
  /** Ends a slot; a second report of the same slot is ignored. */
  report(slot: Slot, use: SlotUse): void;
  /** Tells what a call cost, and the evidence of a verdict that may have opened a hold. Not told twice. */
  witness(seen: Witness): void;
  /** The route is degraded: a generation that allows another model should start on that at once. */
  degraded(route: Route): Degraded | undefined;
  /**
   * Uses an operator's grant for this cause, where there is one with room for `worstUsd`; the reservation
   * is recorded by the governor before this resolves. Undefined: none, or none that answers in time.
   */
  takeGrant(request: GrantRequest, signal?: AbortSignal): Promise<Grant | undefined>;
  /**
   * How the hours of a day fared on this route's model; undefined while nothing is known. A broker that keeps no
   * such counts leaves it out. Rejects where whoever keeps them does not answer.
   */
  hours?(route: Route): Promise<HourCounts | undefined>;
  limits(): readonly LimitView[];
  /** Milliseconds until the daily quota resets: midnight in America/Los_Angeles, DST-safe. */
  msToDailyReset(): number;
}

export interface GrantRequest {
  readonly generationId: string;
  /** The route that failed, or that is held. */
  readonly route: Route;
  readonly cause: Pick<Cause, 'branch'>;
  /** Names of the routes that the generation could leave to, with the worst price of a call there. */
  readonly offers: readonly { readonly route: string; readonly worstUsd: number }[];
}
