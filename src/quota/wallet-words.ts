/** Words for people: what a call waits for where money is short, with the numbers that explain it. */
import type { BudgetPeriod, BudgetStanding } from '../contract/budget.ts';
import { inUsd } from '../governor/budget/index.ts';

const SPAN: Readonly<Record<BudgetPeriod, string>> = { day: 'today', month: 'this month' };

export function whose(tenant: string): string {
  return tenant === '' ? 'requests without a tenant' : `tenant ${tenant}`;
}

function spent({ period, capMicros, sureMicros, possibleMicros }: BudgetStanding): string {
  const possibly = possibleMicros > 0 ? ` (${inUsd(possibleMicros)} of it possibly)` : '';
  return `${inUsd(sureMicros + possibleMicros)} of ${inUsd(capMicros)} spent ${SPAN[period]}${possibly}`;
}

/** `tenant acme: $50.00 of $50.00 spent today ($1.20 of it possibly), until 2026-11-27T00:00:00+01:00` */
export function exhausted(tenant: string, standing: BudgetStanding, price: number): string {
  const left = standing.capMicros - standing.sureMicros - standing.possibleMicros;
  const tooDear = left > 0 ? `, a call may cost ${inUsd(price)}` : '';
  return `${whose(tenant)}: ${spent(standing)}${tooDear}, until ${standing.until}`;
}

/** `tenant acme: $49.00 of $50.00 spent today, $0.90 reserved for calls under way` */
export function reserved(tenant: string, standing: BudgetStanding): string {
  return `${whose(tenant)}: ${spent(standing)}, ${inUsd(standing.leasedMicros)} reserved for calls under way`;
}

export function neverFits(tenant: string, period: BudgetPeriod, capMicros: number, price: number): string {
  return `${whose(tenant)}: a call may cost ${inUsd(price)}, the budget of a ${period} is ${inUsd(capMicros)}: raise it or ask for less`;
}

export function unanswered(tenant: string): string {
  return `${whose(tenant)}: the budget's entity does not answer`;
}

export function soonTold(tenant: string): string {
  return `${whose(tenant)}: the next exchange with the budget's entity is due`;
}
