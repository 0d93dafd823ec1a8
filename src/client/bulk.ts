/**
 * Thousands of generations by one call: at most so many in flight, the next line read only when there is
 * room, each told as it ends. Nothing is kept of a line that has ended but its numbers.
 */
import type { Cost } from '../domain/attempt.ts';
import type { BulkItem, BulkLine, BulkOptions, BulkProgress } from './bulk-item.ts';
import { checkOptions, variantKey } from './bulk-item.ts';
import type { BulkMeans } from './bulk-one.ts';
import { runOne } from './bulk-one.ts';
import type { ClientMeans } from './means.ts';

const DEFAULT_IN_FLIGHT = 50;

export type BulkSource<L extends BulkLine> = Iterable<L> | AsyncIterable<L>;

type Tally = { -readonly [K in 'lines' | 'delivered' | 'failed' | 'invalid' | 'notStarted']: number };

/** Read it once, with `for await`: reading is what drives it. A reader that leaves leaves its generations running. */
export class Bulk<L extends BulkLine = BulkLine> implements AsyncIterable<BulkItem<L>> {
  readonly #means: BulkMeans;
  readonly #options: BulkOptions;
  readonly #source: BulkSource<L>;
  readonly #over = new AbortController();
  readonly #tally: Tally = { lines: 0, delivered: 0, failed: 0, invalid: 0, notStarted: 0 };
  #cost: Cost = { sureUsd: 0, possibleUsd: 0 };
  #inFlight = 0;
  #away: string | undefined;

  /** Throws {@link InvalidRequest} that names the option. */
  constructor(means: ClientMeans, source: BulkSource<L>, options: BulkOptions) {
    checkOptions(options);
    this.#source = source;
    this.#options = options;
    this.#means = {
      ...means,
      id: options.id,
      signal: this.#over.signal,
      onAway: (why) => (this.#away = why),
      isClosed: () => this.#isSpent(),
    };
  }

  get progress(): BulkProgress {
    const away = this.#away;
    return {
      ...this.#tally,
      inFlight: this.#inFlight,
      cost: this.#cost,
      ...(away === undefined ? {} : { away }),
    };
  }

  /** Throws what the source throws, and what concerns the whole bulk, such as a namespace that does not exist. */
  async *[Symbol.asyncIterator](): AsyncGenerator<BulkItem<L>, void, undefined> {
    const { signal, inFlight: most = DEFAULT_IN_FLIGHT, variants = 1, skips } = this.#options;
    const ended: BulkItem<L>[] = [];
    const source = iteratorOf(this.#source);
    let pending: { readonly line: L; next: number } | undefined;
    let reading = false;
    let exhausted = false;
    let broken: { readonly error: unknown } | undefined;
    let wake = (): void => undefined;
    const isOver = (): boolean => exhausted || broken !== undefined || this.#over.signal.aborted;
    const abort = (): void => {
      this.#over.abort();
      wake();
    };
    const settle = (work: Promise<void>, then: () => void): void => {
      void work
        .catch((error: unknown) => (broken ??= { error }))
        .finally(() => {
          then();
          wake();
        });
    };
    const read = (): void => {
      reading = true;
      const next = async (): Promise<void> => {
        const read = await source.next();
        if (read.done === true) exhausted = true;
        else {
          this.#tally.lines += 1;
          pending = { line: read.value, next: 1 };
        }
      };
      settle(next(), () => (reading = false));
    };
    const begin = (line: L, variant: number): void => {
      this.#inFlight += 1;
      const run = async (): Promise<void> => {
        const item = {
          key: variantKey(line.key, variant),
          line,
          ...(await runOne(this.#means, line, variant)),
        };
        this.#count(item);
        ended.push(item);
      };
      settle(run(), () => (this.#inFlight -= 1));
    };

    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort);
    try {
      for (;;) {
        while (pending !== undefined && broken === undefined && this.#inFlight + ended.length < most) {
          if (skips?.(variantKey(pending.line.key, pending.next)) !== true) begin(pending.line, pending.next);
          pending = pending.next < variants ? { line: pending.line, next: pending.next + 1 } : undefined;
        }
        if (pending === undefined && !reading && !isOver() && this.#inFlight + ended.length < most) read();
        const item = ended.shift();
        if (item !== undefined) yield item;
        else if (this.#inFlight === 0 && (pending === undefined || broken !== undefined) && isOver()) break;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
      if (broken !== undefined) throw broken.error;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#over.abort();
      const returned = Promise.resolve(source.return?.()).catch(() => undefined);
      // A source that is in the middle of a read may never come back from it.
      if (!reading) await returned;
    }
  }

  #isSpent(): boolean {
    const { maxCostUsd = Infinity, spentUsd = 0 } = this.#options;
    return spentUsd + this.#cost.sureUsd + this.#cost.possibleUsd >= maxCostUsd;
  }

  #count({ outcome }: BulkItem<L>): void {
    const tally = this.#tally;
    switch (outcome.kind) {
      case 'result':
        tally.delivered += 1;
        return this.#pay(outcome.result.cost);
      case 'failure':
        tally.failed += 1;
        return this.#pay(outcome.failure.failure.cost);
      case 'invalid':
        tally.invalid += 1;
        return;
      case 'not-started':
        tally.notStarted += 1;
        return;
      case 'running':
        return;
    }
  }

  #pay({ sureUsd, possibleUsd }: Cost): void {
    this.#cost = {
      sureUsd: this.#cost.sureUsd + sureUsd,
      possibleUsd: this.#cost.possibleUsd + possibleUsd,
    };
  }
}

function iteratorOf<L>(source: Iterable<L> | AsyncIterable<L>): AsyncIterator<L> | Iterator<L> {
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
}
