/**
 * Calls that have ended and whose price nobody knows yet: their answer is still being stored and read. What
 * is not heard of again, because another process concludes it, is not waited for.
 */
const LONGEST_MS = 60_000;
const MOST = 10_000;

export class UnpricedCalls {
  /** By generation, which makes one call at a time: when it ended, oldest first. */
  readonly #ended = new Map<string, number>();

  ended(generationId: string, now: number): void {
    this.#ended.delete(generationId);
    this.#ended.set(generationId, now);
    if (this.#ended.size > MOST) this.#forget(Infinity, 1);
  }

  priced(generationId: string): void {
    this.#ended.delete(generationId);
  }

  count(now: number): number {
    this.#forget(now - LONGEST_MS, this.#ended.size);
    return this.#ended.size;
  }

  #forget(until: number, most: number): void {
    for (const [generationId, at] of [...this.#ended].slice(0, most)) {
      if (at > until) return;
      this.#ended.delete(generationId);
    }
  }
}
