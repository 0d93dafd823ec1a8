/**
 * A worker process: its seat, driven as `fleet-broker.ts` drives it, with a clock and timers of its own. It may
 * leave in order, or be killed with all it has.
 */
import type { ExchangeAnswer } from '../../src/contract/exchange.ts';
import type { Outlook, SlotRequest, SlotUse } from '../../src/quota/broker.ts';
import type { Caller } from '../../src/quota/caller.ts';
import type { Seat } from '../../src/quota/seat.ts';
import type { Entry } from './agenda.ts';
import { law } from './broken.ts';
import type { Engine } from './engine.ts';
import type { GovernorHost } from './governor-host.ts';
import type { HostClock } from './host-clock.ts';
import type { Network } from './network.ts';
import type { ModelPlan } from './plan.ts';
import { WINDOW_MS } from './plan.ts';
import type { SlotLaw } from './slot-law.ts';
import type { Stage } from './stage.ts';

export interface Surroundings {
  readonly stage: Stage;
  readonly engine: Engine;
  readonly governor: GovernorHost;
  readonly network: Network;
  readonly slots: SlotLaw;
  readonly models: Readonly<Record<string, ModelPlan>>;
}

/** Of a process's own clock, whose seconds may be a little short. */
const CLOSEST_EXCHANGES_MS = 499;
const LONGEST_TIMER_MS = 60_000;
/** A timer fires late by up to this much. */
const TIMER_LATENESS_MS = 3;
/** In a tenth of a second. */
const MOST_TICKS = 50;

export class Process {
  readonly id: string;
  readonly seat: Seat;
  readonly bornAt: number;
  /** Who waits here, for whoever kills it. */
  readonly waiting = new Map<string, Caller>();
  /** Told once, when it is killed: what was under way is lost. */
  readonly onKilled = new Set<() => void>();
  exchanges = 0;
  /** That were sent from here while the load went on. */
  calls = 0;
  state: 'alive' | 'leaving' | 'gone' = 'alive';
  readonly #around: Surroundings;
  readonly #clock: HostClock;
  #timer: Entry | undefined;
  #drafted = '';
  #resets: readonly [number, number] = [-Infinity, -Infinity];
  #exchangedAt = -Infinity;
  #ticks = { at: 0, n: 0 };

  constructor(id: string, around: Surroundings, clock: HostClock) {
    const { stage, engine, models } = around;
    this.id = id;
    this.bornAt = stage.now;
    this.#around = around;
    this.#clock = clock;
    const limits = Object.entries(models).flatMap(([model, { config }]) =>
      config === undefined ? [] : [[model, config] as const],
    );
    this.seat = new engine.Seat({
      id: 'google/ai-studio/shop',
      process: id,
      limits: Object.fromEntries(limits),
      windowMs: WINDOW_MS,
      resets: () => this.#nextResets(),
      maxRemembered: 50_000,
      firstWithinMs: 2_500,
    });
  }

  get now(): number {
    return this.#clock.at(this.#around.stage.now);
  }

  outlook(request: SlotRequest): Outlook {
    return this.seat.outlook(request, this.now, { sleeps: true });
  }

  join(request: SlotRequest, settle: Caller['settle']): void {
    const { generationId } = request;
    const settled: Caller['settle'] = (answer) => {
      this.waiting.delete(generationId);
      settle(answer);
    };
    const waiter = this.seat.join(request, this.seat.patienceMs(request.route.model), settled, this.now);
    if (waiter !== undefined) this.waiting.set(generationId, waiter);
    this.tick();
  }

  report(slotId: string, use: SlotUse): void {
    if (this.state === 'gone') return;
    this.seat.report(slotId, use, this.now);
    this.tick();
  }

  /** Does what is due, and sets one timer for what comes next. */
  tick(): void {
    this.#cancelTimer();
    if (this.state === 'gone') return;
    const { now } = this;
    this.seat.serve(now);
    if ((this.seat.exchangeAt(now) ?? Infinity) <= now) this.#exchange();
    const nextAt = this.seat.nextAt(now, true);
    if (nextAt === undefined) return;
    law('finite', Number.isFinite(nextAt), () => `${this.id}: nextAt is ${nextAt}`);
    const { stage } = this.#around;
    const ms = Math.min(Math.max(1, Math.ceil(nextAt - now)), LONGEST_TIMER_MS);
    const really = this.#clock.really(ms) + stage.random.between(0, TIMER_LATENESS_MS);
    this.#timer = stage.later(really, `${this.id}: tick`, () => {
      this.#isNoSpin();
      this.tick();
    });
  }

  /** kill −9. */
  kill(): void {
    this.#around.stage.note(`${this.id}: killed`);
    this.#end();
    for (const lost of this.onKilled) lost();
  }

  /** Nobody waits here any more; what is leased is returned. */
  leave(): void {
    const { seat } = this;
    if (seat.answer !== undefined && seat.exchangeAt(this.now) !== undefined) this.#exchange(true);
    this.#end();
  }

  #end(): void {
    this.state = 'gone';
    this.#cancelTimer();
  }

  #cancelTimer(): void {
    if (this.#timer !== undefined) this.#timer.isCancelled = true;
    this.#timer = undefined;
  }

  #exchange(leaving = false): void {
    const { network, governor, slots, stage } = this.#around;
    const { now } = this;
    law(
      'two exchanges a second',
      leaving || now - this.#exchangedAt >= CLOSEST_EXCHANGES_MS,
      () => `${this.id} exchanges again after ${now - this.#exchangedAt} ms`,
    );
    this.#exchangedAt = now;
    this.exchanges += 1;
    const request = this.seat.draft(now, leaving);
    if (request.requestId !== this.#drafted) slots.returned(this.id, request);
    this.#drafted = request.requestId;
    const answered = (told: string): void => {
      if (this.state === 'gone') return;
      const answer = JSON.parse(told) as ExchangeAnswer;
      slots.heard(this.id, answer);
      for (const { hold, scope } of this.seat.heard(answer, this.now)) {
        stage.later(1_000, `${this.id}: probe`, () =>
          this.seat.probed({ hold, scope, ok: true, why: 'answered' }),
        );
      }
      this.tick();
    };
    const failed = (why: string): void => {
      if (this.state === 'gone') return;
      this.seat.failed({ why, isCrowded: false }, this.now);
      this.tick();
    };
    network.ask(this.id, { message: JSON.stringify(request), answered, failed }, (message, reply, refuse) =>
      governor.receive(message, reply, refuse),
    );
  }

  /** The calendar is asked once a day. */
  #nextResets(): readonly [number, number] {
    const { now } = this;
    if (now >= this.#resets[0]) {
      const { msToPacificMidnight } = this.#around.engine;
      const first = now + msToPacificMidnight(now);
      this.#resets = [first, first + msToPacificMidnight(first)];
    }
    return this.#resets;
  }

  #isNoSpin(): void {
    const { now } = this.#around.stage;
    this.#ticks = now < this.#ticks.at + 100 ? { ...this.#ticks, n: this.#ticks.n + 1 } : { at: now, n: 1 };
    law('no spinning', this.#ticks.n <= MOST_TICKS, () => `${this.id} is awake all the time`);
  }
}
