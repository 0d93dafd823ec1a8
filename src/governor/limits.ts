/**
 * What is known about the limits of one account + model, and how it is learned. There is no table
 * of limits in the code: a limit is configured, read live, or learned from a 429. Pure.
 *
 * - A configured limit binds for good; a lower one that the provider names binds before it.
 * - A number in a violation is taken as it is. A violation without a number teaches what went
 *   through in the window, which can be too low, so such a guess is probed sooner and in bigger steps.
 * - Learned limits are probed upward after clean full windows; each failed probe doubles the patience.
 * - A limit of 0 is no limit to pace by: the tier does not include the model (branch quota-zero).
 */
import type { QuotaViolation } from '../domain/classification.ts';
import type { Dimension, LimitView, ModelLimits } from '../contract/exchange.ts';
import { DIMENSIONS } from '../contract/exchange.ts';

export { DIMENSIONS };
export type { Dimension, ModelLimits };
export type LimitSource = LimitView['source'];

const PROBE_NUMBERED = { windows: 10, growth: 1.05 } as const;
const PROBE_GUESS = { windows: 2, growth: 1.25 } as const;
const MAX_PATIENCE = 16;
/** A guess that was rejected again is lowered at least this far. */
const LOWERED_GUESS = 0.95;

export interface KnownLimit {
  readonly limit: number;
  readonly source: LimitSource;
  /** Epoch milliseconds at which it was set or last confirmed. */
  readonly since: number;
  /** The provider named the number. */
  readonly numbered: boolean;
  /** Clean full windows since the last rejection or probe. */
  readonly cleanWindows: number;
  /** Multiplies the windows to wait before a probe. */
  readonly patience: number;
  /** The limit stands above what the provider or the last rejection said. */
  readonly probing: boolean;
}

/** `config` never changes; `seen` is the latest learned or live limit. */
export interface Knowledge {
  readonly config?: KnownLimit;
  readonly seen?: KnownLimit;
}

export type LimitBook = { readonly [D in Dimension]?: Knowledge };

function known(limit: number, source: LimitSource, since: number, numbered: boolean): KnownLimit {
  return { limit, source, since, numbered, cleanWindows: 0, patience: 1, probing: false };
}

/** Throws a TypeError that names the field, for limits that are no whole numbers from 1. */
export function checkLimits(model: string, limits: ModelLimits): void {
  for (const [name, value] of Object.entries(limits)) {
    const field = `limits['${model}'].${name}`;
    if (!(DIMENSIONS as readonly string[]).includes(name)) {
      throw new TypeError(`${field} is not a limit: use ${DIMENSIONS.join(', ')}.`);
    }
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      throw new TypeError(
        `${field} is ${value}: give a whole number from 1, or leave it out to have it learned.`,
      );
    }
  }
}

export function configured(limits: ModelLimits, now: number): LimitBook {
  const book: { [D in Dimension]?: Knowledge } = {};
  for (const dimension of DIMENSIONS) {
    const limit = limits[dimension];
    if (limit !== undefined) book[dimension] = { config: known(limit, 'config', now, true) };
  }
  return book;
}

/** The limit that binds: the lower one, the configured one when both are equal. */
export function limitOf(book: LimitBook, dimension: Dimension): KnownLimit | undefined {
  const { config, seen } = book[dimension] ?? {};
  if (config === undefined || seen === undefined) return config ?? seen;
  return seen.limit < config.limit ? seen : config;
}

/** A limit that the provider publishes, as opposed to one inferred from a rejection. */
export function withLive(book: LimitBook, dimension: Dimension, limit: number, now: number): LimitBook {
  return { ...book, [dimension]: { ...book[dimension], seen: known(limit, 'live', now, true) } };
}

/** The dimension that a violation is about; undefined where there is nothing to pace by. */
export function dimensionOf({ window, unit, limit }: QuotaViolation): Dimension | undefined {
  if (limit === 0) return undefined;
  if (window === 'day') return unit === 'requests' ? 'rpd' : undefined;
  if (window !== 'minute') return undefined;
  switch (unit) {
    case 'requests':
      return 'rpm';
    case 'tokens':
      return 'tpm';
    case 'images':
      return 'ipm';
    case 'bytes':
    case 'other':
      return undefined;
  }
}

export interface Rejection {
  readonly dimension: Dimension;
  /** The number that the provider named. */
  readonly limit?: number;
  /** What went through in the window before the rejected call, for a violation without a number. */
  readonly passed: number;
  /** When the rejected call's slot was granted. */
  readonly grantedAt: number;
}

function relearned(
  before: KnownLimit | undefined,
  rejection: Rejection,
  now: number,
): KnownLimit | undefined {
  const failedProbe = before?.probing === true && rejection.grantedAt >= before.since;
  const patience = Math.min(MAX_PATIENCE, (before?.patience ?? 1) * (failedProbe ? 2 : 1));
  if (rejection.limit !== undefined) {
    return { ...known(rejection.limit, 'learned', now, true), patience };
  }
  const passed = Math.floor(rejection.passed);
  if (before === undefined) {
    return passed >= 1 ? known(passed, 'learned', now, false) : undefined;
  }
  // A named number that is rejected without a new one is a matter for the margin, unless a probe
  // had raised it: the calls of one burst lower a guess to what passed, a later one lowers it further.
  if (before.numbered && !before.probing) return { ...before, cleanWindows: 0 };
  const isLater = rejection.grantedAt > before.since;
  const ceiling = isLater ? Math.floor(before.limit * LOWERED_GUESS) : before.limit;
  const limit = Math.max(1, passed >= 1 ? Math.min(passed, ceiling) : ceiling);
  return { ...known(limit, 'learned', now, false), since: isLater ? now : before.since, patience };
}

/** What the book knows after a 429. A guess never replaces a configured number. */
export function learn(book: LimitBook, rejection: Rejection, now: number): LimitBook {
  const knowledge = book[rejection.dimension] ?? {};
  if (rejection.limit === undefined && knowledge.config !== undefined && knowledge.seen === undefined) {
    return book;
  }
  const seen = relearned(knowledge.seen, rejection, now);
  return seen === undefined ? book : { ...book, [rejection.dimension]: { ...knowledge, seen } };
}

/** A full window passed in this dimension without a rejection: maybe the limit is higher by now. */
export function afterCleanWindow(book: LimitBook, dimension: Dimension, now: number): LimitBook {
  const knowledge = book[dimension];
  const seen = knowledge?.seen;
  if (seen === undefined || seen.source !== 'learned' || limitOf(book, dimension) !== seen) return book;
  const { windows, growth } = seen.numbered ? PROBE_NUMBERED : PROBE_GUESS;
  const cleanWindows = seen.cleanWindows + 1;
  const next: KnownLimit =
    cleanWindows < windows * seen.patience
      ? { ...seen, cleanWindows }
      : {
          ...seen,
          limit: Math.max(seen.limit + 1, Math.floor(seen.limit * growth)),
          since: now,
          cleanWindows: 0,
          probing: true,
        };
  return { ...book, [dimension]: { ...knowledge, seen: next } };
}

/** Two model ids turned out to be one quota: the lower number of each kind stays. */
export function mergeBooks(a: LimitBook, b: LimitBook): LimitBook {
  const lower = (x: KnownLimit | undefined, y: KnownLimit | undefined): KnownLimit | undefined =>
    x === undefined || y === undefined ? (x ?? y) : y.limit < x.limit ? y : x;
  const merged: { [D in Dimension]?: Knowledge } = {};
  for (const dimension of DIMENSIONS) {
    const config = lower(a[dimension]?.config, b[dimension]?.config);
    const seen = lower(a[dimension]?.seen, b[dimension]?.seen);
    if (config ?? seen) merged[dimension] = { ...(config && { config }), ...(seen && { seen }) };
  }
  return merged;
}
