/** Options of the local broker, resolved once into total settings. Throws on values it cannot keep. */
import type { ModelLimits } from '../governor/limits.ts';
import { checkLimits } from '../governor/limits.ts';
import { newMargin } from '../governor/margin.ts';
import type { Margin } from '../governor/margin.ts';
import { msToPacificMidnight } from './pacific.ts';
import type { ProbeOf } from './probe.ts';

/** Time and timers; a test gives its own. `now` is epoch milliseconds. */
export interface BrokerClock {
  now(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

export interface LocalQuotaBrokerOptions {
  /**
   * Limits by model id, for every account. Without one, a limit is learned from the first 429.
   * @example { 'gemini-3-pro-image': { rpm: 60, rpd: 5_000 } }
   */
  readonly limits?: Readonly<Record<string, ModelLimits>>;
  /** The provider's window in milliseconds. @default 60_000 */
  readonly windowMs?: number;
  /** Multiplies `windowMs`; an emulator with scaled windows needs it. Never the day. @default 1 */
  readonly windowScale?: number;
  /** Kept on top of the window, in milliseconds; grows by itself. @default 1 % of the window */
  readonly marginMs?: number;
  readonly clock?: BrokerClock;
  /** Milliseconds from `now` to the daily reset. @default midnight America/Los_Angeles */
  readonly dayReset?: (now: number) => number;
  /** Sleeping generations whose place is remembered, for each account + model. @default 50_000 */
  readonly maxRemembered?: number;
  /**
   * Makes the plain text call that tells whether the cause of a resumed hold was fixed. Without one, one
   * generation goes first at once.
   */
  readonly probe?: ProbeOf;
  /**
   * Calls at a time on a credential that no answer has proved yet; 0 lets all go.
   * @default 0
   */
  readonly callsUnproved?: number;
}

export interface BrokerSettings {
  readonly limits: Readonly<Record<string, ModelLimits>>;
  readonly windowMs: number;
  /** How long a slot may stay unsent: no longer than the margin makes good. */
  readonly slotMs: number;
  readonly catchUpMs: number;
  readonly margin: Margin;
  readonly clock: BrokerClock;
  readonly dayReset: (now: number) => number;
  readonly maxRemembered: number;
  readonly callsUnproved: number;
}

const SLOT_SHARE = 0.02;
const MARGIN_SHARE = 0.01;
const MARGIN_CAP_SHARE = 0.1;

export const systemClock: BrokerClock = {
  now: () => Date.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

function positive(field: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new TypeError(`${field} is ${value}: give a number above 0, or leave it out.`);
}

function wholeFrom0(field: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new TypeError(`${field} is ${value}: give a whole number from 0, or leave it out.`);
}

export function brokerSettings(options: LocalQuotaBrokerOptions): BrokerSettings {
  const limits = options.limits ?? {};
  for (const [model, of] of Object.entries(limits)) checkLimits(model, of);
  const scale = positive('windowScale', options.windowScale ?? 1);
  const windowMs = positive('windowMs', options.windowMs ?? 60_000) * scale;
  const baseMs = options.marginMs ?? windowMs * MARGIN_SHARE;
  if (!(Number.isFinite(baseMs) && baseMs >= 0)) {
    throw new TypeError(`marginMs is ${baseMs}: give milliseconds from 0, or leave it out.`);
  }
  return {
    limits,
    windowMs,
    slotMs: baseMs > 0 ? Math.min(baseMs, windowMs * SLOT_SHARE) : windowMs * SLOT_SHARE,
    catchUpMs: windowMs * SLOT_SHARE,
    margin: newMargin(baseMs, windowMs * MARGIN_CAP_SHARE),
    clock: options.clock ?? systemClock,
    dayReset: options.dayReset ?? msToPacificMidnight,
    maxRemembered: positive('maxRemembered', options.maxRemembered ?? 50_000),
    callsUnproved: wholeFrom0('callsUnproved', options.callsUnproved ?? 0),
  };
}
