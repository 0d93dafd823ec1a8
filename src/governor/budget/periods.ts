/**
 * Which period it is, and which one money belongs to. The boundaries come with each request, because the
 * time zone database is the process's business, not history's. Pure.
 */
import type { BudgetPeriod, BudgetStamp, BudgetTerms, PeriodStart } from '../../contract/budget.ts';
import type { Budget } from './state.ts';

/** `2026-11-26`, `2026-11` */
export function labelOf(period: BudgetPeriod, { iso }: PeriodStart): string {
  return iso.slice(0, period === 'day' ? 10 : 7);
}

/** The period that `now` lies in; beyond the known starts, the last one that is known. */
export function presentOf(
  { starts }: Pick<BudgetTerms, 'starts'>,
  now: number,
): Pick<Budget['now'], 'from' | 'until'> {
  const next = starts.findIndex(({ at }) => at > now);
  const until = next < 0 ? starts.length - 1 : Math.max(1, next);
  return { from: starts[until - 1] as PeriodStart, until: starts[until] as PeriodStart };
}

/** Whether money of this stamp counts in the present period, in the one before, or in one long gone. */
export function placeOf({ period, now, before }: Budget, stamp: BudgetStamp): 'now' | 'before' | 'gone' {
  const from = stamp[period];
  if (from === undefined || from >= now.from.at) return 'now';
  return from === before?.from.at ? 'before' : 'gone';
}

/** What is reserved now belongs to these periods. */
export function stampOf(budgets: readonly Budget[]): BudgetStamp {
  return Object.fromEntries(budgets.map(({ period, now }) => [period, now.from.at]));
}
