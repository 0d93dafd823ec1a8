/** The lanes of a seat, one for each model that is called through it. */
import type { ModelLimits } from '../contract/exchange.ts';
import { SeatLane } from './seat-lane.ts';
import type { Turn } from './turn-queue.ts';

const MOST = 200;

export interface SeatLaneSettings {
  /** Known limits, by model id. */
  readonly limits: Readonly<Record<string, ModelLimits>>;
  readonly windowMs: number;
  readonly maxRemembered: number;
}

export class SeatLanes<T extends Turn> {
  readonly #settings: SeatLaneSettings;
  readonly #lanes = new Map<string, SeatLane<T>>();
  #live: Readonly<Record<string, ModelLimits>> = {};

  constructor(settings: SeatLaneSettings) {
    this.#settings = settings;
  }

  find(model: string): SeatLane<T> | undefined {
    return this.#lanes.get(model);
  }

  /** The lane of this model, made where there is none. */
  of(model: string, now: number): SeatLane<T> {
    const existing = this.#lanes.get(model);
    if (existing !== undefined) return existing;
    const { limits, windowMs, maxRemembered } = this.#settings;
    const lane = new SeatLane<T>(model, { config: limits[model], windowMs, maxRemembered }, now);
    lane.live = this.#live[model];
    this.#lanes.set(model, lane);
    return lane;
  }

  /** A copy, in the order in which they were made. */
  all(): readonly SeatLane<T>[] {
    return [...this.#lanes.values()];
  }

  /** What the provider publishes, by model id. */
  live(limits: Readonly<Record<string, ModelLimits>>): void {
    this.#live = limits;
    for (const lane of this.#lanes.values()) lane.live = limits[lane.model];
  }

  /** Where there are too many, those that nobody uses are made anew when they are. */
  forgetIdle(isInUse: (lane: SeatLane<T>) => boolean): void {
    if (this.#lanes.size <= MOST) return;
    for (const [model, lane] of this.#lanes) {
      if (lane.isIdle && !isInUse(lane)) this.#lanes.delete(model);
    }
  }
}
