/**
 * One account + resolved model: its windows, its day, its pause and what is known of its limits.
 * Holds the state that the pure reducers (`windows.ts`, `limits.ts`, `margin.ts`) work on; knows no
 * timers and no promises. I6: a grant is refused by `earliest` unless every known window has room.
 */
import type { QuotaViolation } from '../domain/classification.ts';
import { heeded } from '../domain/hint.ts';
import type { SlotUse } from './broker.ts';
import type { Dimension, KnownLimit, LimitBook } from '../governor/limits.ts';
import {
  DIMENSIONS,
  afterCleanWindow,
  dimensionOf,
  learn,
  limitOf,
  mergeBooks,
  withLive,
} from '../governor/limits.ts';
import type { Margin } from '../governor/margin.ts';
import { calmed, marginMs, widened, withLag } from '../governor/margin.ts';
import type { Ahead, CallCost, DayCount, SendLog, Windowed } from '../governor/windows.ts';
import {
  WINDOWED,
  correct,
  costIn,
  dayAt,
  firstDay,
  paceAfter,
  prune,
  record,
  spacingMs,
  turnAt,
  usedIn,
  withdraw,
} from '../governor/windows.ts';

/** A window this full counts as full. */
const FULL = 0.9;

export interface LaneSettings {
  readonly windowMs: number;
  /** How far a late grant is caught up with. */
  readonly catchUpMs: number;
  readonly margin: Margin;
  /** Milliseconds to the daily reset, seen from `afterMs` later than now. */
  readonly msToReset: (afterMs: number) => number;
}

/** A slot that was granted and not yet reported. */
export interface Grant extends CallCost {
  readonly id: number;
  readonly at: number;
  readonly dayEndsAt: number;
}

export interface Earliest {
  readonly at: number;
  /** What binds; absent when nothing does. */
  readonly limit?: Dimension | 'pause';
}

export class Lane {
  /** The model ids that count here; the last one is the provider's own name, once it is known. */
  readonly models: string[];
  readonly #settings: LaneSettings;
  #book: LimitBook;
  #margin: Margin;
  #log: SendLog = [];
  #nextAt: { readonly [D in Windowed]: number } = { rpm: 0, tpm: 0, ipm: 0 };
  #day: DayCount | undefined;
  #pausedUntil = 0;
  #widenedAt = 0;
  #watchedFrom: number;

  constructor(model: string, book: LimitBook, settings: LaneSettings, now: number) {
    this.models = [model];
    this.#book = book;
    this.#settings = settings;
    this.#margin = settings.margin;
    this.#watchedFrom = now;
  }

  get countedAs(): string {
    return this.models.at(-1) ?? '';
  }

  get spanMs(): number {
    return this.#settings.windowMs + marginMs(this.#margin);
  }

  limit(dimension: Dimension): KnownLimit | undefined {
    return limitOf(this.#book, dimension);
  }

  setLive(dimension: Dimension, limit: number, now: number): void {
    this.#book = withLive(this.#book, dimension, limit, now);
  }

  msToDayEnd(now: number): number {
    return Math.max(0, this.#today(now).endsAt - now);
  }

  /** When a call with `ahead` others before it may go: `now` or earlier means at once. */
  earliest(cost: CallCost, ahead: Ahead, now: number): Earliest {
    const gate = this.#gate(ahead, now);
    const behind = gate.ahead ?? ahead;
    let latest: Earliest = { at: gate.at };
    for (const dimension of WINDOWED) {
      const limit = this.limit(dimension)?.limit;
      if (limit === undefined) continue;
      const nextAt = this.#nextAt[dimension];
      const at = turnAt(this.#log, dimension, limit, this.spanMs, nextAt, cost, behind, gate.at);
      if (at > latest.at) latest = { at, limit: dimension };
    }
    const byGate = gate.limit !== undefined && gate.at - now >= latest.at - gate.at;
    return byGate ? { at: latest.at, limit: gate.limit } : latest;
  }

  /**
   * Takes the place of one call that has waited here since `since`. The caller has asked `earliest`
   * before, at the same `now`. A grant that comes later than it was due is caught up with, by at
   * most `catchUpMs`, so that timers which fire late do not eat into the quota.
   */
  grant(id: number, cost: CallCost, since: number, now: number): Grant {
    const day = this.#today(now);
    this.#log = record(prune(this.#log, this.#horizonMs, now), { id, ...cost, at: now, rejected: false });
    this.#day = { ...day, count: day.count + 1 };
    const dueAt = Math.max(since, now - this.#settings.catchUpMs);
    this.#move((dimension, nextAt, limit) =>
      paceAfter(nextAt, dueAt, spacingMs(costIn(dimension, cost), limit, this.spanMs)),
    );
    this.#watch(now);
    return { id, ...cost, at: now, dayEndsAt: day.endsAt };
  }

  /** Ends a grant. Unused gives its place back; anything else counts, however late it is reported. */
  settle(grant: Grant, use: SlotUse, now: number): void {
    if (use.kind === 'unused') {
      this.#log = withdraw(this.#log, grant.id);
      const day = this.#today(now);
      if (day.endsAt === grant.dayEndsAt) this.#day = { ...day, count: Math.max(0, day.count - 1) };
      this.#move(
        (dimension, nextAt, limit) => nextAt - spacingMs(costIn(dimension, grant), limit, this.spanMs),
      );
      return;
    }
    const tokens = use.kind === 'used' ? (use.tokens ?? grant.tokens) : grant.tokens;
    const lagMs = Math.min(Math.max(0, use.sentAfterMs ?? 0), Math.max(0, now - grant.at));
    if (use.sentAfterMs !== undefined) this.#margin = withLag(this.#margin, lagMs);
    const at = grant.at + lagMs;
    const rejected = use.kind === 'limited';
    const send = { id: grant.id, at, tokens, images: grant.images, rejected };
    this.#log = prune(correct(this.#log, send), this.#horizonMs, now);
    if (use.kind === 'limited') this.#rejected(grant, use.violations, use.retryAfterMs, now);
  }

  /** What the rejected call of another lane taught about this model, without a call of our own. */
  hear(violation: QuotaViolation, now: number): void {
    const dimension = dimensionOf(violation);
    if (violation.window === 'day' && violation.limit !== 0) {
      this.#day = { ...this.#today(now), exhausted: true };
    }
    if (dimension !== undefined && violation.limit !== undefined) {
      this.#book = learn(this.#book, { dimension, limit: violation.limit, passed: 0, grantedAt: now }, now);
    }
  }

  used(dimension: Dimension, now: number): number {
    if (dimension === 'rpd') {
      const day = this.#today(now);
      return day.exhausted ? Math.max(day.count, this.limit('rpd')?.limit ?? 0) : day.count;
    }
    return usedIn(this.#log, dimension, this.spanMs, now);
  }

  /** Epoch milliseconds; in the past when the lane is not paused. */
  get pausedUntil(): number {
    return this.#pausedUntil;
  }

  /** Nothing here would be missed. */
  isForgettable(now: number): boolean {
    this.#log = prune(this.#log, this.#horizonMs, now);
    const hasLearned = DIMENSIONS.some((dimension) => this.#book[dimension]?.seen !== undefined);
    const dayMatters = this.limit('rpd') !== undefined || this.#day?.exhausted === true;
    return this.#log.length === 0 && !hasLearned && !dayMatters && this.#pausedUntil <= now;
  }

  /** The provider counts this lane under another id, too. */
  addModel(model: string, book: LimitBook): void {
    this.models.push(model);
    this.#book = mergeBooks(this.#book, book);
  }

  /** Takes over a lane that turned out to be the same quota under another model id. */
  absorb(other: Lane, now: number): void {
    this.models.unshift(...other.models.filter((model) => !this.models.includes(model)));
    this.#book = mergeBooks(this.#book, other.#book);
    this.#log = [...this.#log, ...other.#log].sort((a, b) => a.at - b.at || a.id - b.id);
    const [mine, theirs] = [this.#today(now), other.#today(now)];
    const exhausted = mine.exhausted || theirs.exhausted;
    this.#day = { ...mine, count: mine.count + theirs.count, exhausted };
    this.#pausedUntil = Math.max(this.#pausedUntil, other.#pausedUntil);
    this.#nextAt = {
      rpm: Math.max(this.#nextAt.rpm, other.#nextAt.rpm),
      tpm: Math.max(this.#nextAt.tpm, other.#nextAt.tpm),
      ipm: Math.max(this.#nextAt.ipm, other.#nextAt.ipm),
    };
  }

  get #horizonMs(): number {
    return this.#settings.windowMs + this.#margin.capMs;
  }

  #today(now: number): DayCount {
    const { msToReset } = this.#settings;
    if (this.#day === undefined) this.#day = firstDay(now, msToReset(0));
    const before = this.#day;
    const today = dayAt(before, now, this.#margin.baseMs, () => msToReset(0));
    if (today !== before) {
      const limit = this.limit('rpd')?.limit ?? Infinity;
      const wasFull = before.count >= FULL * limit && !before.exhausted;
      if (wasFull) this.#book = afterCleanWindow(this.#book, 'rpd', now);
      this.#day = today;
    }
    return today;
  }

  /** The first time that pause and day allow, and who is ahead from then on. */
  #gate(ahead: Ahead, now: number): Earliest & { readonly ahead?: Ahead } {
    const paused: Earliest =
      this.#pausedUntil > now ? { at: this.#pausedUntil, limit: 'pause' } : { at: now };
    const day = this.#today(now);
    const limit = this.limit('rpd')?.limit;
    const left = day.exhausted ? 0 : Math.max(0, (limit ?? Infinity) - day.count);
    if (ahead.requests < left) return paused;
    const beyond = ahead.requests - left;
    let daysMs = day.endsAt + this.#margin.baseMs - now;
    for (let days = limit === undefined ? 0 : Math.floor(beyond / limit); days > 0; days--) {
      daysMs += this.#settings.msToReset(daysMs);
    }
    const share = ahead.requests === 0 ? 0 : (limit === undefined ? beyond : beyond % limit) / ahead.requests;
    return {
      at: Math.max(paused.at, now + daysMs),
      limit: 'rpd',
      ahead: {
        requests: ahead.requests * share,
        tokens: ahead.tokens * share,
        images: ahead.images * share,
      },
    };
  }

  #move(next: (dimension: Windowed, nextAt: number, limit: number) => number): void {
    const moved = { ...this.#nextAt };
    for (const dimension of WINDOWED) {
      const limit = this.limit(dimension)?.limit;
      if (limit !== undefined) moved[dimension] = next(dimension, moved[dimension], limit);
    }
    this.#nextAt = moved;
  }

  /** Once a window: did it pass full and clean? Then margin and learned limits may be probed. */
  #watch(now: number): void {
    if (now - this.#watchedFrom < this.spanMs) return;
    this.#watchedFrom = now;
    const full = WINDOWED.filter((dimension) => {
      const limit = this.limit(dimension)?.limit;
      return limit !== undefined && this.used(dimension, now) >= Math.floor(FULL * limit);
    });
    if (full.length > 0) this.#margin = calmed(this.#margin);
    for (const dimension of full) this.#book = afterCleanWindow(this.#book, dimension, now);
  }

  #rejected(
    grant: Grant,
    violations: readonly QuotaViolation[],
    retryAfterMs: number | undefined,
    now: number,
  ): void {
    this.#watchedFrom = now;
    const real = violations.filter(({ limit }) => limit !== 0);
    if (real.some(({ window }) => window === 'day')) this.#dayIsUsedUp(grant, now);
    else this.#pause(retryAfterMs, now);
    for (const violation of real) {
      const dimension = dimensionOf(violation);
      if (dimension === undefined) continue;
      const before = this.limit(dimension);
      const { limit } = violation;
      if (dimension !== 'rpd') this.#widenIfUnexpected(grant, before, limit, now);
      else if (limit === undefined) continue;
      const passed = dimension === 'rpd' ? 0 : this.#passed(dimension, grant);
      const rejection = { dimension, passed, grantedAt: grant.at, ...(limit !== undefined && { limit }) };
      this.#book = learn(this.#book, rejection, now);
    }
  }

  /** The margin was too small when a call within a limit that we kept to was rejected all the same. */
  #widenIfUnexpected(
    grant: Grant,
    before: KnownLimit | undefined,
    limit: number | undefined,
    now: number,
  ): void {
    const wasKept = before !== undefined && !before.probing && (limit ?? before.limit) >= before.limit;
    if (!wasKept || grant.at <= Math.max(before.since, this.#widenedAt)) return;
    this.#margin = widened(this.#margin);
    this.#widenedAt = now;
  }

  #passed(dimension: Windowed, grant: Grant): number {
    const went = this.#log.filter(({ at, rejected }) => at <= grant.at && !rejected);
    return usedIn(went, dimension, this.#settings.windowMs, grant.at);
  }

  /** Only midnight Pacific helps, whatever RetryInfo says. */
  #dayIsUsedUp(grant: Grant, now: number): void {
    const day = this.#today(now);
    // A call that was sent before the reset says nothing about the day that has begun since.
    if (grant.dayEndsAt !== day.endsAt) return;
    const mayBeClockSkew = day.fresh && grant.at - day.startedAt < this.#settings.windowMs;
    if (mayBeClockSkew) this.#pause(this.#settings.windowMs, now);
    else this.#day = { ...day, exhausted: true };
  }

  #pause(retryAfterMs: number | undefined, now: number): void {
    const pauseMs = heeded(retryAfterMs);
    if (pauseMs !== undefined) this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs);
  }
}
