/**
 * The project's rolling spend window: what calls cost, and how many more may go. A limit is configured or
 * learned from the first 429 that speaks of spending; a guess is probed upward like any learned limit.
 */
import { heeded } from '../domain/hint.ts';
import type { RouteReport, SpendLimit } from '../contract/exchange.ts';
import type { Buckets } from './buckets.ts';
import { added, newBuckets, sumIn } from './buckets.ts';

/** Google's window, where the configuration names none. */
export const SPEND_WINDOW_MS = 600_000;
/** Without a hint: a window's share after which some of it is free again. */
const PAUSE_SHARE = 0.2;
/** Of what had been spent when it was refused; and what a guess grows by after a window without refusal. */
const LEARNED_SHARE = 0.95;
const GROWTH = 1.25;
const PRICE_WEIGHT = 0.2;

export interface SpendState {
  readonly windowMs: number;
  readonly config?: SpendLimit;
  readonly learned?: { readonly usd: number; readonly since: number };
  readonly spent: Buckets;
  /** Mean price of a call. */
  readonly usdPerCall: number;
  readonly pausedUntil: number;
}

export function newSpend(): SpendState {
  return {
    windowMs: SPEND_WINDOW_MS,
    spent: newBuckets(SPEND_WINDOW_MS),
    usdPerCall: 0,
    pausedUntil: 0,
  };
}

export function withSpendLimit(spend: SpendState, config: SpendLimit | undefined): SpendState {
  if (config === undefined) return spend;
  const { windowMs } = config;
  const spent = windowMs === spend.windowMs ? spend.spent : newBuckets(windowMs);
  return { ...spend, config, windowMs, spent };
}

export function spentBy(spend: SpendState, routes: readonly RouteReport[], now: number): SpendState {
  return routes.reduce((after, { calls, sureUsd, possibleUsd, failures }) => {
    const usd = sureUsd + possibleUsd;
    const paid = calls - Object.values(failures).reduce((sum, n) => sum + n, 0);
    const each = paid > 0 && usd > 0 ? usd / paid : after.usdPerCall;
    const usdPerCall =
      after.usdPerCall === 0 ? each : after.usdPerCall + PRICE_WEIGHT * (each - after.usdPerCall);
    return { ...after, usdPerCall, spent: usd > 0 ? added(after.spent, now, usd) : after.spent };
  }, spend);
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
  if (limit === undefined || spend.usdPerCall === 0) return Infinity;
  const left = limit - sumIn(spend.spent, spend.windowMs, now) - outstanding * spend.usdPerCall;
  return Math.max(0, Math.floor(left / spend.usdPerCall));
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
