/**
 * How often a purse may speak with its budget's entity, and how fast money goes. Deterministic: times are
 * milliseconds of a clock that never goes back.
 */
export interface Pace {
  /** Never two exchanges closer than this. */
  readonly gapMs: number;
  /** One exchange each so many milliseconds on average, over any longer time. */
  readonly everyMs: number;
  /** So many may come at once after a rest. */
  readonly burst: number;
  /** Others that come this soon share one exchange. */
  readonly gatherMs: number;
  /** What was settled is told after so long at the latest. */
  readonly reportMs: number;
}

/** ≤ 2/s as a peak, ≤ 0.2/s on average (design section 8). */
export const FLEET_PACE: Pace = { gapMs: 500, everyMs: 5_000, burst: 5, gatherMs: 20, reportMs: 10_000 };

/** The budget is in the same process: an exchange costs nothing. */
export const LOCAL_PACE: Pace = { gapMs: 0, everyMs: 0, burst: 1, gatherMs: 0, reportMs: 0 };

export class ExchangeMeter {
  readonly #pace: Pace;
  #tokens: number;
  #at = -Infinity;
  #lastAt = -Infinity;

  constructor(pace: Pace) {
    this.#pace = pace;
    this.#tokens = pace.burst;
  }

  /** When the next exchange may be made. */
  freeAt(now: number): number {
    const { gapMs, everyMs } = this.#pace;
    const tokens = this.#tokensAt(now);
    const refilled = tokens >= 1 ? now : now + (1 - tokens) * everyMs;
    return Math.max(refilled, this.#lastAt + gapMs);
  }

  spend(now: number): void {
    this.#tokens = this.#tokensAt(now) - 1;
    this.#at = now;
    this.#lastAt = now;
  }

  #tokensAt(now: number): number {
    const { everyMs, burst } = this.#pace;
    if (everyMs === 0 || this.#at === -Infinity) return burst;
    // A hair's breadth of tolerance: a timer set for the moment of the refill must find it.
    return Math.min(burst, this.#tokens + (now - this.#at) / everyMs + 1e-6);
  }
}

/** Remembers about so much of the past. */
const MEMORY_MS = 20_000;

/** What calls have asked for lately, as millionths of a USD per millisecond. */
export class SpendRate {
  #sum = 0;
  #at = 0;

  add(micros: number, now: number): void {
    this.#sum = this.#sumAt(now) + micros;
    this.#at = now;
  }

  perMs(now: number): number {
    return this.#sumAt(now) / MEMORY_MS;
  }

  #sumAt(now: number): number {
    return this.#sum * Math.exp(-Math.max(0, now - this.#at) / MEMORY_MS);
  }
}
