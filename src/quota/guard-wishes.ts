/** How often the same is asked for: a thousand generations that wait for one trial ask once. */
const MOST = 200;

export class GuardWishes {
  readonly #askedAt = new Map<string, number>();

  /** Whether it was not asked for within `everyMs`; it counts as asked from now on. */
  isNew(what: string, everyMs: number, now: number): boolean {
    const at = this.#askedAt.get(what);
    if (at !== undefined && now - at < everyMs) return false;
    this.#askedAt.delete(what);
    this.#askedAt.set(what, now);
    if (this.#askedAt.size > MOST) {
      const [oldest] = this.#askedAt.keys();
      if (oldest !== undefined) this.#askedAt.delete(oldest);
    }
    return true;
  }

  /** Something has changed: everything may be asked for anew. */
  clear(): void {
    this.#askedAt.clear();
  }
}
