/** What a process may tell a budget, for tests: one day in UTC, a cap of $10. */
import type { BudgetRequest, BudgetTerms, PeriodStart, Settlement } from '../../../src/contract/budget.ts';

export const DAY_MS = 24 * 3_600_000;
export const TODAY = Date.UTC(2026, 10, 26);
export const NOON = TODAY + DAY_MS / 2;
export const DOLLAR = 1_000_000;

export function start(at: number): PeriodStart {
  return { at, iso: `${new Date(at).toISOString().slice(0, 19)}+00:00` };
}

export function dayTerms(usd = 10, over: Partial<BudgetTerms> = {}): BudgetTerms {
  return {
    period: 'day',
    capMicros: usd * DOLLAR,
    timeZone: 'UTC',
    source: 'tenant',
    starts: [start(TODAY - DAY_MS), start(TODAY), start(TODAY + DAY_MS), start(TODAY + 2 * DAY_MS)],
    ...over,
  };
}

export function monthTerms(usd = 100): BudgetTerms {
  const months = [9, 10, 11, 12].map((month) => start(Date.UTC(2026, month, 1)));
  return dayTerms(usd, { period: 'month', starts: months as unknown as BudgetTerms['starts'] });
}

export function request(process: string, seq: number, over: Partial<BudgetRequest> = {}): BudgetRequest {
  return {
    process,
    seq,
    terms: [dayTerms()],
    holds: [],
    settled: [],
    calls: [],
    aheadMicros: 0,
    heard: [],
    inherited: [],
    ...over,
  };
}

export function held(usd: number, day = TODAY): BudgetRequest['holds'] {
  return [{ stamp: { day }, micros: usd * DOLLAR }];
}

export function bill(key: string, sureUsd: number, possibleUsd = 0, day = TODAY): Settlement {
  return { key, stamp: { day }, sureMicros: sureUsd * DOLLAR, possibleMicros: possibleUsd * DOLLAR };
}

export function calls(...prices: readonly (readonly [usd: number, n: number])[]): BudgetRequest['calls'] {
  return prices.map(([usd, n]) => [usd * DOLLAR, n]);
}
