/**
 * One model of one project: what is known of its limits, and the evenly spaced times at which the fleet
 * may call it. A time is made once, leased to one process at most, and counts in its windows from then on
 * unless it is returned before its time (I6). Pure; JSON throughout.
 */
import type { LaneAnswer, LimitView, ModelLimits, Rejected } from '../contract/exchange.ts';
import { heeded } from '../domain/hint.ts';
import type { Buckets } from './buckets.ts';
import { added, joined, newBuckets, roomAt, sumIn } from './buckets.ts';
import type { Served } from './dealing.ts';
import type { Dimension, KnownLimit, LimitBook } from './limits.ts';
import {
  DIMENSIONS,
  afterCleanWindow,
  configured,
  dimensionOf,
  learn,
  limitOf,
  mergeBooks,
  withLive,
} from './limits.ts';
import type { Margin } from './margin.ts';
import { calmed, marginMs, newMargin, widened, withLag } from './margin.ts';
import type { DayCount, Windowed } from './windows.ts';
import { WINDOWED, dayAt, firstDay } from './windows.ts';

/** A slot is a time at the provider: a share of the window later it is none. */
const SLOT_SHARE = 0.01;
/** Kept on top of the window: a slot may be used at its end and the one a window later at once, and the network
 * adds its own (I6). */
const MARGIN_SHARE = 0.013;
const MARGIN_CAP_SHARE = 0.1;
/** Where only a day's limit is known, calls are still handed out one by one. */
const FASTEST_MS = 20;
/** A window this full counts as full. */
const FULL = 0.9;
/** Calls may be so much larger or smaller than a slot before slots are made for another size. */
const SIZE_TOLERANCE = 0.2;
const UNLIMITED = Number.MAX_SAFE_INTEGER;

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

export interface Calendar {
  /** Milliseconds from `now` to the next daily reset. */
  readonly msToReset: number;
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

function sizeIn({ tokens, images }: LaneState, dimension: Windowed): number {
  return dimension === 'rpm' ? 1 : dimension === 'tpm' ? tokens : images;
}

type Room = Pick<LaneAnswer, 'tokensPerSlot' | 'imagesPerSlot'>;

/** What one slot has room for: its share of the minute, and at least the usual call. */
export function roomPerSlot(lane: LaneState, now: number): Room {
  const room = { tokensPerSlot: roomIn(lane, 'tpm'), imagesPerSlot: roomIn(lane, 'ipm') };
  const { narrow } = lane;
  if (narrow === undefined || narrow.until < now) return room;
  return {
    tokensPerSlot: Math.min(room.tokensPerSlot, narrow.tokensPerSlot),
    imagesPerSlot: Math.min(room.imagesPerSlot, narrow.imagesPerSlot),
  };
}

function roomIn(lane: LaneState, dimension: 'tpm' | 'ipm'): number {
  const limit = limitOf(lane.book, dimension)?.limit;
  if (limit === undefined) return UNLIMITED;
  return Math.max(
    Math.min(sizeIn(lane, dimension), limit),
    Math.floor((limit * everyMs(lane)) / spanMs(lane)),
  );
}

/**
 * The size of calls as a process reports it, by the share of all waiting calls that it speaks of; kept while it
 * is about right, because slots are made for it.
 */
export function withSizes(
  lane: LaneState,
  { tokens, images }: { readonly tokens: number; readonly images: number },
  share: number,
  now: number,
): LaneState {
  const towards = (before: number, told: number): number =>
    told >= 1 && Number.isFinite(told) ? before + share * (told - before) : before;
  const mean = { tokens: towards(lane.mean.tokens, tokens), images: towards(lane.mean.images, images) };
  const follow = (size: number, seen: number): number =>
    Math.abs(seen / size - 1) <= SIZE_TOLERANCE ? size : Math.max(1, seen);
  const sized = {
    ...lane,
    mean,
    tokens: follow(lane.tokens, mean.tokens),
    images: follow(lane.images, mean.images),
  };
  if (everyMs(sized) === everyMs(lane)) return sized;
  // Slots that are leased already have the room that they were made with.
  return respaced({ ...sized, narrow: { ...roomPerSlot(lane, now), until: lane.lastLeased } }, now);
}

export function withLimits(
  lane: LaneState,
  config: ModelLimits | undefined,
  live: ModelLimits | undefined,
  now: number,
): LaneState {
  let { book } = lane;
  for (const dimension of DIMENSIONS) {
    const set = config?.[dimension];
    const known = book[dimension]?.config?.limit;
    if (set !== known) {
      const { config: _old, ...seen } = book[dimension] ?? {};
      const fresh = set === undefined ? undefined : configured({ [dimension]: set }, now)[dimension]?.config;
      book = { ...book, [dimension]: { ...seen, ...(fresh === undefined ? {} : { config: fresh }) } };
    }
    const read = live?.[dimension];
    const seen = book[dimension]?.seen;
    if (read !== undefined && !(seen?.source === 'live' && seen.limit === read)) {
      book = withLive(book, dimension, read, now);
    }
  }
  return book === lane.book ? lane : respaced({ ...lane, book }, now);
}

/** The pace changed: times that nobody has are given up, and new ones are held against the window. */
function respaced(lane: LaneState, now: number): LaneState {
  return {
    ...lane,
    free: [],
    nextAt: Math.max(lane.lastLeased + everyMs(lane), lane.pausedUntil),
    unevenUntil: now + spanMs(lane),
  };
}

/** The first time from `at` on at which every window has room for one more call. */
function fitsAt(lane: LaneState, sent: LaneState['sent'], at: number): number {
  const span = spanMs(lane);
  return WINDOWED.reduce((latest, dimension) => {
    const limit = limitOf(lane.book, dimension)?.limit;
    if (limit === undefined) return latest;
    const room = limit - Math.min(sizeIn(lane, dimension), limit);
    return Math.max(latest, roomAt(sent[dimension], span, room, at));
  }, at);
}

/** Rolls the day over; counts and full windows are looked at. */
export function atTime(lane: LaneState, { msToReset }: Calendar, now: number): LaneState {
  const before = lane.day ?? firstDay(now, msToReset);
  const day = dayAt(before, now, lane.margin.baseMs, () => msToReset);
  const free = lane.free.filter((at) => at >= now);
  const rolled = day === before ? { ...lane, day, free } : { ...newDay(lane, before, now), day, free };
  return watched(rolled, now);
}

function newDay(lane: LaneState, before: DayCount, now: number): LaneState {
  const limit = limitOf(lane.book, 'rpd')?.limit ?? Infinity;
  const wasFull = before.count >= FULL * limit && !before.exhausted;
  return {
    ...lane,
    dayIsUnknown: false,
    book: wasFull ? afterCleanWindow(lane.book, 'rpd', now) : lane.book,
  };
}

/** Once a window: did it pass full and clean? Then margin and learned limits may be probed. */
function watched(lane: LaneState, now: number): LaneState {
  const span = spanMs(lane);
  if (now - lane.watchedFrom < span) return lane;
  const full = WINDOWED.filter((dimension) => {
    const limit = limitOf(lane.book, dimension)?.limit;
    return limit !== undefined && sumIn(lane.sent[dimension], span, now) >= Math.floor(FULL * limit);
  });
  const book = full.reduce((known, dimension) => afterCleanWindow(known, dimension, now), lane.book);
  const margin = full.length > 0 ? calmed(lane.margin) : lane.margin;
  return { ...lane, watchedFrom: now, book, margin };
}

/** Makes the times that are missing up to `until`; a day's last ones leave room for clocks. */
export function madeUntil(lane: LaneState, until: number, now: number): LaneState {
  const every = everyMs(lane);
  const end = Math.min(until, lane.day === undefined ? Infinity : lane.day.endsAt - 2 * slotMs(lane));
  const free = [...lane.free];
  let sent = free.reduce((all, at) => sentAt(lane, all, at, 1), lane.sent);
  let next = Math.max(lane.nextAt, now);
  while (free.length < MOST_FREE) {
    const at = Math.ceil(next < lane.unevenUntil ? fitsAt(lane, sent, next) : next);
    if (at > end) {
      next = at;
      break;
    }
    free.push(at);
    if (at < lane.unevenUntil) sent = sentAt(lane, sent, at, 1);
    next = Math.max(at, next) + every;
  }
  return { ...lane, free, nextAt: next };
}

function sentAt(lane: LaneState, sent: LaneState['sent'], at: number, sign: 1 | -1): LaneState['sent'] {
  return {
    rpm: added(sent.rpm, at, sign),
    tpm: added(sent.tpm, at, sign * lane.tokens),
    ipm: added(sent.ipm, at, sign * lane.images),
  };
}

const MOST_FREE = 2_000;

/** Takes these times out of what is free: they are a process's now, and count. */
export function leased(lane: LaneState, times: readonly number[]): LaneState {
  if (times.length === 0) return lane;
  const taken = new Set(times);
  const free = lane.free.filter((at) => !taken.has(at));
  const lastLeased = Math.max(lane.lastLeased, ...times);
  return counted({ ...lane, free, lastLeased }, times, 1);
}

/** Times that their process will not use: others may have them while they are still to come. */
export function returned(lane: LaneState, times: readonly number[], now: number): LaneState {
  if (times.length === 0) return lane;
  const still = times.filter((at) => at > now);
  const free = [...lane.free, ...still].sort((a, b) => a - b);
  return counted({ ...lane, free }, times, -1);
}

/** Calls that were sent without a slot, about then. */
export function unpaced(lane: LaneState, calls: number, at: number): LaneState {
  if (calls === 0) return lane;
  const after = counted(
    lane,
    Array.from({ length: calls }, () => at),
    1,
  );
  return { ...after, unevenUntil: at + spanMs(lane) };
}

/** What calls took beyond the room of their slots, lately. */
export function overdrawn(
  lane: LaneState,
  { tokens, images }: { readonly tokens: number; readonly images: number },
  now: number,
): LaneState {
  if (!(tokens > 0 || images > 0)) return lane;
  const { rpm, tpm, ipm } = lane.sent;
  const sent = { rpm, tpm: added(tpm, now, Math.max(0, tokens)), ipm: added(ipm, now, Math.max(0, images)) };
  return { ...lane, sent, unevenUntil: Math.max(lane.unevenUntil, now + spanMs(lane)) };
}

function counted(lane: LaneState, times: readonly number[], sign: 1 | -1): LaneState {
  const sent = times.reduce((all, at) => sentAt(lane, all, at, sign), lane.sent);
  const { day } = lane;
  if (day === undefined) return { ...lane, sent };
  // What is given back of yesterday leaves no room for today.
  const today = times.filter((at) => at >= day.startedAt);
  const count = Math.max(0, day.count + sign * today.length);
  return { ...lane, sent, day: { ...day, count } };
}

/** Calls that are left of the day; Infinity where no limit is known and the provider said nothing. */
export function leftToday({ day, book, dayIsUnknown }: LaneState): number {
  if (day?.exhausted === true) return 0;
  const limit = limitOf(book, 'rpd')?.limit;
  if (limit === undefined) return Infinity;
  return Math.max(0, (dayIsUnknown ? Math.floor(limit / 2) : limit) - (day?.count ?? 0));
}

/** Why nobody calls now, and for how long. */
export function closedFor(lane: LaneState, now: number): LaneAnswer['closed'] {
  if (lane.day !== undefined && leftToday(lane) <= 0) {
    return { ms: Math.max(0, lane.day.endsAt + lane.margin.baseMs - now), by: 'rpd' };
  }
  return lane.pausedUntil > now ? { ms: lane.pausedUntil - now, by: 'pause' } : undefined;
}

export function withSendLag(lane: LaneState, lagMs: number | undefined): LaneState {
  if (lagMs === undefined) return lane;
  return { ...lane, margin: withLag(lane.margin, lagMs) };
}

/** After a 429: pause for what it says, learn what it names, and keep a wider margin where it came unexpected. */
export function rejected(
  lane: LaneState,
  { violations, retryAfterMs, slotAt, agoMs }: Rejected,
  now: number,
): LaneState {
  const heardAt = now - agoMs;
  const grantedAt = slotAt ?? heardAt;
  const real = violations.filter(({ limit }) => limit !== 0);
  let after: LaneState = { ...lane, watchedFrom: now };
  if (real.some(({ window }) => window === 'day')) after = dayIsUsedUp(after, grantedAt, now);
  else after = paused(after, retryAfterMs, heardAt);
  for (const violation of real) {
    const dimension = dimensionOf(violation);
    if (dimension === undefined) continue;
    const { limit } = violation;
    if (dimension !== 'rpd') after = widerIfUnexpected(after, dimension, grantedAt, limit, now);
    else if (limit === undefined) continue;
    const passed =
      dimension === 'rpd'
        ? 0
        : sumIn(after.sent[dimension], after.windowMs, grantedAt) - sizeIn(after, dimension);
    const rejection = { dimension, passed, grantedAt, ...(limit === undefined ? {} : { limit }) };
    const book = learn(after.book, rejection, now);
    if (book !== after.book) after = respaced({ ...after, book }, now);
  }
  return after;
}

/** What the rejected call of another lane taught about this model. */
export function overheard(lane: LaneState, violations: Rejected['violations'], now: number): LaneState {
  return violations.reduce((heard, violation) => {
    const dimension = dimensionOf(violation);
    const isDay = violation.window === 'day' && violation.limit !== 0;
    const day = isDay && heard.day !== undefined ? { ...heard.day, exhausted: true } : heard.day;
    if (dimension === undefined || violation.limit === undefined) return { ...heard, day };
    const book = learn(heard.book, { dimension, limit: violation.limit, passed: 0, grantedAt: now }, now);
    return respaced({ ...heard, day, book }, now);
  }, lane);
}

function widerIfUnexpected(
  lane: LaneState,
  dimension: Dimension,
  grantedAt: number,
  named: number | undefined,
  now: number,
): LaneState {
  const before = limitOf(lane.book, dimension);
  const wasKept = before !== undefined && !before.probing && (named ?? before.limit) >= before.limit;
  if (!wasKept || grantedAt <= Math.max(before.since, lane.widenedAt)) return lane;
  const wider = { ...lane, margin: widened(lane.margin), widenedAt: now };
  return respaced(wider, now);
}

/** Only midnight Pacific helps, whatever RetryInfo says. */
function dayIsUsedUp(lane: LaneState, grantedAt: number, now: number): LaneState {
  const { day } = lane;
  // A call that was sent before the reset says nothing about the day that has begun since.
  if (day === undefined || grantedAt < day.startedAt) return lane;
  const mayBeClockSkew = day.fresh && grantedAt - day.startedAt < lane.windowMs;
  if (mayBeClockSkew) return paused(lane, lane.windowMs, now);
  return { ...lane, day: { ...day, exhausted: true }, free: [] };
}

/** Times made before the pause are given up: after it the pace begins anew. */
function paused(lane: LaneState, retryAfterMs: number | undefined, from: number): LaneState {
  const pauseMs = heeded(retryAfterMs);
  if (pauseMs === undefined) return lane;
  const until = from + pauseMs;
  if (until <= lane.pausedUntil) return lane;
  return { ...lane, pausedUntil: until, free: [], nextAt: Math.max(lane.nextAt, until) };
}

/** Two model ids turned out to be one quota. */
export function merged(lane: LaneState, other: LaneState): LaneState {
  const models = [...other.models.filter((model) => !lane.models.includes(model)), ...lane.models];
  const days = [lane.day, other.day].filter((day) => day !== undefined);
  return {
    ...lane,
    models,
    book: mergeBooks(lane.book, other.book),
    sent: {
      rpm: joined(lane.sent.rpm, other.sent.rpm),
      tpm: joined(lane.sent.tpm, other.sent.tpm),
      ipm: joined(lane.sent.ipm, other.sent.ipm),
    },
    free: [],
    nextAt: Math.max(lane.nextAt, other.nextAt),
    lastLeased: Math.max(lane.lastLeased, other.lastLeased),
    unevenUntil: Math.max(lane.unevenUntil, other.unevenUntil, lane.lastLeased + spanMs(lane)),
    day: days[0] && {
      ...days[0],
      count: days.reduce((sum, { count }) => sum + count, 0),
      exhausted: days.some(({ exhausted }) => exhausted),
    },
    dayIsUnknown: lane.dayIsUnknown || other.dayIsUnknown,
    pausedUntil: Math.max(lane.pausedUntil, other.pausedUntil),
  };
}

export function countedAs({ models }: LaneState): string {
  return models.at(-1) ?? '';
}

export function limitsOf(lane: LaneState, now: number): readonly LimitView[] {
  return DIMENSIONS.flatMap((dimension) => {
    const known = limitOf(lane.book, dimension);
    return known === undefined ? [] : [limitView(lane, dimension, known, now)];
  });
}

function limitView(lane: LaneState, dimension: Dimension, known: KnownLimit, now: number): LimitView {
  const { limit, source, since } = known;
  return {
    model: countedAs(lane),
    dimension,
    limit,
    used: used(lane, dimension, now),
    source,
    ageMs: now - since,
  };
}

function used(lane: LaneState, dimension: Dimension, now: number): number {
  if (dimension === 'rpd') {
    const count = lane.day?.count ?? 0;
    return lane.day?.exhausted === true ? Math.max(count, limitOf(lane.book, 'rpd')?.limit ?? 0) : count;
  }
  return Math.round(sumIn(lane.sent[dimension], spanMs(lane), now));
}

/** The limit that keeps the fleet slowest. */
export function bindingOf(lane: LaneState, now: number): LimitView | undefined {
  const limits = limitsOf(lane, now).filter(({ dimension }) => dimension !== 'rpd');
  const every = ({ dimension, limit }: LimitView): number => sizeIn(lane, dimension as Windowed) / limit;
  return limits.reduce<LimitView | undefined>(
    (slowest, each) => (slowest === undefined || every(each) > every(slowest) ? each : slowest),
    undefined,
  );
}
