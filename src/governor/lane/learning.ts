/** What 429s and configurations teach about a model's limits. */
import type { ModelLimits, Rejected } from '../../contract/exchange.ts';
import { heeded } from '../../domain/hint.ts';
import { joined, sumIn } from '../buckets.ts';
import type { Dimension } from '../limits.ts';
import { DIMENSIONS, configured, dimensionOf, learn, limitOf, mergeBooks, withLive } from '../limits.ts';
import { widened } from '../margin.ts';
import type { LaneState } from './state.ts';
import { respaced, sizeIn, spanMs } from './state.ts';

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
