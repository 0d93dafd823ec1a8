/**
 * What governors and budgets are told of a worker's webhooks: with the first exchange, and again every few
 * minutes, for one that lost its state. With each exchange it would be most of what their histories hold.
 */
import type { NotifyTerms } from '../contract/notification.ts';

const AGAIN_MS = 5 * 60_000;

export class ToldTerms {
  readonly #terms: NotifyTerms | undefined;
  readonly #now: () => number;
  readonly #toldAt = new Map<string, number>();

  constructor(terms: NotifyTerms | undefined, now: () => number = Date.now) {
    this.#terms = terms;
    this.#now = now;
  }

  /** Exchanges with `entity` by `exchange`, which is given what has to be told now, if anything. */
  async during<T>(
    entity: string,
    exchange: (more: { readonly notify?: NotifyTerms }) => Promise<T>,
  ): Promise<T> {
    const notify = this.#terms;
    const now = this.#now();
    const isDue = now - (this.#toldAt.get(entity) ?? -Infinity) >= AGAIN_MS;
    if (notify === undefined || !isDue) return await exchange({});
    const answer = await exchange({ notify });
    this.#toldAt.set(entity, now);
    return answer;
  }
}
