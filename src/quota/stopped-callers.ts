/** Who waits in this process for a slot while a stop keeps it back. */
import type { Caller } from './caller.ts';

export class StoppedCallers {
  /** Caller → when its stop is worth looking at again. */
  readonly #againAt = new Map<Caller, number>();

  get size(): number {
    return this.#againAt.size;
  }

  add(caller: Caller, againAt: number): void {
    this.#againAt.set(caller, againAt);
  }

  has(caller: Caller): boolean {
    return this.#againAt.has(caller);
  }

  /** False where no stop kept it back. */
  delete(caller: Caller): boolean {
    return this.#againAt.delete(caller);
  }

  /** A copy, in the order in which they were stopped: they may leave while it is walked. */
  all(): readonly Caller[] {
    return [...this.#againAt.keys()];
  }

  /** Undefined where nobody is stopped. */
  nextAt(): number | undefined {
    return this.size === 0 ? undefined : Math.min(...this.#againAt.values());
  }
}
