/**
 * At most so many deliveries to a webhook at a time from one process, so that one that hangs does not take
 * the places of the worker's paid calls. Who finds no place comes again, by Temporal's retry.
 */
const MOST_AT_A_TIME = 8;

export class Gate {
  readonly #inside = new Map<string, number>();

  /** Undefined where there is no place. */
  async through<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
    const inside = this.#inside.get(name) ?? 0;
    if (inside >= MOST_AT_A_TIME) return undefined;
    this.#inside.set(name, inside + 1);
    try {
      return await work();
    } finally {
      this.#inside.set(name, (this.#inside.get(name) ?? 1) - 1);
    }
  }
}
