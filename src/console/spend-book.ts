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
  /** Epoch milliseconds: what had ended by then is in the figures; absent before the first count was done. */
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
/** Visibility may tell of an end so much later. */
const OVERLAP_MS = 10 * 60_000;
/** Between two looks at Temporal, however many people look at the page. */
const FRESH_MS = 5_000;
/** Runs of earlier releases that are read from their results in one count. */
const MOST_RESULTS = 200;

export class SpendBook {
  private readonly images: SpendBookOptions['images'];
  private readonly now: () => number;
  private days = new Map<string, Count>();
  /** Runs that a later look will meet again, with when they ended. */
  private seen = new Map<string, number>();
  private asOf: number | undefined;
  private counting: { runs: number; since?: number } | undefined;
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
      ...(counting === undefined ? {} : { counting: { ...counting } }),
      ...(failure === undefined ? {} : { failure }),
    };
  }

  /** One count at a time, and not more often than it is worth. */
  private refresh(): void {
    if (this.running !== undefined || this.now() - this.triedAt < FRESH_MS) return;
    this.triedAt = this.now();
    this.running = (this.asOf === undefined ? this.countAll() : this.countOn(this.asOf))
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
    this.counting = { runs: 0 };
    await this.read(began - LONGEST_DAYS * DAY_MS, began - 2 * OVERLAP_MS);
    this.counting = undefined;
    this.asOf = began;
  }

  private async countOn(asOf: number): Promise<void> {
    const began = this.now();
    await this.read(asOf - OVERLAP_MS, -Infinity);
    this.asOf = began;
    for (const [runId, endedAt] of this.seen) {
      if (endedAt < began - 2 * OVERLAP_MS) this.seen.delete(runId);
    }
    const first = dayOf(began - LONGEST_DAYS * DAY_MS);
    for (const day of this.days.keys()) if (day < first) this.days.delete(day);
  }

  /** @param rememberFrom Runs that ended from then on are known again: one that is met twice counts once. */
  private async read(since: number, rememberFrom: number): Promise<void> {
    const ended = this.images.ended({ since: new Date(since), mostResults: MOST_RESULTS });
    for await (const run of ended) {
      if (this.counting !== undefined) {
        this.counting = { runs: this.counting.runs + 1, since: run.endedAt };
      }
      if (this.seen.has(run.runId)) continue;
      if (run.endedAt >= rememberFrom) this.seen.set(run.runId, run.endedAt);
      this.countOf(dayOf(run.endedAt)).run(run);
    }
  }

  private countOf(day: string): Count {
    const known = this.days.get(day);
    if (known !== undefined) return known;
    const count = new Count();
    this.days.set(day, count);
    return count;
  }
}
