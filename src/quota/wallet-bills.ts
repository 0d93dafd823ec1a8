/**
 * Bills of a purse: those that the budget has not heard of, and the keys of those that it has, so that a
 * second run of a call is not booked twice. Deterministic.
 */
import type { Settlement } from '../contract/budget.ts';

type Told = 'awaited' | 'possible' | 'closed';

/** Who knows better. */
const RANK: Readonly<Record<Told, number>> = { awaited: 0, possible: 1, closed: 2 };

/** Keys that are remembered here; the budget remembers them too. */
const MOST_KEYS = 2_000;

export class BillBook {
  readonly #keys = new Map<string, Told>();
  #unheard: Settlement[] = [];
  #dueAt = Infinity;

  /** When bills that no request has told are to be told. Infinity: there is none. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /**
   * @param isOwn The call was reserved here: one that came to nothing need not be told.
   * @param dueAt When it is to be told at the latest.
   * @returns Whether it is to be told.
   */
  add(bill: Settlement, isOwn: boolean, dueAt: number): boolean {
    const { key, sureMicros, possibleMicros, awaitedMicros = 0 } = bill;
    const known = this.#keys.get(key);
    const told: Told = awaitedMicros > 0 ? 'awaited' : possibleMicros > 0 ? 'possible' : 'closed';
    if (known !== undefined && RANK[told] <= RANK[known]) return false;
    this.#keys.set(key, told);
    if (this.#keys.size > MOST_KEYS) this.#keys.delete(this.#keys.keys().next().value as string);
    if (known === undefined && isOwn && sureMicros + possibleMicros + awaitedMicros === 0) return false;
    this.#unheard.push(bill);
    this.#dueAt = Math.min(this.#dueAt, dueAt);
    return true;
  }

  /** What the next request tells. */
  take(): readonly Settlement[] {
    const taken = this.#unheard;
    this.#unheard = [];
    this.#dueAt = Infinity;
    return taken;
  }
}
