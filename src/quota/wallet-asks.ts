/**
 * Who waits for money in a process, in order: calls that wait here now, and calls whose generations sleep
 * and will come back soon. Deterministic.
 */
import type { BudgetRequest } from '../contract/budget.ts';

export interface Ask {
  readonly key: string;
  readonly micros: number;
  readonly since: number;
  /** It waits here; else its generation sleeps. */
  readonly isPresent: boolean;
  /** When it comes back; for a present one, now. */
  readonly backAt: number;
  /** The last request that spoke of it. */
  readonly askedIn?: number;
}

/** Money for a sleeper is fetched this much before it comes back. */
const BEFORE_ITS_RETURN_MS = 5_000;
/** A durable timer may fire late; later than this, it does not come. */
const FORGET_MS = 30_000;
/** Different prices in one request; those behind come with the next. */
const MOST_PRICES = 32;

export class Asks {
  readonly #asks = new Map<string, Ask>();

  get size(): number {
    return this.#asks.size;
  }

  get(key: string): Ask | undefined {
    return this.#asks.get(key);
  }

  /** It waits here from now on, in its old place where it had one. */
  join(key: string, micros: number, now: number): void {
    const since = this.#asks.get(key)?.since ?? now;
    this.#asks.set(key, { key, micros, since, isPresent: true, backAt: now });
  }

  sleep(key: string, backAt: number): void {
    const ask = this.#asks.get(key);
    if (ask !== undefined) this.#asks.set(key, { ...ask, isPresent: false, backAt });
  }

  leave(key: string): void {
    this.#asks.delete(key);
  }

  forget(now: number): void {
    for (const { key, isPresent, backAt } of this.#asks.values()) {
      if (!isPresent && backAt + FORGET_MS < now) this.#asks.delete(key);
    }
  }

  /** The oldest one that waits here and that no request has spoken of. */
  unheard(): Ask | undefined {
    let oldest: Ask | undefined;
    for (const ask of this.#asks.values()) {
      if (!ask.isPresent || ask.askedIn !== undefined) continue;
      if (oldest === undefined || ask.since < oldest.since) oldest = ask;
    }
    return oldest;
  }

  /**
   * What an exchange is to ask for beyond an allowance, in order; marks those that it speaks of.
   * @returns The calls, and what of the allowance is left for others.
   */
  tell(seq: number, allowance: number, now: number): { calls: BudgetRequest['calls']; spare: number } {
    const calls: [number, number][] = [];
    let spare = allowance;
    const inOrder = [...this.#asks.values()].sort((a, b) => a.since - b.since);
    for (const ask of inOrder) {
      if (!ask.isPresent && ask.backAt > now + BEFORE_ITS_RETURN_MS) continue;
      if (ask.micros <= spare) spare -= ask.micros;
      else {
        const last = calls.at(-1);
        if (last?.[0] === ask.micros) last[1] += 1;
        else if (calls.length < MOST_PRICES) calls.push([ask.micros, 1]);
        else continue;
      }
      this.#asks.set(ask.key, { ...ask, askedIn: seq });
    }
    return { calls, spare };
  }
}
