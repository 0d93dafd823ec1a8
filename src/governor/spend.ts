/**
 * The project's rolling spend window: what calls cost, and how many more may go. A limit is configured or
 * learned from the first 429 that speaks of spending; a guess is probed upward like any learned limit.
 */
import { heeded } from '../domain/hint.ts';
import type { LaneAnswer, RouteReport, SpendLimit } from '../contract/exchange.ts';
import type { Buckets } from './buckets.ts';
import { added, newBuckets, rebucketed, roomAt, spanOf, sumIn } from './buckets.ts';

/** Google's window, where the configuration names none. */
export const SPEND_WINDOW_MS = 600_000;
/** Without a hint: after so much of a window some of it is free again. */
const PAUSE_SHARE = 0.2;
/** Of what had been spent when it was refused; and what a guess grows by after a window without refusal. */
const LEARNED_SHARE = 0.95;
const GROWTH = 1.25;
/** A dearer call than before is believed at once, cheaper ones little by little. */
const CHEAPER_WEIGHT = 0.1;
const MOST_PRICES = 50;
/** Of a model of which nobody knows yet what a call costs, and of any however low a guess is. */
const FEW_CALLS = 4;
/** Not sooner is it worth looking again. */
const LOOK_MS = 1_000;

export interface SpendState {
  readonly windowMs: number;
  readonly config?: SpendLimit;
  readonly learned?: { readonly usd: number; readonly since: number };
  readonly spent: Buckets;
  /** By model, what a call costs there, once one was concluded; a governor of an earlier release has none. */
  readonly prices?: Readonly<Record<string, number>>;
  readonly pausedUntil: number;
  /** What was spent before was lost: until a window has passed, half of the limit is taken to be. */
  readonly unknownUntil?: number;
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
  const { spent: before } = spend;
  // What is kept for a longer window serves a shorter one, while processes are configured differently.
  const isEnough = windowMs <= spanOf(before) && before.amounts.length > 0;
  const spent = isEnough || windowMs === spend.windowMs ? before : rebucketed(before, windowMs, now);
  return { ...spend, windowMs, spent, ...(config === undefined ? {} : { config }) };
}

export function spentBy(spend: SpendState, routes: readonly RouteReport[], now: number): SpendState {
  return routes.reduce((after, { model, sureUsd, possibleUsd, priced = 0 }) => {
    if (priced === 0) return after;
    const usd = sureUsd + possibleUsd;
    const prices = withPrice(after.prices, model, usd / priced);
    return { ...after, prices, spent: usd > 0 ? added(after.spent, now, usd) : after.spent };
  }, spend);
}

type Prices = NonNullable<SpendState['prices']>;

function withPrice(prices: Prices | undefined, model: string, usd: number): Prices {
  const { [model]: before, ...others } = prices ?? {};
  const price = before === undefined || usd > before ? usd : before + CHEAPER_WEIGHT * (usd - before);
  return Object.fromEntries([...Object.entries(others).slice(1 - MOST_PRICES), [model, price]]);
}

/** The same where nobody knows of a window: two of the provider's minutes. */
export function spendPauseMs(minuteMs: number): number {
  return (SPEND_WINDOW_MS / 60_000) * minuteMs * PAUSE_SHARE;
}

/** An earlier governor and what it knew are gone. */
export function spendLost(spend: SpendState, now: number): SpendState {
  return { ...spend, unknownUntil: now + spend.windowMs };
}

/** A 429 that speaks of spending. Others may spend here too: what is learned is never less than a few calls. */
export function spendRefused(spend: SpendState, retryAfterMs: number | undefined, now: number): SpendState {
  const pause = heeded(retryAfterMs) ?? spend.windowMs * PAUSE_SHARE;
  const passed = LEARNED_SHARE * sumIn(spend.spent, spend.windowMs, now);
  const usd = Math.max(passed, FEW_CALLS * dearest(spend));
  const lower = passed > 0 && usd < (limitUsd(spend) ?? Infinity);
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

function dearest({ prices = {} }: SpendState): number {
  return Math.max(0, ...Object.values(prices));
}

export interface Outstanding {
  /** Calls of any model that are leased or on their way, and not paid yet: each may be the dearest. */
  readonly calls: number;
  /** Of this model, lately. */
  readonly own: number;
}

const NOTHING: Outstanding = { calls: 0, own: 0 };

/** How many calls more of a model fit. One always does while nothing was spent, however low the limit. */
export function spendRoom(
  spend: SpendState,
  model: string,
  { calls, own }: Outstanding,
  now: number,
): number {
  if (spend.pausedUntil > now) return 0;
  const limit = limitUsd(spend);
  const price = spend.prices?.[model];
  if (limit === undefined || price === 0) return Infinity;
  const spent = sumIn(spend.spent, spend.windowMs, now);
  const sum = (spend.unknownUntil ?? 0) > now ? Math.max(spent, limit / 2) : spent;
  const left = limit - sum - calls * dearest(spend);
  const isFirst = calls === 0 && spent === 0;
  if (price === undefined) return left > 0 || isFirst ? Math.max(0, FEW_CALLS - own) : 0;
  return Math.max(isFirst ? 1 : 0, Math.floor(left / price));
}

/** Why nobody may call, and for how long: the provider asked for a pause, or the window has no room for a call. */
export function spendClosed(spend: SpendState, model: string, now: number): LaneAnswer['closed'] {
  const { pausedUntil, spent, windowMs, prices = {} } = spend;
  if (pausedUntil > now) return { ms: pausedUntil - now, by: 'spend' };
  if (spendRoom(spend, model, NOTHING, now) > 0) return undefined;
  const room = Math.max(0, (limitUsd(spend) ?? Infinity) - (prices[model] ?? 0));
  return { ms: Math.max(LOOK_MS, roomAt(spent, windowMs, room, now) - now), by: 'spend' };
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
