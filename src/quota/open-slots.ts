/**
 * Slots that were handed out and not reported yet. Bounded, because a caller may die without a report: beyond the bound
 * the oldest is forgotten. Its place in the windows stands; only what its call could teach is lost.
 */
const MOST = 100_000;

export class OpenSlots<T> {
  readonly #slots = new Map<string, T>();

  get size(): number {
    return this.#slots.size;
  }

  open(id: string, slot: T): void {
    this.#slots.set(id, slot);
    if (this.#slots.size <= MOST) return;
    const [oldest] = this.#slots.keys();
    if (oldest !== undefined) this.#slots.delete(oldest);
  }

  /** Undefined for one that was closed before, was forgotten, or never was. */
  close(id: string): T | undefined {
    const slot = this.#slots.get(id);
    this.#slots.delete(id);
    return slot;
  }

  some(test: (slot: T) => boolean): boolean {
    return [...this.#slots.values()].some(test);
  }
}
