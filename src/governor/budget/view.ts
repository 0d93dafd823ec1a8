/** A budget as people see it: the query's answer, and the details in Temporal's UI. Pure. */
import type { BudgetSum, BudgetView } from '../../contract/budget.ts';
import { leasedOf } from './leases.ts';
import { inUsd, usdOf } from './money.ts';
import { labelOf } from './periods.ts';
import type { Budget, BudgetState, Sums } from './state.ts';

export function viewOf(state: BudgetState, now: number): BudgetView {
  const { tenant, epoch, budgets, leases, events, exchanges } = state;
  return {
    tenant,
    epoch,
    budgets: budgets.map((budget) => {
      const { period, capMicros, timeZone, toldBy, source, before } = budget;
      return {
        period,
        usd: usdOf(capMicros),
        timeZone,
        source: `process ${toldBy}, for ${source === '*' ? 'every tenant' : 'this tenant'}`,
        now: sumOf(budget, budget.now),
        leasedUsd: usdOf(leasedOf(budget, leases)),
        ...(before === undefined ? {} : { before: sumOf(budget, before) }),
      };
    }),
    processes: leases.map(({ process, holds, endsAt }) => ({
      process,
      heldUsd: usdOf(holds.reduce((sum, { micros }) => sum + micros, 0)),
      endsInMs: Math.max(0, endsAt - now),
    })),
    events,
    ...(state.lost === true ? { lost: true } : {}),
    exchanges,
  };
}

function sumOf({ period }: Budget, { from, until, sureMicros, possibleMicros }: Sums): BudgetSum {
  return {
    label: labelOf(period, from),
    from: from.iso,
    until: until.iso,
    sureUsd: usdOf(sureMicros),
    possibleUsd: usdOf(possibleMicros),
  };
}

/** Markdown; as far as it was told last. */
export function detailsOf({ tenant, budgets, leases, events }: BudgetState): string {
  const lines = budgets.map((budget) => {
    const { period, capMicros, now } = budget;
    const spent = inUsd(now.sureMicros + now.possibleMicros);
    const possibly = now.possibleMicros > 0 ? ` (${inUsd(now.possibleMicros)} of it possibly)` : '';
    const held = inUsd(leasedOf(budget, leases));
    return `- **${period} ${labelOf(period, now.from)}**: ${spent} of ${inUsd(capMicros)} spent${possibly}, ${held} held by processes, until ${now.until.iso}`;
  });
  const told = events
    .slice(-5)
    .map(({ percent, period, label }) => `- ${percent} % of the ${period} ${label} was reached`);
  const whose = tenant === '' ? 'requests without a tenant' : `tenant ${tenant}`;
  return [`Budget of ${whose}`, '', ...lines, ...(told.length === 0 ? [] : ['', ...told])].join('\n');
}
