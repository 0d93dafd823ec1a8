/**
 * The arithmetic of quota windows, as pure reducers: state and `now` in, new state or a time out.
 *
 * A send counts in every window that ends less than one span after it. The span is the provider's
 * window plus a send margin, so that two sends which race each other on the network still arrive
 * in different windows (I6). On top of that the slots of a known limit are spaced evenly: a burst
 * would fill the same window, but everybody behind it would then wait at once.
 */
export const WINDOWED = ['rpm', 'tpm', 'ipm'] as const;
export type Windowed = (typeof WINDOWED)[number];

/** What one call takes out of the windows; a call is always one request. */
export interface CallCost {
  readonly tokens: number;
  readonly images: number;
}

export interface Send extends CallCost {
  readonly id: number;
  /** Epoch milliseconds of the slot's grant, corrected to the send once that is reported. */
  readonly at: number;
  /** The provider answered 429; it may count against the window all the same. */
  readonly rejected: boolean;
}

/** Oldest first. */
export type SendLog = readonly Send[];

export function costIn(dimension: Windowed, cost: CallCost): number {
  switch (dimension) {
    case 'rpm':
      return 1;
    case 'tpm':
      return cost.tokens;
    case 'ipm':
      return cost.images;
  }
}

export function record(log: SendLog, send: Send): SendLog {
  const after = log.findLastIndex(({ at }) => at <= send.at) + 1;
  return [...log.slice(0, after), send, ...log.slice(after)];
}

export function withdraw(log: SendLog, id: number): SendLog {
  return log.filter((send) => send.id !== id);
}

/** Replaces the send of the same id, or records it when the log has forgotten it already. */
export function correct(log: SendLog, send: Send): SendLog {
  return record(withdraw(log, send.id), send);
}

/** Forgets sends that count in no window of `spanMs` any more. */
export function prune(log: SendLog, spanMs: number, now: number): SendLog {
  const first = log.findIndex(({ at }) => at + spanMs > now);
  if (first === 0) return log;
  return first < 0 ? [] : log.slice(first);
}

/** What the window of `spanMs` that ends at `now` holds. */
export function usedIn(log: SendLog, dimension: Windowed, spanMs: number, now: number): number {
  let used = 0;
  for (const send of log) if (send.at + spanMs > now) used += costIn(dimension, send);
  return used;
}

/**
 * The first time from `now` on at which `cost` fits under `limit`. A cost above the limit fits when
 * the window is empty: the estimate may be wrong, and a call that can never go would wait for ever.
 */
export function fitsAt(
  log: SendLog,
  dimension: Windowed,
  limit: number,
  spanMs: number,
  cost: number,
  now: number,
): number {
  const room = limit - Math.min(cost, limit);
  let used = usedIn(log, dimension, spanMs, now);
  let at = now;
  for (const send of log) {
    if (used <= room) break;
    if (send.at + spanMs <= now) continue;
    used -= costIn(dimension, send);
    at = send.at + spanMs;
  }
  return at;
}

/** Even spacing: milliseconds that `cost` keeps the next slot away. */
export function spacingMs(cost: number, limit: number, spanMs: number): number {
  return (Math.min(cost, limit) * spanMs) / limit;
}

/** The next even slot after one that was granted now but had been due since `dueAt`. */
export function paceAfter(nextAt: number, dueAt: number, spacing: number): number {
  return Math.max(nextAt, dueAt) + spacing;
}

export interface Ahead extends CallCost {
  readonly requests: number;
}

/**
 * When a call with `ahead` others before it may go: the later of its even slot and the time at
 * which the window has room for all of them. Exact with nobody ahead, an estimate otherwise.
 */
export function turnAt(
  log: SendLog,
  dimension: Windowed,
  limit: number,
  spanMs: number,
  nextAt: number,
  cost: CallCost,
  ahead: Ahead,
  now: number,
): number {
  const before = dimension === 'rpm' ? ahead.requests : costIn(dimension, ahead);
  const fullWindows = Math.floor(before / limit);
  const rest = before - fullWindows * limit;
  const own = costIn(dimension, cost);
  const firstRoom = fitsAt(log, dimension, limit, spanMs, own, now);
  const paced = Math.max(nextAt, firstRoom) + (before * spanMs) / limit;
  if (before === 0) return paced;
  const room = fitsAt(log, dimension, limit, spanMs, rest + own, now);
  return Math.max(room + fullWindows * spanMs, paced);
}

/** The calls of one Pacific day. */
export interface DayCount {
  readonly count: number;
  /** The provider said that the day is used up, whatever our own count says. */
  readonly exhausted: boolean;
  /** The reset was seen by this process; false for the part of a day before its first call. */
  readonly fresh: boolean;
  readonly startedAt: number;
  readonly endsAt: number;
}

export function firstDay(now: number, msToReset: number): DayCount {
  return { count: 0, exhausted: false, fresh: false, startedAt: now, endsAt: now + msToReset };
}

/**
 * The day that `now` belongs to. It begins `slackMs` after the reset: the first call of a new day
 * must not arrive in the old one by a clock's error.
 */
export function dayAt(day: DayCount, now: number, slackMs: number, msToReset: () => number): DayCount {
  if (now < day.endsAt + slackMs) return day;
  return { count: 0, exhausted: false, fresh: true, startedAt: now, endsAt: now + msToReset() };
}
