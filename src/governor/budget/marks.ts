/** 50, 80 and 100 % of a cap: told once for each period. Pure. */
import type { BudgetEvent, BudgetMark } from '../../contract/budget.ts';
import { BUDGET_MARKS } from '../../contract/budget.ts';
import { usdOf } from './money.ts';
import { labelOf } from './periods.ts';
import type { Budget } from './state.ts';

export interface Marked {
  readonly budget: Budget;
  readonly events: readonly BudgetEvent[];
}

/** @param dearest The dearest call that waits, in millionths: it is refused where it does not fit any more. */
export function marked(budget: Budget, dearest: number, now: number): Marked {
  const { capMicros, now: sums } = budget;
  const spent = sums.sureMicros + sums.possibleMicros;
  const isFull = dearest > 0 && dearest > capMicros - spent;
  const passed = BUDGET_MARKS.filter(
    (mark) => !budget.marks.includes(mark) && (spent * 100 >= capMicros * mark || (mark === 100 && isFull)),
  );
  if (passed.length === 0) return { budget, events: [] };
  const events = passed.map((percent) => eventOf(budget, percent, now));
  return { budget: { ...budget, marks: [...budget.marks, ...passed] }, events };
}

function eventOf({ period, capMicros, now: sums }: Budget, percent: BudgetMark, at: number): BudgetEvent {
  return {
    at,
    percent,
    period,
    label: labelOf(period, sums.from),
    sureUsd: usdOf(sums.sureMicros),
    possibleUsd: usdOf(sums.possibleMicros),
    usd: usdOf(capMicros),
  };
}
