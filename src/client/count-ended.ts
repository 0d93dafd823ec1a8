/** Counts what ended in a time, within bounds: what was not reached is told, never taken for nothing. */
import type { Figures } from '../domain/report/figures.ts';
import { Count } from '../domain/report/figures.ts';
import type { ClientContext } from './context.ts';
import type { EndedGeneration, EndedOptions } from './ended.ts';
import { ended } from './ended.ts';
import { ServerUnreachable } from './errors.ts';

export interface CountEndedOptions extends EndedOptions {
  /** How long it counts, in milliseconds. @default 60000 */
  readonly waitMs?: number;
  /** Runs that are counted at most, the latest first. @default 200000 */
  readonly most?: number;
}

export interface Counted {
  readonly figures: Figures;
  readonly since: Date;
  readonly until: Date;
  /** Runs that were counted. */
  readonly lookedAt: number;
  /** All that ended in the time was counted; else those that ended before `countedSince` are missing. */
  readonly complete: boolean;
  readonly countedSince?: Date;
  /** Runs of earlier releases that were told by their results. */
  readonly readFromResults: number;
}

const WAIT_MS = 60_000;
const MOST = 200_000;

/** Throws InvalidRequest; ServerUnreachable before the first page. */
export async function countEnded(context: ClientContext, options: CountEndedOptions): Promise<Counted> {
  const { since, until = new Date(), waitMs = WAIT_MS, most = MOST } = options;
  const stopAt = Date.now() + waitMs;
  const count = new Count();
  let lookedAt = 0;
  let readFromResults = 0;
  let last: EndedGeneration | undefined;
  const told = (complete: boolean): Counted => ({
    figures: count.figures(),
    since,
    until,
    lookedAt,
    complete,
    ...(complete || last === undefined ? {} : { countedSince: new Date(last.endedAt) }),
    readFromResults,
  });
  try {
    for await (const page of ended(context, { ...options, since, until })) {
      for (const run of page) {
        count.run(run);
        if (run.by === 'result') readFromResults += 1;
      }
      lookedAt += page.length;
      last = page.at(-1);
      if (Date.now() >= stopAt || lookedAt >= most) return told(false);
    }
    return told(true);
  } catch (error) {
    if (error instanceof ServerUnreachable && lookedAt > 0) return told(false);
    throw error;
  }
}
