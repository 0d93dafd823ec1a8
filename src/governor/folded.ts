/** A coarse curve of who waits how long, with a bounded number of points. */
import type { Demand } from '../contract/exchange.ts';

/** As much as an exchange carries for one lane. */
export const MOST_ENTRIES = 48;

/** By urgency, then age, oldest first; neighbours are joined until it is short enough. Counts are kept. */
export function folded(demand: readonly Demand[], most: number = MOST_ENTRIES): readonly Demand[] {
  const sorted = demand
    .filter(({ n }) => n > 0)
    .toSorted((a, b) => a.urgency - b.urgency || b.ageMs - a.ageMs);
  if (sorted.length <= most) return sorted;
  const each = Math.ceil(sorted.reduce((sum, { n }) => sum + n, 0) / most);
  const short: Demand[] = [];
  for (const entry of sorted) {
    const last = short.at(-1);
    const isFull = last !== undefined && last.n + entry.n > each && short.length < most;
    if (last === undefined || last.urgency !== entry.urgency || isFull) short.push(entry);
    else
      short[short.length - 1] = {
        ...last,
        tenant: last.tenant === entry.tenant ? last.tenant : '',
        n: last.n + entry.n,
      };
  }
  return short;
}
