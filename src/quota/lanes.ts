/**
 * The lanes of all accounts by account + model id, and which ids turned out to be one quota. The
 * number of lanes is bounded: idle ones that know nothing are forgotten first.
 */
import type { QuotaViolation } from '../domain/classification.ts';
import type { Route } from '../domain/path.ts';
import { quotaId } from '../domain/path.ts';
import { URGENCIES } from './broker.ts';
import type { BrokerSettings } from './broker-options.ts';
import { Lane } from './lane.ts';
import { configured } from '../governor/limits.ts';
import type { Turn } from './turn-queue.ts';
import { TurnQueue } from './turn-queue.ts';

const MAX_LANES = 1_000;

export interface QueuedLane<T extends Turn> {
  readonly lane: Lane;
  readonly queue: TurnQueue<T>;
  /** Set while somebody waits for the lane's next slot. */
  timer?: unknown;
  /** When to look for expired sleepers next. */
  expireAt: number;
}

function bareModel(id: string): string {
  return id.replace(/^.*models\//, '');
}

function keyOf(route: Route, model: string): string {
  return `${quotaId(route.account)}/${model}`;
}

export class Lanes<T extends Turn> {
  readonly #settings: BrokerSettings;
  readonly #configuredAt: number;
  /** Two ids of one quota share a value. */
  readonly #byKey = new Map<string, QueuedLane<T>>();

  constructor(settings: BrokerSettings) {
    this.#settings = settings;
    this.#configuredAt = settings.clock.now();
  }

  find(route: Route): QueuedLane<T> | undefined {
    return this.#byKey.get(keyOf(route, route.model));
  }

  of(route: Route, now: number): QueuedLane<T> {
    const existing = this.find(route);
    if (existing !== undefined) return existing;
    if (this.#byKey.size >= MAX_LANES) this.#forgetIdle(now);
    const settings = this.#settings;
    const msToReset = (afterMs: number): number => {
      const ms = settings.dayReset(settings.clock.now() + afterMs);
      return ms > 0 ? ms : 1;
    };
    const created: QueuedLane<T> = {
      lane: new Lane(
        route.model,
        configured(settings.limits[route.model] ?? {}, this.#configuredAt),
        { ...settings, msToReset },
        now,
      ),
      queue: new TurnQueue<T>(URGENCIES.length, settings.maxRemembered),
      expireAt: now,
    };
    this.#byKey.set(keyOf(route, route.model), created);
    return created;
  }

  all(): readonly QueuedLane<T>[] {
    return [...new Set(this.#byKey.values())];
  }

  /**
   * A 429 names the model that the provider counts under, which may be another one than was asked:
   * both ids are one quota from then on. Violations of further models teach those. Returns the
   * violations that concern the asked route's own lane.
   */
  sortOut(route: Route, violations: readonly QuotaViolation[], now: number): readonly QuotaViolation[] {
    const named = violations.find(({ model }) => model !== undefined)?.model;
    if (named !== undefined) this.#alias(route, bareModel(named), now);
    const { lane } = this.of(route, now);
    const own: QuotaViolation[] = [];
    for (const violation of violations) {
      const model = violation.model === undefined ? route.model : bareModel(violation.model);
      if (lane.models.includes(model)) own.push(violation);
      else this.of({ ...route, model }, now).lane.hear(violation, now);
    }
    return own;
  }

  #alias(route: Route, model: string, now: number): void {
    const asked = this.of(route, now);
    if (asked.lane.models.includes(model)) return;
    const key = keyOf(route, model);
    const counted = this.#byKey.get(key);
    if (counted === undefined) {
      asked.lane.addModel(model, configured(this.#settings.limits[model] ?? {}, this.#configuredAt));
      this.#byKey.set(key, asked);
      return;
    }
    this.#settings.clock.clearTimeout(asked.timer);
    asked.timer = undefined;
    counted.lane.absorb(asked.lane, now);
    counted.queue.adopt(asked.queue);
    for (const [askedKey, entry] of this.#byKey) if (entry === asked) this.#byKey.set(askedKey, counted);
  }

  #forgetIdle(now: number): void {
    for (const [key, { lane, queue }] of this.#byKey) {
      if (queue.present + queue.away === 0 && lane.isForgettable(now)) this.#byKey.delete(key);
    }
  }
}
