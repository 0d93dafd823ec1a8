/**
 * One model of one project, in this process: who waits for it here, and the slots that the governor leased
 * for it. Deterministic: no clock, no timers, no promises. I6: a slot is used once, in its time, or returned.
 */
import type { Demand, LaneAnswer, LaneReport, ModelLimits, Rejected } from '../contract/exchange.ts';
import { without } from '../governor/dealing.ts';
import { folded } from '../governor/folded.ts';
import { URGENCIES } from './broker.ts';
import type { Turn } from './turn-queue.ts';
import { TurnQueue } from './turn-queue.ts';

/** A leased slot. */
export interface LeasedSlot {
  /** By the governor's clock: its name. */
  readonly at: number;
  /** By ours: when it may be used first, and last. */
  readonly due: number;
  readonly until: number;
}

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
  pausedUntil = 0;
  slots: LeasedSlot[] = [];
  unpaced = 0;
  rejections: (Omit<Rejected, 'agoMs'> & { readonly heardAt: number })[] = [];
  /** At the last exchange more was wanted than was leased. */
  isShort = false;
  /** Slots that were used or passed since the governor answered last, by its time: it may still name them. */
  readonly #gone = new Set<number>();
  #lapsed: number[] = [];
  /** Slots that passed for the sake of a large call, by our clock. */
  #putBy: number[] = [];
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
    return this.rejections.length > 0 || this.unpaced > 0 || this.#lapsed.length > 0 || isBeyond;
  }

  arrived(): void {
    this.#arrivals += 1;
  }

  lagged(ms: number): void {
    this.#lags += 1;
    this.#lagMs += Math.max(0, ms);
  }

  /**
   * What the governor says is ours and was still to come when it answered at `answeredAt`, by its clock. What
   * was used or passed since is not ours again; what was due already is not in its answer, and ours still.
   */
  leased(slots: readonly LeasedSlot[], answeredAt: number): void {
    const due = this.slots.filter(({ at }) => at < answeredAt);
    this.slots = [...due, ...slots.filter(({ at }) => at >= answeredAt && !this.#gone.has(at))];
    // Later answers speak of what was still to come even later.
    for (const at of this.#gone) if (at < answeredAt) this.#gone.delete(at);
  }

  /** Slots whose time is over unused are nobody's; the day must not count them. */
  dropLate(now: number): void {
    if (!this.slots.some(({ until }) => until < now)) return;
    for (const slot of this.slots.filter(({ until }) => until < now)) this.#lapse(slot);
    this.slots = this.slots.filter(({ until }) => until >= now);
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
    return Math.max(0, slots - this.#putBy.length);
  }

  /**
   * The slot for a call of this size, if it is due. A call larger than a slot passes those before its own
   * unused, as they come; what it takes beyond is told, and the governor leaves as much room after it. So no
   * window that ends or begins with it holds more than its limit.
   */
  take(turn: Turn, now: number): LeasedSlot | undefined {
    this.dropLate(now);
    this.#putBy = this.#putBy.filter((due) => due > now - this.#windowMs);
    const needed = this.slotsFor(turn);
    for (;;) {
      const [first] = this.slots;
      if (first === undefined || first.due > now) return undefined;
      this.slots.shift();
      this.#gone.add(first.at);
      if (this.#putBy.length + 1 >= needed) {
        this.#putBy = [];
        this.#beyond(turn);
        return first;
      }
      this.#putBy.push(first.due);
    }
  }

  #beyond({ tokens, images }: Turn): void {
    const { tokensPerSlot = 0, imagesPerSlot = 0 } = this.answer ?? {};
    this.#extraTokens += Math.max(0, tokens - tokensPerSlot);
    this.#extraImages += Math.max(0, images - imagesPerSlot);
  }

  #lapse(slot: LeasedSlot): void {
    this.#gone.add(slot.at);
    this.#lapsed.push(slot.at);
  }

  /** When the next slot is due for a call of this size; undefined where none is leased. */
  dueAt(turn: Turn): number | undefined {
    return this.slots[Math.max(0, this.slotsFor(turn) - this.#putBy.length - 1)]?.due;
  }

  /** A slot that was taken and not used; another call may have it while its time lasts. */
  giveBack(slot: LeasedSlot, now: number): void {
    if (slot.until < now) return this.#lapse(slot);
    this.#gone.delete(slot.at);
    this.slots = [...this.slots, slot].sort((a, b) => a.at - b.at);
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
    this.dropLate(now);
    this.expire(now);
    const expected = this.#ratePerMs * reachMs < MIN_EXPECTED ? 0 : this.#ratePerMs * reachMs;
    const returned = this.#surplus(now, expected);
    const { tokens, images } = this.queue.size;
    const due = this.slots.filter((slot) => slot.due <= now + RETURN_MS).map(({ at }) => at);
    const report: LaneReport = {
      model: this.model,
      ...(this.config === undefined ? {} : { config: this.config }),
      ...(this.live === undefined ? {} : { live: this.live }),
      tokens: Math.round(tokens),
      images: Math.round(images),
      demand: without(folded(this.queue.ready(now, (turn) => this.slotsFor(turn))), this.#putBy.length),
      asleep: folded(this.queue.asleep(now, nextAt)),
      expected: Math.round(expected * 100) / 100,
      ...(due.length > 0 ? { due } : {}),
      returned: [...this.#lapsed, ...returned.map(({ at }) => at)],
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
    this.#lapsed = [];
    this.#extraTokens = 0;
    this.#extraImages = 0;
    this.unpaced = 0;
    this.rejections = [];
    this.#lags = 0;
    this.#lagMs = 0;
    return report;
  }

  /** The last ones, which the next exchange is early enough for. */
  #surplus(now: number, expected: number): readonly LeasedSlot[] {
    const kept = this.wanted + Math.ceil(expected);
    const [stay, go] = [this.slots.slice(0, kept), this.slots.slice(kept)];
    const still = go.filter(({ due }) => due > now + RETURN_MS);
    this.slots = [...stay, ...go.filter((slot) => !still.includes(slot))];
    return still;
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
/** A slot that is due sooner cannot be another process's in time. */
const RETURN_MS = 250;
/** Fewer are no traffic but chance. */
const MIN_EXPECTED = 0.5;

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
