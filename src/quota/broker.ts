/**
 * The quota broker port: what stands between a ready request and its send. One broker per worker
 * process; `local-broker.ts` answers from this process alone (`quota: 'local'`), the fleet broker leases
 * from the account's governor behind the same port.
 *
 * A slot is the right to make one call now. It is taken by the process that sends, right before
 * the send (I6), is used or returned exactly once, and is never handed out twice.
 */
import type { Route } from '../domain/path.ts';
import type { QuotaViolation } from '../domain/classification.ts';

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
  /** Milliseconds since this generation first asked for a slot; its age keeps its place in the queue. */
  readonly waitedMs?: number;
}

/** A wait is a duration, never an absolute time, so that skewed clocks are harmless. */
export interface QuotaWait {
  readonly kind: 'wait';
  /** Milliseconds until it is worth asking again. */
  readonly ms: number;
  /** The binding limit in words: `gemini-3-pro-image: 60 requests per minute (learned 3 min ago)`. */
  readonly why: string;
  readonly limit: 'rpm' | 'tpm' | 'ipm' | 'rpd' | 'pause';
  /** Place in the queue, 1 is next. */
  readonly place: number;
}

export type Outlook =
  | { readonly kind: 'go' }
  | QuotaWait
  | { readonly kind: 'held'; readonly hold: string; readonly why: string };

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
    }
  | { readonly kind: 'unused' }
  | {
      /** A 429: violations teach the limits, `retryAfterMs` pauses the route for everyone here. */
      readonly kind: 'limited';
      readonly violations: readonly QuotaViolation[];
      readonly retryAfterMs?: number;
      readonly sentAfterMs?: number;
    };

/** One known limit, as `describe`, CLI and console show it. */
export interface LimitView {
  readonly model: string;
  readonly dimension: 'rpm' | 'tpm' | 'ipm' | 'rpd';
  readonly limit: number;
  readonly used: number;
  readonly source: 'config' | 'learned' | 'live';
  /** Milliseconds since the limit was set or last confirmed. */
  readonly ageMs: number;
}

export interface QuotaBroker {
  /** In memory, synchronous, no side effect: would a call go now, and if not, when? */
  outlook(request: SlotRequest): Outlook;
  /**
   * Takes a slot, waiting at most `maxWaitMs` (default 3,000) in the queue; resolves with a wait
   * when its turn is later than that, so that a durable timer can do the long part.
   */
  acquire(
    request: SlotRequest,
    options?: { readonly maxWaitMs?: number; readonly signal?: AbortSignal },
  ): Promise<Slot | QuotaWait>;
  /** Ends a slot; a second report of the same slot is ignored. */
  report(slot: Slot, use: SlotUse): void;
  limits(): readonly LimitView[];
  /** Milliseconds until the daily quota resets: midnight in America/Los_Angeles, DST-safe. */
  msToDailyReset(): number;
}
