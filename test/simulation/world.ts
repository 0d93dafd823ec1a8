/** A whole fleet in virtual time: made from a plan and a seed, run step by step, measured, held against its laws. */
import type { Entry } from './agenda.ts';
import { Agenda } from './agenda.ts';
import { law } from './broken.ts';
import type { Engine } from './engine.ts';
import type { Figures } from './figures.ts';
import { newFigures } from './figures.ts';
import { Fleet } from './fleet.ts';
import type { Generation } from './generation.ts';
import { GovernorHost } from './governor-host.ts';
import { HostClock } from './host-clock.ts';
import { Life } from './life.ts';
import { measureLoad, measured } from './measured.ts';
import { Network } from './network.ts';
import type { Crowd, ModelPlan, Scenario, TroublePlan } from './plan.ts';
import { HOUR, MINUTE, NO_TROUBLE, PLAIN_CROWD, QUIET_NETWORK, WINDOW_MS, loadMs, pace } from './plan.ts';
import { Provider } from './provider.ts';
import { QueueLaw } from './queue-law.ts';
import { Random } from './random.ts';
import { SlotLaw } from './slot-law.ts';
import type { Stage } from './stage.ts';
import { Trace } from './trace.ts';
import { WindowLaw } from './window-law.ts';

const DEFAULT_START = '2026-11-20T20:00:00Z';
const GOVERNOR_CLOCK_MS = 200;
/** Nobody waits for ever, whatever happened: so much longer than the limit needs, and so much at least. */
const ENDLESS = 2;
const ENDLESS_MS = 20 * MINUTE;
/** After the last one is served, a process has this long to fall silent, and then is silent. */
const SILENT_AFTER_MS = 2 * WINDOW_MS;
const SILENCE_MS = 5 * WINDOW_MS;

export class World implements Stage {
  readonly scenario: Scenario;
  readonly random: Random;
  readonly startedAt: number;
  readonly fleet: Fleet;
  readonly governor: GovernorHost;
  readonly windows: WindowLaw;
  readonly queue: QueueLaw;
  readonly life: Life;
  readonly generations: Generation[] = [];
  readonly figures: Figures = newFigures();
  readonly #agenda = new Agenda();
  readonly #trace: Trace;
  readonly #crowd: Crowd;
  readonly loadEndsAt: number;
  now: number;

  constructor(scenario: Scenario, seed: number, engine: Engine) {
    this.scenario = scenario;
    this.random = new Random(seed);
    this.startedAt = Date.parse(scenario.startsAt ?? DEFAULT_START);
    this.now = this.startedAt;
    this.loadEndsAt = this.startedAt + loadMs(scenario);
    this.#trace = new Trace(this.startedAt);
    this.#crowd = { ...PLAIN_CROWD, ...scenario.crowd };
    const slots = new SlotLaw();
    const { models } = scenario;
    const clock = new HostClock(this.now, this.random.between(-GOVERNOR_CLOCK_MS, GOVERNOR_CLOCK_MS), 0);
    const network = new Network(this, { ...QUIET_NETWORK, ...scenario.network });
    this.governor = new GovernorHost(this, engine, clock, slots);
    this.fleet = new Fleet(
      { stage: this, engine, governor: this.governor, network, slots, models },
      scenario.clocksMs,
    );
    this.windows = new WindowLaw(models);
    this.queue = new QueueLaw(scenario.expected?.order ?? Infinity, this.startedAt + WINDOW_MS);
    const provider = new Provider(scenario, this.random, this.startedAt);
    const { fleet, governor, windows, queue } = this;
    this.life = new Life({ stage: this, fleet, governor, network, provider, slots, windows, queue });
    this.note = this.note.bind(this);
  }

  later(ms: number, what: string, happen: () => void): Entry {
    return this.#agenda.add(this.now + Math.max(0, ms), what, happen);
  }

  note(what: string): void {
    this.#trace.add(this.now, what);
  }

  get lastEvents(): string {
    return this.#trace.toString();
  }

  /** Runs to its end; throws `Broken` where a law does not hold. */
  run(): Figures {
    for (let n = 0; n < this.scenario.processes; n += 1) this.fleet.join();
    this.#load();
    this.#trouble();
    this.#until(() => this.now >= this.loadEndsAt);
    measureLoad(this);
    const left = this.generations.length - this.life.served;
    if (this.scenario.mood?.leakedAfterMs === undefined) {
      this.#drain(left);
      this.#fallSilent();
    }
    return measured(this);
  }

  #drain(left: number): void {
    const needMs = this.#needMs();
    const { drain, slackMs = ENDLESS_MS } = this.scenario.expected ?? {};
    const allowed = drain === undefined ? needMs * ENDLESS + slackMs : needMs * drain + WINDOW_MS;
    const from = this.now;
    const isDone = (): boolean => this.life.served === this.generations.length;
    this.#until(() => isDone() || this.now > from + allowed);
    law(
      'nobody waits for ever',
      isDone(),
      () =>
        `${this.generations.length - this.life.served} of ${left} are not served ${Math.round(allowed / 1_000)} s after the load ended: ${this.generations.find(({ isOver }) => !isOver)?.id}`,
    );
    this.figures.drain = left === 0 ? Number.NaN : (this.now - from) / Math.max(needMs, WINDOW_MS);
  }

  /** What the slowest limit needs for all that are left. */
  #needMs(): number {
    return Math.max(
      ...Object.entries(this.scenario.models).map(([model, plan]) => {
        const left = this.generations.filter((each) => each.model === model && !each.isOver).length;
        return (left / pace(plan)) * WINDOW_MS;
      }),
    );
  }

  #fallSilent(): void {
    const from = this.now + SILENT_AFTER_MS;
    this.#until(() => this.now >= from);
    const before = this.fleet.all.map(({ exchanges }) => exchanges);
    this.#until(() => this.now >= from + SILENCE_MS);
    const talking = this.fleet.all.find(({ exchanges }, i) => exchanges > (before[i] ?? 0));
    law('none when idle', talking === undefined, () => `${talking?.id} exchanges though nobody waits`);
  }

  /** Steps until it is so; an empty agenda lets the time pass. */
  #until(isOver: () => boolean): void {
    while (!isOver()) {
      const next = this.#agenda.next();
      if (next === undefined) {
        this.now += WINDOW_MS;
        continue;
      }
      this.now = Math.max(this.now, next.at);
      this.figures.steps += 1;
      this.#trace.add(this.now, next.what);
      next.happen();
    }
  }

  #load(): void {
    let from = 0;
    for (const { forMs, times, burst = 1 } of this.scenario.load) {
      for (const [model, plan] of Object.entries(this.scenario.models)) {
        if (times === 0) continue;
        const apartMs = (WINDOW_MS * burst) / (times * pace(plan) * (plan.weight ?? 1));
        const arrive = (at: number, end: number): void => {
          if (at >= end) return;
          this.later(at - (this.now - this.startedAt), `${burst} of ${model} come`, () => {
            for (let n = 0; n < burst; n += 1) this.#bear(model, plan);
            arrive(at + this.random.exponential(apartMs), end);
          });
        };
        arrive(from + this.random.exponential(apartMs), from + forMs);
      }
      from += forMs;
    }
  }

  #bear(model: string, plan: ModelPlan): void {
    const [fewest, most] = plan.tokens ?? [100, 100];
    const generation: Generation = {
      id: `g${this.generations.length + 1}`,
      model,
      tokens: this.random.whole(fewest, most),
      tier: this.random.pick(this.#crowd.tiers) ?? 'standard',
      urgency: this.random.pick(this.#crowd.urgencies) ?? 'standard',
      tenant: this.random.pick(this.#crowd.tenants) ?? 'shop',
      bornAt: this.now,
      startedAt: this.governor.clock.at(this.now),
      place: 'waiting',
      wakes: 0,
      failures: 0,
      isOver: false,
    };
    const { alive } = this.fleet;
    if (this.#crowd.loyal) generation.home = alive[this.generations.length % alive.length]?.id ?? '';
    this.generations.push(generation);
    this.queue.born(generation);
    this.life.ask(generation);
  }

  #trouble(): void {
    const plan: TroublePlan = { ...NO_TROUBLE, ...this.scenario.trouble };
    const happen: Readonly<Record<keyof TroublePlan, () => void>> = {
      joins: () => this.fleet.join(),
      leaves: () => this.fleet.leave((id) => this.#again(id)),
      kills: () => this.fleet.kill(),
      outages: () => this.governor.outage(this.random.between(1_000, 60_000)),
      takeovers: () => this.governor.takeover(),
      losses: () => this.governor.lose(),
    };
    for (const [what, perHour] of Object.entries(plan) as [keyof TroublePlan, number][]) {
      if (perHour === 0) continue;
      const next = (): void => {
        const ms = this.random.exponential(HOUR / perHour);
        if (this.now + ms > this.loadEndsAt) return;
        this.later(ms, what, () => {
          happen[what]();
          next();
        });
      };
      next();
    }
  }

  /** Its process leaves: Temporal runs the activity at another one. */
  #again(id: string): void {
    const generation = this.generations[Number(id.slice(1)) - 1] as Generation;
    generation.place = 'aside';
    this.later(this.random.between(500, 1_500), `${id}: elsewhere`, () => this.life.ask(generation));
  }
}
