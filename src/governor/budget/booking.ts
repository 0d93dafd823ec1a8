/**
 * What calls came to, each once: a key that is booked already counts again only where `possible` turns
 * out to be sure, or nothing at all. Money goes to the period it was reserved in; where that is long gone,
 * to the present one's possible charges, so that nothing is unbooked. Pure.
 */
import type { BudgetStamp, Settlement } from '../../contract/budget.ts';
import { placeOf } from './periods.ts';
import type { Budget, BudgetState, Sums } from './state.ts';

/** Keys that are remembered. A second run of a call comes within minutes; far more calls do not. */
const MOST_BOOKED = 2_000;

type Books = Pick<BudgetState, 'budgets' | 'booked'>;

export function booked(books: Books, settled: readonly Settlement[]): Books {
  if (settled.length === 0) return books;
  const entries = new Map(books.booked.map((entry) => [entry[0], entry]));
  let { budgets } = books;
  for (const settlement of settled) {
    const { key, stamp, sureMicros, possibleMicros } = settlement;
    const known = entries.get(key);
    const [, open, openStamp = stamp] = known ?? [key];
    if (known !== undefined && (open === undefined || possibleMicros > 0)) continue;
    if (open !== undefined) budgets = added(budgets, openStamp, { sure: 0, possible: -open });
    budgets = added(budgets, openStamp, { sure: sureMicros, possible: possibleMicros });
    entries.delete(key);
    entries.set(key, possibleMicros > 0 ? [key, possibleMicros, stamp] : [key]);
  }
  return { budgets, booked: [...entries.values()].slice(-MOST_BOOKED) };
}

interface Change {
  readonly sure: number;
  readonly possible: number;
}

function added(budgets: readonly Budget[], stamp: BudgetStamp, change: Change): readonly Budget[] {
  return budgets.map((budget): Budget => {
    switch (placeOf(budget, stamp)) {
      case 'now':
        return { ...budget, now: plus(budget.now, change) };
      case 'before':
        return budget.before === undefined ? budget : { ...budget, before: plus(budget.before, change) };
      case 'gone':
        return { ...budget, now: plus(budget.now, { sure: 0, possible: change.sure + change.possible }) };
    }
  });
}

function plus(sums: Sums, { sure, possible }: Change): Sums {
  const sureMicros = sums.sureMicros + sure;
  const possibleMicros = Math.max(0, sums.possibleMicros + possible);
  return { ...sums, sureMicros, possibleMicros };
}
