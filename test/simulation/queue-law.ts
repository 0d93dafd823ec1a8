/**
 * Order: who came more than a lease and a tolerance for clocks later, with the same urgency and of the same
 * tenant, is not served before. Those that a crash or a provider's answer threw back are left out.
 */
import { law } from './broken.ts';

export interface Placed {
  readonly id: string;
  readonly model: string;
  readonly tenant: string;
  readonly urgency: string;
  readonly bornAt: number;
  /** `aside`: something happened to it that is no matter of order. */
  place: 'waiting' | 'served' | 'aside';
}

export class QueueLaw {
  readonly #toleranceMs: number;
  readonly #from: number;
  /** By birth. */
  readonly #lines = new Map<string, { readonly line: Placed[]; first: number }>();
  worstMs = 0;

  /** @param from Not held against anybody before: a fleet that has just begun is still trying its key. */
  constructor(toleranceMs: number, from: number) {
    this.#toleranceMs = toleranceMs;
    this.#from = from;
  }

  born(generation: Placed): void {
    this.#lineOf(generation).line.push(generation);
  }

  served(generation: Placed, now: number): void {
    if (generation.place !== 'waiting') return;
    generation.place = 'served';
    const queue = this.#lineOf(generation);
    const { line } = queue;
    while (queue.first < line.length && (line[queue.first] as Placed).place !== 'waiting') queue.first += 1;
    const oldest = line[queue.first];
    if (oldest === undefined || now < this.#from) return;
    const byMs = generation.bornAt - oldest.bornAt;
    this.worstMs = Math.max(this.worstMs, byMs);
    law(
      'order',
      byMs <= this.#toleranceMs,
      () => `${generation.id} came ${Math.round(byMs)} ms after ${oldest.id} and is served before`,
    );
  }

  #lineOf({ model, urgency, tenant }: Placed): { readonly line: Placed[]; first: number } {
    const key = `${model} ${urgency} ${tenant}`;
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const queue = { line: [], first: 0 };
    this.#lines.set(key, queue);
    return queue;
  }
}
