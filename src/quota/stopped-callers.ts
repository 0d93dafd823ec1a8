/** Who waits in a process for a slot, and which of them a stop keeps back while they wait. */
import type { Held, QuotaWait, Slot, SlotRequest } from './broker.ts';
import type { Turn } from './turn-queue.ts';

export interface Waiter extends Turn {
  /** When it joined the queue this time. */
  readonly since: number;
  /** It waits here no longer than this. */
  readonly until: number;
  readonly request: SlotRequest;
  readonly settle: (answer: Slot | QuotaWait | Held) => void;
}

export class StoppedCallers {
  /** Caller → when its stop is worth looking at again. */
  readonly #againAt = new Map<Waiter, number>();

  get size(): number {
    return this.#againAt.size;
  }

  add(waiter: Waiter, againAt: number): void {
    this.#againAt.set(waiter, againAt);
  }

  has(waiter: Waiter): boolean {
    return this.#againAt.has(waiter);
  }

  /** False where no stop kept it back. */
  delete(waiter: Waiter): boolean {
    return this.#againAt.delete(waiter);
  }

  /** A copy, in the order in which they were stopped: they may leave while it is walked. */
  all(): readonly Waiter[] {
    return [...this.#againAt.keys()];
  }

  /** Undefined where nobody is stopped. */
  nextAt(): number | undefined {
    return this.size === 0 ? undefined : Math.min(...this.#againAt.values());
  }
}
