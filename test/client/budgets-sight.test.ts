/** How a budget is told: what is used, where it goes, which marks it passed. */
import { describe, expect, it } from 'vitest';
import { tenantBudgets } from '../../src/client/budgets-sight.ts';
import type { BudgetEvent, BudgetView } from '../../src/contract/budget.ts';

const FROM = Date.UTC(2026, 10, 21);
const HOUR_MS = 3_600_000;

function view(sureUsd: number, possibleUsd: number, events: readonly BudgetEvent[] = []): BudgetView {
  const now = {
    label: '2026-11-21',
    from: '2026-11-21T00:00:00+00:00',
    until: '2026-11-22T00:00:00+00:00',
    sureUsd,
    possibleUsd,
  };
  return {
    tenant: 'acme',
    epoch: 'e',
    budgets: [
      { period: 'day', usd: 100, timeZone: 'UTC', source: 'process w, for this tenant', now, leasedUsd: 2 },
    ],
    processes: [],
    events,
    exchanges: 1,
  };
}

const event = (percent: 50 | 80 | 100, label: string): BudgetEvent => ({
  at: FROM,
  percent,
  period: 'day',
  label,
  sureUsd: 0,
  possibleUsd: 0,
  usd: 100,
});

describe('a budget', () => {
  it('used is sure and possible; it goes on as it did', () => {
    const [stand] = tenantBudgets(view(30, 10), FROM + 6 * HOUR_MS).budgets;
    expect(stand).toMatchObject({ usedShare: 0.4, forecastUsd: 160, reservedUsd: 2, limitUsd: 100 });
  });

  it('too early in its period there is no forecast', () => {
    const [stand] = tenantBudgets(view(30, 0), FROM + HOUR_MS).budgets;
    expect(stand?.forecastUsd).toBeUndefined();
  });

  it('marks are those of this period, once each, in order', () => {
    const events = [event(100, '2026-11-20'), event(80, '2026-11-21'), event(50, '2026-11-21')];
    const [stand] = tenantBudgets(view(85, 0, [...events, event(80, '2026-11-21')]), FROM).budgets;
    expect(stand?.reached).toEqual([50, 80]);
  });
});
