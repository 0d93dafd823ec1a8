/** The last things that happened, for whoever looks into a broken law. */
const KEPT = 20;

export class Trace {
  readonly #startedAt: number;
  readonly #lines: string[] = [];
  #next = 0;

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  add(at: number, what: string): void {
    this.#lines[this.#next % KEPT] = `${((at - this.#startedAt) / 1_000).toFixed(3).padStart(11)} s  ${what}`;
    this.#next += 1;
  }

  /** Oldest first. */
  toString(): string {
    const from = this.#next % KEPT;
    return [...this.#lines.slice(from), ...this.#lines.slice(0, from)].join('\n');
  }
}
