/** A clock that stands still until it is advanced; timers run in order, promises between them. */
import type { BrokerClock } from '../../src/quota/broker-options.ts';

interface Timer {
  readonly id: number;
  readonly at: number;
  readonly callback: () => void;
}

export class FakeClock implements BrokerClock {
  #now: number;
  #setBy = 0;
  #ids = 0;
  readonly #timers = new Map<number, Timer>();

  constructor(now = Date.UTC(2026, 10, 20, 20)) {
    this.#now = now;
  }

  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now + this.#setBy;
  }

  setTimeout(callback: () => void, ms: number): unknown {
    const id = ++this.#ids;
    this.#timers.set(id, { id, at: this.#now + Math.max(0, ms), callback });
    return id;
  }

  clearTimeout(id: unknown): void {
    this.#timers.delete(id as number);
  }

  /** Sets the hands, as an administrator or NTP does; timers run on as they would have. */
  set(byMs: number): void {
    this.#setBy += byMs;
  }

  /** Time as it really passes. */
  get elapsed(): number {
    return this.#now;
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next.id);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await settled();
    }
    this.#now = Math.max(this.#now, end);
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers.values()) {
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  }
}

export async function settled(): Promise<void> {
  for (let i = 0; i < 4; i++) await Promise.resolve();
}
