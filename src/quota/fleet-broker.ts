/**
 * The quota broker of a process in a fleet (`quota: 'fleet'`): a seat at each governor whose project it
 * calls, with timers, promises and the link to Temporal. Nothing is decided here.
 *
 * While a governor cannot be reached, what is leased may be used to its end, calls without a known limit go
 * on for four terms, and after that calls wait (limit `governor`): a slot is never invented.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { ExchangeAnswer, LimitView, ModelLimits, SpendLimit } from '../contract/exchange.ts';
import type { Degraded, Grant, Probe } from '../contract/standing.ts';
import type { Route } from '../domain/path.ts';
import { quotaId } from '../domain/path.ts';
import type { HourCounts } from '../domain/quiet.ts';
import { checkLimits } from '../governor/limits.ts';
import type { BrokerClock } from './broker-options.ts';
import { systemClock } from './broker-options.ts';
import type {
  GrantRequest,
  Held,
  Outlook,
  QuotaBroker,
  QuotaWait,
  Slot,
  SlotRequest,
  SlotUse,
  Witness,
} from './broker.ts';
import type { GovernorLink } from './governor-link.ts';
import { linkFailure } from './link-failure.ts';
import { isOf } from './local-standing.ts';
import { msToPacificMidnight } from './pacific.ts';
import type { ProbeOf } from './probe.ts';
import { Seat } from './seat.ts';
import { SteadyClock } from './steady-clock.ts';

/** Limits that the provider publishes for a project (`google/ai-studio/my-project`), by model id. */
export type ReadLimits = (project: string) => Promise<Readonly<Record<string, ModelLimits>>>;

export interface FleetBrokerOptions {
  /** Known limits by model id, for every account; others are learned. */
  readonly limits?: Readonly<Record<string, ModelLimits>>;
  /** The provider's window in milliseconds. @default 60_000 */
  readonly windowMs?: number;
  readonly spend?: SpendLimit;
  /** Asked when a project is called first, and every ten minutes; what it rejects with changes nothing. */
  readonly readLimits?: ReadLimits;
  /** Makes the plain text call that a governor asks for after a hold was resumed. */
  readonly probe: ProbeOf;
  readonly clock?: BrokerClock;
  /** Milliseconds from `now` to the daily reset. @default midnight America/Los_Angeles */
  readonly dayReset?: (now: number) => number;
  /** Sleeping generations whose place is remembered, for each project + model. @default 50_000 */
  readonly maxRemembered?: number;
  /**
   * Processes that start together ask for the first time within so many milliseconds, one after another: a
   * governor that is asked by all of them at once answers nobody for a while. @default 2_500
   */
  readonly firstWithinMs?: number;
  /** Name of this process. @default host, pid and a random part */
  readonly process?: string;
}

/** What an observer of answers is, with the slots that were given back before; it must not throw. */
export type Answered = (
  quota: string,
  answer: ExchangeAnswer,
  returned: readonly { readonly model: string; readonly slots: number }[],
) => void;

const DEFAULT_WINDOW_MS = 60_000;
const DEFAULT_MAX_REMEMBERED = 50_000;
const DEFAULT_FIRST_WITHIN_MS = 2_500;
/** A grant that the governor has not recorded by then is asked for again later. */
const GRANT_WAIT_MS = 15_000;
const LEAVE_WAIT_MS = 2_000;
const READ_LIMITS_EVERY_MS = 600_000;
const LONGEST_TIMER_MS = 60_000;

interface Seated {
  readonly seat: Seat;
  timer?: unknown;
  limitsReadAt: number;
  exchanging?: Promise<void>;
  /** It has left: nothing is asked there any more. */
  isOver?: true;
}

export class FleetQuotaBroker implements QuotaBroker {
  readonly process: string;
  readonly #options: FleetBrokerOptions;
  readonly #timers: BrokerClock;
  readonly #clock: SteadyClock;
  readonly #seats = new Map<string, Seated>();
  readonly #slots = new Map<string, Seated>();
  #link: GovernorLink | undefined;
  #answered: Answered = () => undefined;
  #isClosed = false;
  /** How often it was closed. */
  #lives = 0;

  constructor(options: FleetBrokerOptions) {
    for (const [model, limits] of Object.entries(options.limits ?? {})) checkLimits(model, limits);
    checkSpend(options.spend);
    this.#options = options;
    this.#timers = options.clock ?? systemClock;
    this.#clock = new SteadyClock(this.#timers);
    this.process = options.process ?? `${hostname()}/${process.pid}/${randomBytes(4).toString('hex')}`;
  }

  /** From here on governors can be reached; until then calls wait. Each of their answers is told. */
  connect(link: GovernorLink, answered: Answered = () => undefined): void {
    this.#isClosed = false;
    this.#link = link;
    this.#answered = answered;
    for (const seated of this.#seats.values()) this.#tick(seated);
  }

  outlook(request: SlotRequest, asker?: { readonly sleeps: boolean }): Outlook {
    const seated = this.#seated(request.route);
    const outlook = seated.seat.outlook(request, this.#clock.now(), asker);
    if (asker?.sleeps === true) this.#tick(seated);
    return outlook;
  }

  acquire(
    request: SlotRequest,
    options: { readonly maxWaitMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Slot | QuotaWait | Held> {
    const { signal } = options;
    const seated = this.#seated(request.route);
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    return new Promise((resolve, reject) => {
      const waitMs = options.maxWaitMs ?? seated.seat.patienceMs(request.route.model);
      const settle = (answer: Slot | QuotaWait | Held): void => {
        signal?.removeEventListener('abort', onAbort);
        if (answer.kind === 'slot') this.#slots.set(answer.id, seated);
        resolve(answer);
      };
      const onAbort = (): void => {
        if (caller !== undefined) seated.seat.leave(caller);
        reject(signal?.reason as Error);
        this.#tick(seated);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const caller = seated.seat.join(request, waitMs, settle, this.#clock.now());
      this.#tick(seated);
    });
  }

  report(slot: Slot, use: SlotUse): void {
    const seated = this.#slots.get(slot.id);
    if (seated === undefined) return;
    this.#slots.delete(slot.id);
    seated.seat.report(slot.id, use, this.#clock.now());
    this.#tick(seated);
  }

  witness(seen: Witness): void {
    const seated = this.#seated(seen.route);
    seated.seat.witness(seen);
    this.#tick(seated);
  }

  degraded(route: Route): Degraded | undefined {
    return this.#seated(route).seat.guard.degraded(route);
  }

  takeGrant(request: GrantRequest, signal?: AbortSignal): Promise<Grant | undefined> {
    const seated = this.#seated(request.route);
    return new Promise((resolve) => {
      const settle = (grant: Grant | undefined): void => {
        this.#timers.clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
        resolve(grant);
      };
      const giveUp = (): void => settle(undefined);
      const timer = this.#timers.setTimeout(giveUp, GRANT_WAIT_MS);
      signal?.addEventListener('abort', giveUp, { once: true });
      seated.seat.useGrant(request, settle, this.#clock.now());
      this.#tick(seated);
    });
  }

  async hours(route: Route): Promise<HourCounts | undefined> {
    const counted = await this.#link?.hours(quotaId(route.account));
    return counted?.find((each) => isOf(each, route));
  }

  limits(): readonly LimitView[] {
    return [...this.#seats.values()].flatMap(
      ({ seat }) => seat.answer?.lanes.flatMap(({ limits }) => limits) ?? [],
    );
  }

  msToDailyReset(): number {
    return this.#toReset(this.#timers.now());
  }

  stats(): {
    readonly waiting: number;
    readonly remembered: number;
    readonly open: number;
    readonly slots: number;
  } {
    const all = [...this.#seats.values()].map(({ seat }) => seat.stats());
    const sum = (of: (each: (typeof all)[number]) => number): number =>
      all.reduce((n, each) => n + of(each), 0);
    return {
      waiting: sum(({ waiting }) => waiting),
      remembered: sum(({ remembered }) => remembered),
      open: sum(({ open }) => open),
      slots: sum(({ slots }) => slots),
    };
  }

  /** Returns what is leased; waits for that a moment and no longer. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const all = [...this.#seats.values()];
    // Another worker of this process may connect it again: with seats of its own, by another name.
    this.#seats.clear();
    this.#lives += 1;
    const link = this.#link;
    const leaving = all.map(async (seated) => {
      this.#timers.clearTimeout(seated.timer);
      seated.isOver = true;
      const { seat } = seated;
      seat.dismiss(this.#clock.now());
      await seated.exchanging;
      if (link === undefined || seat.answer === undefined) return;
      await link.exchange(seat.settings.id, seat.draft(this.#clock.now(), true));
    });
    const moment = new Promise((resolve) => setTimeout(resolve, LEAVE_WAIT_MS).unref());
    await Promise.race([Promise.allSettled(leaving), moment]);
  }

  #seated(route: Route): Seated {
    const id = quotaId(route.account);
    const known = this.#seats.get(id);
    if (known !== undefined) return known;
    const {
      limits = {},
      windowMs = DEFAULT_WINDOW_MS,
      spend,
      maxRemembered = DEFAULT_MAX_REMEMBERED,
      firstWithinMs = DEFAULT_FIRST_WITHIN_MS,
    } = this.#options;
    const settings = {
      id,
      process: this.#lives === 0 ? this.process : `${this.process}/${this.#lives}`,
      limits,
      windowMs,
      ...(spend === undefined ? {} : { spend }),
      resets: () => this.#resets(),
      maxRemembered,
      firstWithinMs,
    };
    const others = () =>
      [...this.#seats.values()].map(({ seat }) => seat.guard).filter((guard) => guard !== seat.guard);
    const seat: Seat = new Seat(settings, others);
    const seated: Seated = { seat, limitsReadAt: -Infinity };
    this.#seats.set(id, seated);
    return seated;
  }

  /** Does what is due, and sets one timer for what comes next. */
  #tick(seated: Seated): void {
    const { seat } = seated;
    this.#timers.clearTimeout(seated.timer);
    seated.timer = undefined;
    if (this.#isClosed || seated.isOver) return;
    const now = this.#clock.now();
    seat.serve(now);
    if (this.#link !== undefined && (seat.exchangeAt(now) ?? Infinity) <= now)
      this.#exchange(seated, this.#link);
    const nextAt = seat.nextAt(now, this.#link !== undefined);
    if (nextAt === undefined) return;
    const ms = Math.min(Math.max(1, Math.ceil(nextAt - now)), LONGEST_TIMER_MS);
    seated.timer = this.#timers.setTimeout(() => this.#tick(seated), ms);
  }

  #exchange(seated: Seated, link: GovernorLink): void {
    const { seat } = seated;
    this.#readLimits(seated);
    const request = seat.draft(this.#clock.now());
    seated.exchanging = link.exchange(seat.settings.id, request).then(
      (answer) => {
        const returned = request.lanes.map((lane) => ({ model: lane.model, slots: lane.returned.length }));
        this.#answered(seat.settings.id, answer, returned);
        for (const probe of seat.heard(answer, this.#clock.now())) this.#probe(seated, probe);
        this.#tick(seated);
      },
      (error: unknown) => {
        seat.failed(linkFailure(error), this.#clock.now());
        this.#tick(seated);
      },
    );
  }

  #readLimits(seated: Seated): void {
    const { readLimits } = this.#options;
    const now = this.#clock.now();
    if (readLimits === undefined || now - seated.limitsReadAt < READ_LIMITS_EVERY_MS) return;
    seated.limitsReadAt = now;
    readLimits(seated.seat.settings.id)
      .then(
        (limits) => {
          for (const [model, each] of Object.entries(limits)) checkLimits(model, each);
          seated.seat.live(limits);
        },
        // What was read before stands; the provider's answers teach the rest.
        () => undefined,
      )
      .catch(() => undefined);
  }

  #probe(seated: Seated, probe: Probe): void {
    void this.#options.probe(probe).then((outcome) => {
      if (outcome === undefined) return;
      seated.seat.probed(outcome);
      this.#tick(seated);
    });
  }

  #resets(): readonly [number, number] {
    const wall = this.#timers.now();
    const first = wall + this.#toReset(wall);
    return [first, first + this.#toReset(first)];
  }

  #toReset(now: number): number {
    return (this.#options.dayReset ?? msToPacificMidnight)(now);
  }
}

function checkSpend(spend: SpendLimit | undefined): void {
  if (spend === undefined) return;
  for (const [field, value] of Object.entries(spend)) {
    if (Number.isFinite(value) && value > 0) continue;
    throw new TypeError(`spendLimit.${field} is ${value}: give a number above 0, or leave spendLimit out.`);
  }
}
