/** The times at which the fleet may call: made, leased, returned, and counted in their windows and their day. */
import { added, roomAt, sumIn } from '../buckets.ts';
import { afterCleanWindow, limitOf } from '../limits.ts';
import { calmed, withLag } from '../margin.ts';
import type { DayCount } from '../windows.ts';
import { WINDOWED, dayAt, firstDay } from '../windows.ts';
import type { LaneState } from './state.ts';
import { everyMs, sizeIn, slotMs, spanMs } from './state.ts';

/** A window this full counts as full. */
const FULL = 0.9;
const MOST_FREE = 2_000;

export interface Calendar {
  /** Milliseconds from `now` to the next daily reset. */
  readonly msToReset: number;
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

function sentAt(lane: LaneState, sent: LaneState['sent'], at: number, sign: 1 | -1): LaneState['sent'] {
  return {
    rpm: added(sent.rpm, at, sign),
    tpm: added(sent.tpm, at, sign * lane.tokens),
    ipm: added(sent.ipm, at, sign * lane.images),
  };
}

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

export function withSendLag(lane: LaneState, lagMs: number | undefined): LaneState {
  if (lagMs === undefined) return lane;
  return { ...lane, margin: withLag(lane.margin, lagMs) };
}
