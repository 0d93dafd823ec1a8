/**
 * What calls came to, each once: a key that is booked already counts again only where it knows better: what a
 * batch awaits turns out to be possible, sure or nothing, and what was possible to be sure or nothing. Money goes to the period it was reserved in; where that is long gone,
 * to the present one's possible charges, so that nothing is unbooked. Pure.
 */
import type { BudgetStamp, Settlement } from '../../contract/budget.ts';
import { placeOf } from './periods.ts';
import type { Booked, Budget, BudgetState, Sums } from './state.ts';

/** Keys that are remembered. A second run of a call comes within minutes; far more calls do not. */
const MOST_CLOSED = 2_000;
/**
 * Keys of which something is open: in a batch lane the answer comes days later. One that is forgotten stays
 * booked, and what it turns out to be is booked beside it: too much, never too little.
 */
const MOST_OPEN = 5_000;

type Books = Pick<BudgetState, 'budgets' | 'booked'>;

export function booked(books: Books, settled: readonly Settlement[]): Books {
  if (settled.length === 0) return books;
  const entries = new Map(books.booked.map((entry) => [entry[0], entry]));
  let { budgets } = books;
  for (const settlement of settled) {
    const known = entries.get(settlement.key);
    if (known !== undefined && !knowsBetter(settlement, known)) continue;
    const [, , stamp = settlement.stamp] = known ?? [];
    const [before, after] = [known === undefined ? NOTHING : sumsOf(known), changeOf(settlement)];
    budgets = added(budgets, stamp, {
      sure: after.sure,
      possible: after.possible - before.possible,
      awaited: after.awaited - before.awaited,
    });
    entries.delete(settlement.key);
    entries.set(settlement.key, entryOf(settlement, stamp));
  }
  return { budgets, booked: remembered([...entries.values()]) };
}

const NOTHING: Change = { sure: 0, possible: 0, awaited: 0 };

function changeOf({ sureMicros, possibleMicros, awaitedMicros = 0 }: Settlement): Change {
  return { sure: sureMicros, possible: possibleMicros, awaited: awaitedMicros };
}

function sumsOf([, open = 0, , awaits]: Booked): Change {
  return awaits === undefined ? { ...NOTHING, possible: open } : { ...NOTHING, awaited: open };
}

function knowsBetter({ possibleMicros, awaitedMicros = 0 }: Settlement, known: Booked): boolean {
  const [, , , awaits] = known;
  return isOpen(known) && awaitedMicros === 0 && (possibleMicros === 0 || awaits !== undefined);
}

function entryOf({ key, possibleMicros, awaitedMicros = 0 }: Settlement, stamp: BudgetStamp): Booked {
  if (awaitedMicros > 0) return [key, awaitedMicros, stamp, 1];
  return possibleMicros > 0 ? [key, possibleMicros, stamp] : [key];
}

/** The newest of each kind, in their order. */
function remembered(entries: readonly Booked[]): readonly Booked[] {
  let open = entries.filter(isOpen).length;
  let closed = entries.length - open;
  return entries.filter((entry) => (isOpen(entry) ? open-- <= MOST_OPEN : closed-- <= MOST_CLOSED));
}

function isOpen([, open]: Booked): boolean {
  return open !== undefined;
}

interface Change {
  readonly sure: number;
  readonly possible: number;
  readonly awaited: number;
}

function added(budgets: readonly Budget[], stamp: BudgetStamp, change: Change): readonly Budget[] {
  return budgets.map((budget): Budget => {
    switch (placeOf(budget, stamp)) {
      case 'now':
        return { ...budget, now: plus(budget.now, change) };
      case 'before':
        return budget.before === undefined ? budget : { ...budget, before: plus(budget.before, change) };
      case 'gone': {
        // What was booked in its own period is none of this one's: only what goes beyond that is.
        const beyond = Math.max(0, change.sure + change.possible + change.awaited);
        return { ...budget, now: plus(budget.now, { ...NOTHING, possible: beyond }) };
      }
    }
  });
}

function plus(sums: Sums, { sure, possible, awaited }: Change): Sums {
  const { awaitedMicros: _before, ...rest } = sums;
  const awaitedMicros = Math.max(0, (sums.awaitedMicros ?? 0) + awaited);
  return {
    ...rest,
    sureMicros: sums.sureMicros + sure,
    possibleMicros: Math.max(0, sums.possibleMicros + possible),
    ...(awaitedMicros === 0 ? {} : { awaitedMicros }),
  };
}
