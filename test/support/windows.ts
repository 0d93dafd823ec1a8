/** How full the provider's windows were, read from the emulator's ledger: every call counts, refused ones too. */
import type { LedgerEntry } from '../../src/emulator/index.ts';

export interface Windows {
  /** The most calls that arrived in any stretch of one window, wherever it began. */
  readonly most: number;
  /** Calls by second, from the first call's on. */
  readonly perSecond: readonly number[];
}

/** @param windowMs Length of the provider's window in real milliseconds. */
export function windowsOf(ledger: readonly LedgerEntry[], model: string, windowMs: number): Windows {
  const arrivals = ledger
    .filter((call) => call.method === 'generateContent' && call.model === model)
    .map(({ at }) => Date.parse(at))
    .sort((a, b) => a - b);
  const [first] = arrivals;
  let most = 0;
  let from = 0;
  const perSecond: number[] = [];
  for (const [index, at] of arrivals.entries()) {
    while (at - (arrivals[from] as number) >= windowMs) from += 1;
    most = Math.max(most, index - from + 1);
    const second = Math.floor((at - (first as number)) / 1_000);
    while (perSecond.length <= second) perSecond.push(0);
    perSecond[second] = (perSecond[second] as number) + 1;
  }
  return { most, perSecond };
}

/** Calls that the provider answered with a 429 for its quota. */
export function refusals(ledger: readonly LedgerEntry[]): readonly LedgerEntry[] {
  return ledger.filter(({ decision }) => decision.startsWith('quota:'));
}
