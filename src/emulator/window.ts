/**
 * One quota dimension over time, in two forms that providers use: a sliding window (no more than the
 * limit in any window) and a refilling bucket (a full bucket, refilled evenly over the window).
 */
export interface Window {
  /** What would be over the limit if `amount` were taken now: nothing, or milliseconds until it fits. */
  waitFor(now: number, amount: number): number;
  take(now: number, amount: number): void;
  used(now: number): number;
}

export type WindowForm = 'sliding' | 'bucket';

class SlidingWindow implements Window {
  readonly #limit: number;
  readonly #lengthMs: number;
  #taken: { at: number; amount: number }[] = [];
  #sum = 0;

  constructor(limit: number, lengthMs: number) {
    this.#limit = limit;
    this.#lengthMs = lengthMs;
  }

  #forget(now: number): void {
    let gone = 0;
    for (const entry of this.#taken) {
      if (entry.at > now - this.#lengthMs) break;
      this.#sum -= entry.amount;
      gone += 1;
    }
    if (gone > 0) this.#taken.splice(0, gone);
  }

  waitFor(now: number, amount: number): number {
    this.#forget(now);
    let excess = this.#sum + amount - this.#limit;
    if (excess <= 0) return 0;
    for (const entry of this.#taken) {
      excess -= entry.amount;
      if (excess <= 0) return Math.max(1, entry.at + this.#lengthMs - now);
    }
    // One request above the whole limit never fits; say a window, as the provider does.
    return this.#lengthMs;
  }

  take(now: number, amount: number): void {
    this.#taken.push({ at: now, amount });
    this.#sum += amount;
  }

  used(now: number): number {
    this.#forget(now);
    return this.#sum;
  }
}

class Bucket implements Window {
  readonly #limit: number;
  readonly #perMs: number;
  readonly #lengthMs: number;
  #level: number;
  #at: number | undefined;

  constructor(limit: number, lengthMs: number) {
    this.#limit = limit;
    this.#lengthMs = lengthMs;
    this.#perMs = limit / lengthMs;
    this.#level = limit;
  }

  #refill(now: number): void {
    if (this.#at !== undefined)
      this.#level = Math.min(this.#limit, this.#level + (now - this.#at) * this.#perMs);
    this.#at = now;
  }

  waitFor(now: number, amount: number): number {
    this.#refill(now);
    // A millionth of slack: refilling in fractions must not refuse a call that is on time.
    const missing = amount - this.#level;
    if (missing <= 1e-6) return 0;
    return amount > this.#limit ? this.#lengthMs : Math.max(1, missing / this.#perMs);
  }

  take(now: number, amount: number): void {
    this.#refill(now);
    // Rejected calls may count too; the debt is bounded so that a storm ends within a window.
    this.#level = Math.max(-this.#limit, this.#level - amount);
  }

  used(now: number): number {
    this.#refill(now);
    return this.#limit - this.#level;
  }
}

export function createWindow(form: WindowForm, limit: number, lengthMs: number): Window {
  return form === 'sliding' ? new SlidingWindow(limit, lengthMs) : new Bucket(limit, lengthMs);
}
