/** What a process tells of its configuration: caps, time zones, periods. The last one told holds. Pure. */
import type { BudgetStanding, BudgetTerms } from '../../contract/budget.ts';
import { presentOf } from './periods.ts';
import type { Budget, Sums } from './state.ts';

/** The budgets after a process told its terms; one that it does not know keeps what was spent. */
export function told(
  budgets: readonly Budget[],
  terms: readonly BudgetTerms[],
  process: string,
  now: number,
): readonly Budget[] {
  const others = budgets.filter(({ period }) => !terms.some((each) => each.period === period));
  const known = terms.map((each) => {
    const budget = budgets.find(({ period }) => period === each.period);
    return budget === undefined ? opened(each, process, now) : renewed(budget, each, process, now);
  });
  return [...known, ...others];
}

function opened(terms: BudgetTerms, process: string, now: number): Budget {
  const { period, capMicros, timeZone, source } = terms;
  return { period, capMicros, timeZone, source, toldBy: process, now: empty(terms, now), marks: [] };
}

function empty(terms: BudgetTerms, now: number): Sums {
  return { ...presentOf(terms, now), sureMicros: 0, possibleMicros: 0 };
}

function renewed(budget: Budget, terms: BudgetTerms, process: string, now: number): Budget {
  const { capMicros, timeZone, source } = terms;
  const sameZone = timeZone === budget.timeZone;
  const isSame = capMicros === budget.capMicros && sameZone && source === budget.source;
  const after = { ...budget, capMicros, timeZone, source, toldBy: isSame ? budget.toldBy : process };
  const present = presentOf(terms, now);
  const isNext = present.from.at >= budget.now.until.at || (sameZone && present.from.at > budget.now.from.at);
  if (isNext) return { ...after, now: empty(terms, now), before: budget.now, marks: [] };
  // A raised cap has its own marks to pass.
  const spent = budget.now.sureMicros + budget.now.possibleMicros;
  const marks =
    capMicros > budget.capMicros
      ? budget.marks.filter((mark) => spent * 100 >= capMicros * mark)
      : budget.marks;
  // Another zone's period of the same time: what was spent stays spent.
  return sameZone ? { ...after, marks } : { ...after, marks, now: { ...budget.now, ...present } };
}

/** What another incarnation had told of this very period is spent, whatever this one knows. */
export function atLeast(budget: Budget, heard: readonly BudgetStanding[]): Budget {
  const known = heard.find(({ period, from }) => period === budget.period && from === budget.now.from.at);
  if (known === undefined) return budget;
  const sureMicros = Math.max(budget.now.sureMicros, known.sureMicros);
  const possibleMicros = Math.max(budget.now.possibleMicros, known.possibleMicros);
  return { ...budget, now: { ...budget.now, sureMicros, possibleMicros } };
}
