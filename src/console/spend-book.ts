/**
 * What generations cost over the last 30 days, kept by day: what ended does not change, so each run is counted
 * once, and a look reads only what ended since. A look never waits for all of it: it gives what is counted so
 * far, and says so.
 */
import type { GeminiImages } from '../client/gemini-images.ts';
import type { Figures } from '../domain/report/figures.ts';
import { Count, dayOf, sumOf } from '../domain/report/figures.ts';

export interface SpendSight {
  readonly figures: Figures;
  /** Epoch milliseconds of the last count that came to its end; absent before the first. */
  readonly asOf?: number;
  /** It is being counted for the first time: runs so far, and how far back they reach. */
  readonly counting?: { readonly runs: number; readonly since?: number };
  /** Why the last look at Temporal came to nothing; the figures are those of before. */
  readonly failure?: { readonly since: number; readonly why: string };
}

export interface SpendBookOptions {
  readonly images: Pick<GeminiImages, 'ended'>;
  /** @default Date.now */
  readonly now?: () => number;
}

export const LONGEST_DAYS = 30;
const DAY_MS = 24 * 3_600_000;
/** Visibility may tell of an end so much later than of one that came after it. */
const OVERLAP_MS = 2 * 60_000;
/** Between two looks at Temporal, however many people look at the page. */
const FRESH_MS = 5_000;
/** Runs of earlier releases that are read from their results: in the first count, and in each look after it. */
const MOST_RESULTS = { first: 200, later: 20 } as const;

export class SpendBook {
  private readonly images: SpendBookOptions['images'];
  private readonly now: () => number;
  private days = new Map<string, Count>();
  /** Runs that a later look will meet again, with when they ended. */
  private seen = new Map<string, number>();
  /** When the latest of them ended, by the server's clock: ours may be another. */
  private newest: number | undefined;
  private asOf: number | undefined;
  private counting: { readonly runs: number; readonly since?: number } | undefined;
  private failure: { readonly since: number; readonly why: string } | undefined;
  private triedAt = -Infinity;
  private running: Promise<void> | undefined;

  constructor({ images, now = Date.now }: SpendBookOptions) {
    this.images = images;
    this.now = now;
  }

  /**
   * The figures of the last `days` days, today (UTC) included. Never rejects.
   *
   * @param waitMs How long a count that is under way is waited for.
   */
  async look(days: number, waitMs: number): Promise<SpendSight> {
    this.refresh();
    await this.within(waitMs);
    const from = dayOf(this.now() - (days - 1) * DAY_MS);
    const counts = [...this.days].filter(([day]) => day >= from).map(([, count]) => count.figures());
    const { asOf, counting, failure } = this;
    return {
      figures: sumOf(counts),
      ...(asOf === undefined ? {} : { asOf }),
      ...(counting === undefined ? {} : { counting }),
      ...(failure === undefined ? {} : { failure }),
    };
  }

  /** One count at a time, and not more often than it is worth. */
  private refresh(): void {
    if (this.running !== undefined || this.now() - this.triedAt < FRESH_MS) return;
    this.triedAt = this.now();
    this.running = (this.asOf === undefined ? this.countAll() : this.countOn())
      .then(() => {
        this.failure = undefined;
      })
      .catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        this.failure = { since: this.failure?.since ?? this.now(), why };
      })
      .finally(() => {
        this.running = undefined;
      });
  }

  private async within(waitMs: number): Promise<void> {
    if (this.running === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, waitMs);
    });
    await Promise.race([this.running, over]);
    clearTimeout(timer);
  }

  /** Anew, the latest first; one that failed in the middle begins again. */
  private async countAll(): Promise<void> {
    const began = this.now();
    this.days = new Map();
    this.seen = new Map();
    this.newest = undefined;
    this.counting = { runs: 0 };
    await this.read(began - LONGEST_DAYS * DAY_MS, ({ endedAt }, newest) => {
      this.counting = { runs: (this.counting?.runs ?? 0) + 1, since: endedAt };
      return endedAt >= newest - OVERLAP_MS;
    });
    this.counting = undefined;
    this.asOf = began;
  }

  private async countOn(): Promise<void> {
    const began = this.now();
    const first = dayOf(began - LONGEST_DAYS * DAY_MS);
    // Remembered without exception: should it fail in the middle, the next look meets them all again.
    await this.read((this.newest ?? began - LONGEST_DAYS * DAY_MS) - OVERLAP_MS, () => true);
    this.asOf = began;
    const from = (this.newest ?? began) - OVERLAP_MS;
    for (const [runId, endedAt] of this.seen) if (endedAt < from) this.seen.delete(runId);
    for (const day of this.days.keys()) if (day < first) this.days.delete(day);
  }

  /** @param remembers Whether a later look meets this run again. */
  private async read(
    since: number,
    remembers: (run: { readonly endedAt: number }, newest: number) => boolean,
  ): Promise<void> {
    let newest = this.newest ?? -Infinity;
    const mostResults = this.asOf === undefined ? MOST_RESULTS.first : MOST_RESULTS.later;
    for await (const run of this.images.ended({ since: new Date(since), mostResults })) {
      newest = Math.max(newest, run.endedAt);
      const isLater = remembers(run, newest);
      if (this.seen.has(run.runId)) continue;
      if (isLater) this.seen.set(run.runId, run.endedAt);
      this.countOf(dayOf(run.endedAt)).run(run);
    }
    // Only of a look that came to its end: from there the next one goes on.
    if (newest > -Infinity) this.newest = newest;
  }

  private countOf(day: string): Count {
    const known = this.days.get(day);
    if (known !== undefined) return known;
    const count = new Count();
    this.days.set(day, count);
    return count;
  }
}
