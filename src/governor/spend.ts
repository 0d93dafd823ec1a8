/**
 * The project's rolling spend window: what calls cost, and how many more may go. A limit is configured or
 * learned from the first 429 that speaks of spending; a guess is probed upward like any learned limit.
 */
import { heeded } from '../domain/hint.ts';
import type { LaneAnswer, RouteReport, SpendLimit } from '../contract/exchange.ts';
import type { Buckets } from './buckets.ts';
import { added, newBuckets, rebucketed, roomAt, sumIn } from './buckets.ts';

/** Google's window, where the configuration names none. */
export const SPEND_WINDOW_MS = 600_000;
/** Without a hint: after so much of a window some of it is free again. */
const PAUSE_SHARE = 0.2;
/** Of what had been spent when it was refused; and what a guess grows by after a window without refusal. */
const LEARNED_SHARE = 0.95;
const GROWTH = 1.25;
const PRICE_WEIGHT = 0.2;
/** Until one of them was concluded, nobody knows what a call costs here. */
const CALLS_UNPRICED = 4;
/** Not sooner is it worth looking again. */
const LOOK_MS = 1_000;

export interface SpendState {
  readonly windowMs: number;
  readonly config?: SpendLimit;
  readonly learned?: { readonly usd: number; readonly since: number };
  readonly spent: Buckets;
  /** Mean price of a call; absent until one was concluded. */
  readonly usdPerCall?: number;
  readonly pausedUntil: number;
}

export function newSpend(): SpendState {
  return {
    windowMs: SPEND_WINDOW_MS,
    spent: newBuckets(SPEND_WINDOW_MS),
    pausedUntil: 0,
  };
}

/** @param minuteMs The provider's minute: its window of ten shrinks with it, unless the configuration gives one. */
export function withSpendLimit(
  spend: SpendState,
  config: SpendLimit | undefined = spend.config,
  minuteMs: number,
  now: number,
): SpendState {
  const windowMs = config?.windowMs ?? (SPEND_WINDOW_MS / 60_000) * minuteMs;
  const spent = windowMs === spend.windowMs ? spend.spent : rebucketed(spend.spent, windowMs, now);
  return { ...spend, windowMs, spent, ...(config === undefined ? {} : { config }) };
}

export function spentBy(spend: SpendState, routes: readonly RouteReport[], now: number): SpendState {
  return routes.reduce((after, { sureUsd, possibleUsd, priced = 0 }) => {
    if (priced === 0) return after;
    const usd = sureUsd + possibleUsd;
    const { usdPerCall: before = usd / priced } = after;
    const usdPerCall = before + PRICE_WEIGHT * (usd / priced - before);
    return { ...after, usdPerCall, spent: usd > 0 ? added(after.spent, now, usd) : after.spent };
  }, spend);
}

/** The same where nobody knows of a window: two of the provider's minutes. */
export function spendPauseMs(minuteMs: number): number {
  return (SPEND_WINDOW_MS / 60_000) * minuteMs * PAUSE_SHARE;
}

/** A 429 that speaks of spending. */
export function spendRefused(spend: SpendState, retryAfterMs: number | undefined, now: number): SpendState {
  const pause = heeded(retryAfterMs) ?? spend.windowMs * PAUSE_SHARE;
  const usd = LEARNED_SHARE * sumIn(spend.spent, spend.windowMs, now);
  const lower = usd > 0 && usd < (limitUsd(spend) ?? Infinity);
  return {
    ...spend,
    pausedUntil: Math.max(spend.pausedUntil, now + Math.min(pause, spend.windowMs)),
    ...(lower ? { learned: { usd, since: now } } : {}),
  };
}

/** A window has passed since the guess was made or raised: maybe it was too low. */
export function spendAt(spend: SpendState, now: number): SpendState {
  const { learned } = spend;
  if (learned === undefined || now - learned.since < spend.windowMs) return spend;
  return { ...spend, learned: { usd: learned.usd * GROWTH, since: now } };
}

function limitUsd({ config, learned }: SpendState): number | undefined {
  if (config === undefined || learned === undefined) return config?.usd ?? learned?.usd;
  return Math.min(config.usd, learned.usd);
}

/** How many calls more fit, `outstanding` of them leased already and not paid yet. */
export function spendRoom(spend: SpendState, outstanding: number, now: number): number {
  const limit = limitUsd(spend);
  const { usdPerCall, spent, windowMs } = spend;
  if (limit === undefined || usdPerCall === 0) return Infinity;
  if (usdPerCall === undefined) return Math.max(0, CALLS_UNPRICED - outstanding);
  const left = limit - sumIn(spent, windowMs, now) - outstanding * usdPerCall;
  return Math.max(0, Math.floor(left / usdPerCall));
}

/** Why nobody may call, and for how long: the provider asked for a pause, or the window has no room for a call. */
export function spendClosed(spend: SpendState, now: number): LaneAnswer['closed'] {
  const { pausedUntil, spent, windowMs, usdPerCall = 0 } = spend;
  if (pausedUntil > now) return { ms: pausedUntil - now, by: 'spend' };
  if (spendRoom(spend, 0, now) > 0) return undefined;
  const freeAt = roomAt(spent, windowMs, (limitUsd(spend) ?? Infinity) - usdPerCall, now);
  return { ms: Math.max(LOOK_MS, freeAt - now), by: 'spend' };
}

export function spendView(
  spend: SpendState,
  now: number,
): { readonly usd: number; readonly limit?: SpendLimit } {
  const usd = limitUsd(spend);
  return {
    usd: Math.round(sumIn(spend.spent, spend.windowMs, now) * 1e6) / 1e6,
    ...(usd === undefined ? {} : { limit: { usd, windowMs: spend.windowMs } }),
  };
}
