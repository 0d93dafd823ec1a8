/** Virtual time: hours of timers in seconds, in the order they would fire. */
import { setImmediate } from 'node:timers/promises';
import type { BrokerClock } from '../../src/quota/broker-options.ts';

interface Timer {
  readonly at: number;
  readonly n: number;
  readonly fire: () => void;
  cancelled: boolean;
}

export class VirtualClock {
  /** Milliseconds. */
  now: number;
  #n = 0;
  /** A binary heap: the earliest is first. */
  readonly #timers: Timer[] = [];

  constructor(startAt: number) {
    this.now = startAt;
  }

  /** @param ms From now. */
  after(ms: number, fire: () => void): Timer {
    const timer = { at: this.now + Math.max(0, ms), n: (this.#n += 1), fire, cancelled: false };
    this.#push(timer);
    return timer;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** The clock of a host that is set `offsetMs` apart. */
  of(offsetMs: number): BrokerClock {
    return {
      now: () => this.now + offsetMs,
      setTimeout: (callback, ms) => this.after(ms, callback),
      clearTimeout: (timer) => {
        if (timer !== undefined) (timer as Timer).cancelled = true;
      },
    };
  }

  /** Runs until `endAt`; promises that a timer settles are followed before the next one fires. */
  async run(endAt: number): Promise<void> {
    for (let timer = this.#pop(); timer !== undefined && timer.at <= endAt; timer = this.#pop()) {
      if (timer.cancelled) continue;
      this.now = timer.at;
      timer.fire();
      await setImmediate();
    }
  }

  #push(timer: Timer): void {
    const heap = this.#timers;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(timer, heap[parent] as Timer)) break;
      heap[at] = heap[parent] as Timer;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): Timer | undefined {
    const heap = this.#timers;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Timer, heap[child] as Timer)) child += 1;
      if (!isBefore(heap[child] as Timer, last)) break;
      heap[at] = heap[child] as Timer;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at === b.at ? a.n < b.n : a.at < b.at;
}
