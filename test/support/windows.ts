/** How full windows were, wherever they began: of calls in the emulator's ledger, of slots in a history. */
import type { LedgerEntry } from '../../src/emulator/index.ts';

export interface Windows {
  /** The most calls that arrived in any stretch of one window. */
  readonly most: number;
  /** Calls by second, from the first call's on. */
  readonly perSecond: readonly number[];
}

/**
 * What the provider saw: every call counts, refused ones too.
 *
 * @param windowMs Length of the provider's window in real milliseconds.
 */
export function windowsOf(ledger: readonly LedgerEntry[], model: string, windowMs: number): Windows {
  const arrivals = ledger
    .filter((call) => call.method === 'generateContent' && call.model === model)
    .map(({ at }) => Date.parse(at))
    .sort((a, b) => a - b);
  const [first = 0] = arrivals;
  const perSecond: number[] = [];
  for (const at of arrivals) {
    const second = Math.floor((at - first) / 1_000);
    while (perSecond.length <= second) perSecond.push(0);
    perSecond[second] = (perSecond[second] as number) + 1;
  }
  return { most: mostIn(arrivals, windowMs), perSecond };
}

/** The most of these times, ascending, that lie within one window. */
export function mostIn(times: readonly number[], windowMs: number): number {
  let from = 0;
  return times.reduce((most, at, index) => {
    while (at - (times[from] as number) >= windowMs) from += 1;
    return Math.max(most, index - from + 1);
  }, 0);
}

/** Calls that the provider answered with a 429 for its quota. */
export function refusals(ledger: readonly LedgerEntry[]): readonly LedgerEntry[] {
  return ledger.filter(({ decision }) => decision.startsWith('quota:'));
}
