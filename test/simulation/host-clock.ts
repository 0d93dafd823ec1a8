/** A host's clock: it is off by some seconds, and runs a little fast or slow. */
export class HostClock {
  readonly #startedAt: number;
  readonly #offsetMs: number;
  readonly #rate: number;

  /** @param drift Milliseconds gained in each. */
  constructor(startedAt: number, offsetMs: number, drift: number) {
    this.#startedAt = startedAt;
    this.#offsetMs = offsetMs;
    this.#rate = 1 + drift;
  }

  /** What it shows at the true time `at`, in whole milliseconds. */
  at(at: number): number {
    return Math.floor(this.#startedAt + this.#offsetMs + (at - this.#startedAt) * this.#rate);
  }

  /** How long it really takes until it has gone on by `ms`. */
  really(ms: number): number {
    return ms / this.#rate;
  }
}
