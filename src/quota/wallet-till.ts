/**
 * The money in a purse: an allowance that calls are reserved from, and what is reserved for calls under
 * way. An allowance is usable until a time of this process's own clock and never beyond its periods; later
 * it is as good as returned (B5). Deterministic.
 */
import type { BudgetHold, BudgetStamp } from '../contract/budget.ts';

export interface Reserved {
  readonly key: string;
  readonly micros: number;
  readonly stamp: BudgetStamp;
  /** Neither settled nor released by then: booked as possible. */
  readonly overdueAt: number;
}

export class Till {
  readonly #reserved = new Map<string, Reserved>();
  #allowance = 0;
  #stamp: BudgetStamp = {};
  #usableUntil = -Infinity;

  get isEmpty(): boolean {
    return this.#allowance === 0 && this.#reserved.size === 0;
  }

  /** What may be reserved now, in millionths. */
  usable(now: number): number {
    return now < this.#usableUntil ? this.#allowance : 0;
  }

  get allowance(): number {
    return this.#allowance;
  }

  /** For calls under way. */
  get reserved(): number {
    let sum = 0;
    for (const { micros } of this.#reserved.values()) sum += micros;
    return sum;
  }

  /** When the first reservation is overdue. Infinity: there is none. */
  get overdueAt(): number {
    let first = Infinity;
    for (const { overdueAt } of this.#reserved.values()) first = Math.min(first, overdueAt);
    return first;
  }

  /** @returns Whether there was enough. */
  take(id: string, call: Omit<Reserved, 'stamp'>, now: number): boolean {
    if (call.micros > this.usable(now)) return false;
    this.#allowance -= call.micros;
    this.#reserved.set(id, { ...call, stamp: this.#stamp });
    return true;
  }

  release(id: string, now: number): void {
    const reserved = this.#reserved.get(id);
    if (reserved === undefined) return;
    this.#reserved.delete(id);
    this.#giveBack(reserved, reserved.micros, now);
  }

  /** The call of this key cost so much. @returns Its reservation, where there was one. */
  spend(key: string, micros: number, now: number): Reserved | undefined {
    for (const [id, reserved] of this.#reserved) {
      if (reserved.key !== key) continue;
      this.#reserved.delete(id);
      this.#giveBack(reserved, reserved.micros - micros, now);
      return reserved;
    }
    return undefined;
  }

  overdue(now: number): readonly Reserved[] {
    return [...this.#reserved.values()].filter(({ overdueAt }) => overdueAt <= now);
  }

  /** A grant came: what is left of the same periods stays usable with it. */
  fill(micros: number, stamp: BudgetStamp, usableUntil: number, now: number): void {
    const kept = sameStamp(this.#stamp, stamp) ? this.usable(now) : 0;
    this.#allowance = kept + micros;
    this.#stamp = stamp;
    this.#usableUntil = usableUntil;
  }

  /** Gives up what may not be used any more, or everything that no call has taken. */
  giveUp(what: 'stale' | 'all', now: number): void {
    this.#allowance = what === 'all' ? 0 : this.usable(now);
  }

  /** All that is held, by its periods. */
  holds(): readonly BudgetHold[] {
    const holds = new Map<string, BudgetHold>();
    const add = (stamp: BudgetStamp, micros: number): void => {
      const key = stampKey(stamp);
      holds.set(key, { stamp, micros: (holds.get(key)?.micros ?? 0) + micros });
    };
    if (this.#allowance > 0) add(this.#stamp, this.#allowance);
    for (const { stamp, micros } of this.#reserved.values()) add(stamp, micros);
    return [...holds.values()];
  }

  /** Negative where a call cost more than its worst price: then the allowance pays, as far as it goes. */
  #giveBack({ stamp }: Reserved, micros: number, now: number): void {
    if (now >= this.#usableUntil || !sameStamp(stamp, this.#stamp)) return;
    this.#allowance = Math.max(0, this.#allowance + micros);
  }
}

function stampKey({ day = 0, month = 0 }: BudgetStamp): string {
  return `${day} ${month}`;
}

function sameStamp(a: BudgetStamp, b: BudgetStamp): boolean {
  return stampKey(a) === stampKey(b);
}
