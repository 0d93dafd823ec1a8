/** A lane as others see it: its limits and their use, and why nobody calls. */
import type { LaneAnswer, LimitView } from '../../contract/exchange.ts';
import { sumIn } from '../buckets.ts';
import type { Dimension, KnownLimit } from '../limits.ts';
import { DIMENSIONS, limitOf } from '../limits.ts';
import type { Windowed } from '../windows.ts';
import type { LaneState } from './state.ts';
import { sizeIn, spanMs } from './state.ts';

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
