/** The part of the plugin's options that batch lanes are about. */
import type { LaneLimits } from '../contract/lane.ts';
import { DEFAULT_LANE_LIMITS } from '../contract/lane.ts';

export interface BatchOptions {
  /**
   * When a batch lane sends what it collected: at so many `items`, `bytes`, or once the first one is `ageMs` old.
   * Requests of urgency `batch` go there at once, at the price of batches, where they allow `batch`, the model takes
   * it and its route is an AI Studio key; others once the day's quota is gone. `false`: nothing is sent as a batch.
   *
   * @default { items: 100, bytes: 209715200, ageMs: 600000 }
   */
  readonly batch?: false | Partial<LaneLimits>;
}

/** A list of more has no room in history; a file of more is not taken. */
const MOST: LaneLimits = { items: 1_000, bytes: 2_000_000_000, ageMs: 24 * 3_600_000 };

/** Throws a TypeError that names the option and the cure. */
export function laneOf({ batch }: BatchOptions): { readonly lane?: LaneLimits } {
  if (batch === false) return {};
  const lane = { ...DEFAULT_LANE_LIMITS, ...batch };
  for (const field of ['items', 'bytes', 'ageMs'] as const) {
    const value = lane[field];
    if (!Number.isInteger(value) || value < 1 || value > MOST[field]) {
      throw new TypeError(`batch.${field} is ${String(value)}: give a whole number from 1 to ${MOST[field]}`);
    }
  }
  return { lane };
}
