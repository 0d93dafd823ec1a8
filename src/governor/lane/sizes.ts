/** How large calls are, and what one slot has room for. */
import { limitOf } from '../limits.ts';
import type { LaneState, Room } from './state.ts';
import { everyMs, respaced, sizeIn, spanMs } from './state.ts';

/** Calls may be so much larger or smaller than a slot before slots are made for another size. */
const SIZE_TOLERANCE = 0.2;
const UNLIMITED = Number.MAX_SAFE_INTEGER;

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
