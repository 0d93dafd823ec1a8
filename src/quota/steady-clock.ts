/** Epoch milliseconds that never go back: while a clock that was set back catches up, windows still move. */
import type { BrokerClock } from './broker-options.ts';

export class SteadyClock {
  readonly #clock: Pick<BrokerClock, 'now'>;
  #wall = -Infinity;
  #setBackMs = 0;

  constructor(clock: Pick<BrokerClock, 'now'>) {
    this.#clock = clock;
  }

  now(): number {
    const wall = this.#clock.now();
    if (wall < this.#wall) this.#setBackMs += this.#wall - wall;
    this.#wall = wall;
    return wall + this.#setBackMs;
  }
}
