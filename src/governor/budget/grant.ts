/**
 * How much a process gets. What its waiting calls need, whole calls in their order, never more than every
 * budget has left; while there is plenty also what it will need soon. Near a cap nobody gets anything
 * ahead, so that the last dollar is not split into parts that serve no call. Pure.
 */
import type { BudgetRequest } from '../../contract/budget.ts';
import { leasedOf } from './leases.ts';
import type { Budget, Lease } from './state.ts';

/** Less of a cap than this is little. */
const PLENTY_SHARE = 0.1;

export interface Grant {
  readonly micros: number;
  /** Little is left, or not all got what they need. */
  readonly tight: boolean;
}

/** @param leases With what the asking process holds already. */
export function granted(
  budgets: readonly Budget[],
  leases: readonly Lease[],
  { calls, aheadMicros, terms }: Pick<BudgetRequest, 'calls' | 'aheadMicros' | 'terms'>,
): Grant {
  const binding = budgets.filter(({ period }) => terms.some((each) => each.period === period));
  const room = Math.max(
    0,
    leastOf(binding, (budget) => roomOf(budget, leases)),
  );
  let micros = 0;
  let unmet = false;
  for (const [price, n] of calls) {
    const fitting = price <= 0 ? 0 : Math.min(n, Math.floor((room - micros) / price));
    micros += fitting * price;
    unmet ||= fitting < n;
  }
  const left = room - micros;
  const tight =
    unmet || binding.some((budget) => roomOf(budget, leases) - micros < budget.capMicros * PLENTY_SHARE);
  // Each of them may ask for as much.
  const ahead = tight ? 0 : Math.min(aheadMicros, Math.floor(left / (2 * Math.max(1, leases.length))));
  return { micros: micros + ahead, tight };
}

/** What nobody has spent or holds. */
export function roomOf(budget: Budget, leases: readonly Lease[]): number {
  const { capMicros, now } = budget;
  return capMicros - now.sureMicros - now.possibleMicros - leasedOf(budget, leases);
}

function leastOf(budgets: readonly Budget[], value: (budget: Budget) => number): number {
  return budgets.reduce((least, budget) => Math.min(least, value(budget)), Infinity);
}
