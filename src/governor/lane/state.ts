/**
 * One model of one project: what is known of its limits, and the evenly spaced times at which the fleet
 * may call it. A time is made once, leased to one process at most, and counts in its windows from then on
 * unless it is returned before its time (I6). Pure; JSON throughout.
 */
import type { LaneAnswer } from '../../contract/exchange.ts';
import type { Buckets } from '../buckets.ts';
import { newBuckets } from '../buckets.ts';
import type { Served } from '../dealing.ts';
import type { LimitBook } from '../limits.ts';
import { DIMENSIONS, limitOf } from '../limits.ts';
import type { Margin } from '../margin.ts';
import { marginMs, newMargin } from '../margin.ts';
import type { DayCount, Windowed } from '../windows.ts';
import { WINDOWED } from '../windows.ts';

/** A slot is a time at the provider: a share of the window later it is none. */
const SLOT_SHARE = 0.01;
/** Kept on top of the window: a slot may be used at its end and the one a window later at once, and the network
 * adds its own (I6). */
const MARGIN_SHARE = 0.013;
const MARGIN_CAP_SHARE = 0.1;
/** Where only a day's limit is known, calls are still handed out one by one. */
const FASTEST_MS = 20;

/** What one slot has room for. */
export type Room = Pick<LaneAnswer, 'tokensPerSlot' | 'imagesPerSlot'>;

export interface LaneState {
  /** Ids that are counted here; the last one is the provider's own name, once it is known. */
  readonly models: readonly string[];
  readonly windowMs: number;
  readonly book: LimitBook;
  readonly margin: Margin;
  /** Granted, by window; tokens and images in `UNLIMITED` lanes too, so that a first 429 finds them. */
  readonly sent: { readonly [D in Windowed]: Buckets };
  /** No new time before this one. */
  readonly nextAt: number;
  /** The last time that was somebody's. */
  readonly lastLeased: number;
  /** Times that were made and are nobody's yet, ascending. */
  readonly free: readonly number[];
  /** Until then the window may hold calls that were not evenly spaced, so each new time is checked. */
  readonly unevenUntil: number;
  readonly day: DayCount | undefined;
  /** The day's count is not known, because a governor was lost: only half of the limit is used. */
  readonly dayIsUnknown: boolean;
  readonly pausedUntil: number;
  readonly watchedFrom: number;
  readonly widenedAt: number;
  /** Size of a call that slots are made for, and the mean of those that wait. */
  readonly tokens: number;
  readonly images: number;
  readonly mean: { readonly tokens: number; readonly images: number };
  /** Slots up to this time were made for smaller calls. */
  readonly narrow?: Room & { readonly until: number };
  readonly served: Served;
}

export function newLane(model: string, windowMs: number, now: number): LaneState {
  const horizonMs = windowMs * (1 + MARGIN_CAP_SHARE);
  const empty = newBuckets(horizonMs);
  return {
    models: [model],
    windowMs,
    book: {},
    margin: newMargin(windowMs * MARGIN_SHARE, windowMs * MARGIN_CAP_SHARE),
    sent: { rpm: empty, tpm: empty, ipm: empty },
    nextAt: now,
    lastLeased: 0,
    free: [],
    unevenUntil: 0,
    day: undefined,
    dayIsUnknown: false,
    pausedUntil: 0,
    watchedFrom: now,
    widenedAt: 0,
    tokens: 1,
    images: 1,
    mean: { tokens: 1, images: 1 },
    served: {},
  };
}

export function spanMs({ windowMs, margin }: LaneState): number {
  return windowMs + marginMs(margin);
}

export function slotMs({ windowMs }: LaneState): number {
  return windowMs * SLOT_SHARE;
}

export function isPaced({ book }: LaneState): boolean {
  return DIMENSIONS.some((dimension) => limitOf(book, dimension) !== undefined);
}

/** Milliseconds between two slots of the whole fleet. */
export function everyMs(lane: LaneState): number {
  const span = spanMs(lane);
  return WINDOWED.reduce((longest, dimension) => {
    const limit = limitOf(lane.book, dimension)?.limit;
    if (limit === undefined) return longest;
    // A part of a call that would still fit lets one whole call too many into some windows.
    return Math.max(longest, span / Math.max(1, Math.floor(limit / sizeIn(lane, dimension))));
  }, FASTEST_MS);
}

/** What one call takes of a window. */
export function sizeIn({ tokens, images }: LaneState, dimension: Windowed): number {
  return dimension === 'rpm' ? 1 : dimension === 'tpm' ? tokens : images;
}

/** The pace changed: times that nobody has are given up, and new ones are held against the window. */
export function respaced(lane: LaneState, now: number): LaneState {
  return {
    ...lane,
    free: [],
    nextAt: Math.max(lane.lastLeased + everyMs(lane), lane.pausedUntil),
    unevenUntil: now + spanMs(lane),
  };
}
