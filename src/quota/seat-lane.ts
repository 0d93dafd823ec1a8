/**
 * One model of one project, in this process: who waits for it here, and the slots that the governor leased
 * for it. Deterministic: no clock, no timers, no promises.
 */
import type { Demand, LaneAnswer, LaneReport, ModelLimits, Rejected } from '../contract/exchange.ts';
import { without } from '../governor/dealing.ts';
import { folded } from '../governor/folded.ts';
import { heeded } from '../domain/hint.ts';
import type { SlotUse } from './broker.ts';
import { URGENCIES } from './broker.ts';
import type { GovernorClock } from './governor-clock.ts';
import { surelyFrom, surelyUntil } from './governor-clock.ts';
import type { LeasedSlot } from './leased-slots.ts';
import { LeasedSlots } from './leased-slots.ts';
import type { Turn } from './turn-queue.ts';
import { TurnQueue } from './turn-queue.ts';

type Limited = SlotUse & { readonly kind: 'limited' };

/** A rate is measured over this share of a reach at least: two calls at once are no flood. */
const SHORTEST_STRETCH = 0.5;
/** Weight of the latest stretch in the rate of arrivals. */
const RATE_WEIGHT = 0.5;

export class SeatLane<T extends Turn> {
  readonly model: string;
  readonly queue: TurnQueue<T>;
  readonly config: ModelLimits | undefined;
  live: ModelLimits | undefined;
  answer: LaneAnswer | undefined;
  /** When `answer` was heard, by our clock. */
  heardAt = 0;
  /** A 429 of our own says so, until the governor has heard of it. */
  #pausedUntil = 0;
  readonly slots: LeasedSlots;
  unpaced = 0;
  rejections: (Omit<Rejected, 'agoMs'> & { readonly heardAt: number })[] = [];
  /** At the last exchange more was wanted than was leased. */
  isShort = false;
  #extraTokens = 0;
  #extraImages = 0;
  #expireAt = 0;
  #lags = 0;
  #lagMs = 0;
  #arrivals = 0;
  #ratePerMs = 0;
  #countedFrom: number;
  readonly #windowMs: number;

  constructor(
    model: string,
    settings: {
      readonly config: ModelLimits | undefined;
      readonly windowMs: number;
      readonly maxRemembered: number;
    },
    now: number,
  ) {
    this.model = model;
    this.config = settings.config;
    this.#windowMs = settings.windowMs;
    this.slots = new LeasedSlots(settings.windowMs);
    this.queue = new TurnQueue<T>(URGENCIES.length, settings.maxRemembered);
    this.#countedFrom = now;
  }

  get isIdle(): boolean {
    return this.queue.present + this.queue.away === 0 && this.slots.length === 0 && !this.hasNews;
  }

  /** Somebody waits here, or something is to be returned or told. */
  get isBusy(): boolean {
    return this.queue.present > 0 || this.slots.length > 0 || this.hasNews;
  }

  /** There is something to tell that teaches the governor. */
  get hasNews(): boolean {
    const isBeyond = this.#extraTokens > 0 || this.#extraImages > 0;
    return this.rejections.length > 0 || this.unpaced > 0 || this.slots.hasLapsed || isBeyond;
  }

  arrived(): void {
    this.#arrivals += 1;
  }

  lagged(ms: number): void {
    this.#lags += 1;
    this.#lagMs += Math.max(0, ms);
  }

  /** What the governor answered at `at`, by its clock. */
  heard(answer: LaneAnswer, at: number, clock: GovernorClock, now: number): void {
    this.answer =
      answer.limits.length === 0 && this.answer !== undefined ? { ...answer, ...kept(this.answer) } : answer;
    this.heardAt = now;
    this.#pausedUntil = 0;
    // By the governor's clock no slot is used too early or too late, whatever we do not know of that clock.
    // So late an answer that there is no such time leaves them unused.
    const slots = answer.slots.map((ms) => {
      const slotAt = at + ms;
      return {
        at: slotAt,
        due: surelyFrom(clock, slotAt),
        until: surelyUntil(clock, slotAt + answer.slotMs),
      };
    });
    this.slots.leased(
      slots.filter(({ due, until }) => due < until),
      at,
    );
    this.isShort = this.slots.length < this.wanted;
  }

  /** A call of ours was limited: told with the next exchange; until then nobody goes for as long as it says. */
  limited(use: Limited, slot: LeasedSlot | undefined, grantedAt: number, now: number): void {
    const { violations, retryAfterMs, verdict } = use;
    this.rejections.push({
      violations,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(slot === undefined ? {} : { slotAt: slot.at }),
      ...(verdict?.branch === 'spend-window' ? { isSpend: true as const } : {}),
      heardAt: Math.max(grantedAt, now),
    });
    const pauseMs = heeded(retryAfterMs);
    if (pauseMs !== undefined)
      this.#pausedUntil = Math.max(this.#pausedUntil, now + Math.min(pauseMs, this.#windowMs));
  }

  /** So long nobody is served, whatever is leased. */
  closedMs(now: number): number {
    const told = (this.answer?.closed?.ms ?? 0) - (now - this.heardAt);
    return Math.max(0, told, this.#pausedUntil - now);
  }

  /** How many slots a call of this size takes; at most those of a window. */
  slotsFor({ tokens, images }: Turn): number {
    const { tokensPerSlot = 1, imagesPerSlot = 1, everyMs = 0 } = this.answer ?? {};
    const most = everyMs > 0 ? Math.max(1, Math.floor(this.#windowMs / everyMs)) : 1;
    return Math.min(most, Math.max(1, Math.ceil(tokens / tokensPerSlot), Math.ceil(images / imagesPerSlot)));
  }

  /** Slots that those who wait here take, beside the ones put by. */
  get wanted(): number {
    const slots = this.queue.everyPresent().reduce((sum, turn) => sum + this.slotsFor(turn), 0);
    return Math.max(0, slots - this.slots.putBy);
  }

  /**
   * The slot for a call of this size, if it is due. What a call larger than a slot takes beyond is told, and the
   * governor leaves as much room after it.
   */
  take(turn: Turn, now: number): LeasedSlot | undefined {
    const slot = this.slots.take(this.slotsFor(turn), now);
    if (slot !== undefined) this.#beyond(turn);
    return slot;
  }

  #beyond({ tokens, images }: Turn): void {
    const { tokensPerSlot = 0, imagesPerSlot = 0 } = this.answer ?? {};
    this.#extraTokens += Math.max(0, tokens - tokensPerSlot);
    this.#extraImages += Math.max(0, images - imagesPerSlot);
  }

  /** When the first of the queue gets its slot, as far as that is known here. */
  dueAt(first: Turn, now: number): number | undefined {
    if (this.answer === undefined) return undefined;
    const closed = this.closedMs(now);
    if (closed > 0) return now + closed;
    return this.answer.kind === 'open' ? undefined : this.slots.dueAt(this.slotsFor(first));
  }

  /**
   * What to tell the governor. Slots beyond what waits here and what is likely to come are returned while
   * their time is still ahead. Who comes back from its sleep before `nextAt`, when this is told anew, will be
   * somewhere else by then: told now, it would be counted twice there, and all behind it sleep too long.
   */
  report(now: number, reachMs: number, nextAt: number): LaneReport {
    const passed = Math.max(reachMs * SHORTEST_STRETCH, now - this.#countedFrom);
    const latest = this.#arrivals / passed;
    this.#ratePerMs =
      this.#ratePerMs === 0 ? latest : this.#ratePerMs + RATE_WEIGHT * (latest - this.#ratePerMs);
    this.#arrivals = 0;
    this.#countedFrom = now;
    this.slots.dropLate(now);
    this.expire(now);
    const expected = this.#ratePerMs * reachMs < MIN_EXPECTED ? 0 : this.#ratePerMs * reachMs;
    const returned = this.slots.surplus(this.wanted + Math.ceil(expected), now);
    const { tokens, images } = this.queue.size;
    const due = this.slots.dueSoon(now);
    const report: LaneReport = {
      model: this.model,
      ...(this.config === undefined ? {} : { config: this.config }),
      ...(this.live === undefined ? {} : { live: this.live }),
      tokens: Math.round(tokens),
      images: Math.round(images),
      demand: without(folded(this.queue.ready(now, (turn) => this.slotsFor(turn))), this.slots.putBy),
      asleep: folded(this.queue.asleep(now, nextAt)),
      expected: Math.round(expected * 100) / 100,
      ...(due.length > 0 ? { due } : {}),
      returned: [...this.slots.drainLapsed(), ...returned.map(({ at }) => at)],
      ...(this.#extraTokens > 0 ? { extraTokens: Math.ceil(this.#extraTokens) } : {}),
      ...(this.#extraImages > 0 ? { extraImages: Math.ceil(this.#extraImages) } : {}),
      unpaced: this.unpaced,
      ...(this.#lags === 0 ? {} : { lagMs: Math.round((this.#lagMs / this.#lags) * 10) / 10 }),
      rejections: this.rejections.map(({ heardAt, slotAt, ...rest }) => ({
        ...rest,
        ...(slotAt === undefined ? {} : { slotAt }),
        agoMs: Math.max(0, Math.round(now - heardAt)),
      })),
    };
    this.#extraTokens = 0;
    this.#extraImages = 0;
    this.unpaced = 0;
    this.rejections = [];
    this.#lags = 0;
    this.#lagMs = 0;
    return report;
  }

  /** Who should be back by now does not sleep here any more. */
  expire(now: number): void {
    if (now < this.#expireAt) return;
    this.queue.expire(now);
    this.#expireAt = now + EXPIRE_EVERY_MS;
  }

  /** Calls of the whole fleet that go before this turn. */
  ahead(turn: Turn, now: number): number {
    return this.queue.ahead(turn) + olderThan(this.answer?.others ?? [], turn, now, this.heardAt);
  }
}

const EXPIRE_EVERY_MS = 1_000;
/** Fewer are no traffic but chance. */
const MIN_EXPECTED = 0.5;

/** A repeated answer leaves out what does not matter twice. */
function kept({ limits, others }: LaneAnswer) {
  return { limits, others };
}

/** Of the other processes' calls, those that go before this one: by urgency, then age. */
function olderThan(
  others: readonly Demand[],
  { urgency, ticket }: Turn,
  now: number,
  heardAt: number,
): number {
  const age = now - ticket;
  let older = 0;
  for (const [index, each] of others.entries()) {
    if (each.urgency < urgency) older += each.n;
    if (each.urgency !== urgency) continue;
    const from = each.ageMs + (now - heardAt);
    const next = others[index + 1];
    const to = next?.urgency === urgency ? Math.min(from, next.ageMs + (now - heardAt)) : now - heardAt;
    if (from <= age) continue;
    older += to >= age ? each.n : (each.n * (from - age)) / Math.max(1, from - to);
  }
  return Math.round(older);
}
