/** Even pacing of one process: first come, first served, `everyMs` apart, whatever the others do. */
import { setTimeout as sleep } from 'node:timers/promises';

export class Pacer {
  readonly #everyMs: number;
  #last: Promise<unknown> = Promise.resolve();
  #nextAt = 0;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** Resolves when it is the caller's turn. */
  turn(): Promise<void> {
    const turn = this.#last.then(async () => {
      const ms = this.#nextAt - performance.now();
      if (ms > 0) await sleep(ms);
      this.#nextAt = Math.max(this.#nextAt, performance.now()) + this.#everyMs;
    });
    this.#last = turn;
    return turn;
  }
}
