/** Time that runs as fast as it can: timers in order, promises between them. */
import type { WalletClock } from '../../src/quota/wallet-clock.ts';

interface Timer {
  readonly at: number;
  readonly id: number;
  readonly callback: () => void;
}

export class VirtualTime {
  readonly #start: number;
  readonly #timers = new Map<number, Timer>();
  #now = 0;
  #ids = 0;

  /** @param start Epoch milliseconds. */
  constructor(start = Date.UTC(2026, 10, 26, 9)) {
    this.#start = start;
  }

  get now(): number {
    return this.#now;
  }

  get wall(): number {
    return this.#start + this.#now;
  }

  get pending(): number {
    return this.#timers.size;
  }

  setTimeout(callback: () => void, ms: number): number {
    const id = ++this.#ids;
    this.#timers.set(id, { at: this.#now + Math.max(0, ms), id, callback });
    return id;
  }

  clearTimeout(id: unknown): void {
    this.#timers.delete(id as number);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.setTimeout(resolve, ms));
  }

  /** A process's clocks; when it dies its timers die with it. */
  clock(skewMs = 0): WalletClock & { die(): void } {
    const own = new Set<unknown>();
    let dead = false;
    return {
      mono: () => this.#now,
      wall: () => this.wall + skewMs,
      setTimeout: (callback, ms) => {
        if (dead) return 0;
        const id = this.setTimeout(() => {
          own.delete(id);
          callback();
        }, ms);
        own.add(id);
        return id;
      },
      clearTimeout: (id) => {
        own.delete(id);
        this.clearTimeout(id);
      },
      die: () => {
        dead = true;
        for (const id of own) this.clearTimeout(id);
      },
    };
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await quiet();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next.id);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await quiet();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers.values()) {
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  }
}

/** All promises that are ready, and what follows from them. */
export async function quiet(): Promise<void> {
  for (let i = 0; i < 30; i += 1) await Promise.resolve();
}
