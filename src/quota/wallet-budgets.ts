/**
 * The configured budgets, checked once: which apply to a tenant, and the terms in which its entity is told
 * of them. Throws a TypeError that names the field and the cure.
 */
import type { BudgetLimit, BudgetPeriod, BudgetStamp, BudgetTerms } from '../contract/budget.ts';
import { BUDGET_PERIODS } from '../contract/budget.ts';
import { microsOf } from '../governor/budget/index.ts';
import { ZoneCalendar } from './wallet-calendar.ts';

export const EVERY_TENANT = '*';

export interface TenantBudget {
  readonly period: BudgetPeriod;
  readonly capMicros: number;
  readonly timeZone: string;
  readonly source: 'tenant' | '*';
}

type Starts = BudgetTerms['starts'];

export class Budgets {
  readonly #byTenant = new Map<string, TenantBudget[]>();
  readonly #calendars = new Map<string, ZoneCalendar>();
  readonly #starts = new Map<string, Starts>();

  constructor(limits: readonly BudgetLimit[] = []) {
    for (const [i, limit] of limits.entries()) this.#add(`budgets[${i}]`, limit);
  }

  /** Empty where none applies: a tenant with one of its own is not under those for every tenant. */
  of(tenant: string): readonly TenantBudget[] {
    return this.#byTenant.get(tenant) ?? this.#byTenant.get(EVERY_TENANT) ?? [];
  }

  /** @param wall Epoch milliseconds. */
  terms(tenant: string, wall: number): readonly BudgetTerms[] {
    return this.of(tenant).map((budget) => ({ ...budget, starts: this.#startsOf(budget, wall) }));
  }

  /** The periods that a call at `wall` belongs to. */
  stamp(tenant: string, wall: number): BudgetStamp {
    return Object.fromEntries(
      this.of(tenant).map((budget) => [budget.period, this.#startsOf(budget, wall)[1].at]),
    );
  }

  #startsOf({ period, timeZone }: TenantBudget, wall: number): Starts {
    const key = `${period} ${timeZone}`;
    const known = this.#starts.get(key);
    if (known !== undefined && known[1].at <= wall && wall < known[2].at) return known;
    const calendar = this.#calendars.get(timeZone) ?? new ZoneCalendar(timeZone);
    const from = calendar.startOf(period, wall);
    const next = calendar.nextAfter(period, from);
    const starts: Starts = [calendar.before(period, from), from, next, calendar.nextAfter(period, next)];
    this.#starts.set(key, starts);
    return starts;
  }

  #add(field: string, { tenant, usd, period, timeZone }: BudgetLimit): void {
    if (typeof tenant !== 'string') {
      throw new TypeError(
        `${field}.tenant is ${String(tenant)}: give a tenant's name, or '*' for each of the others`,
      );
    }
    if (!(Number.isFinite(usd) && usd > 0)) {
      throw new TypeError(`${field}.usd is ${String(usd)}: give USD above 0, or leave the budget out`);
    }
    if (!BUDGET_PERIODS.includes(period)) {
      throw new TypeError(`${field}.period is ${String(period)}: give ${BUDGET_PERIODS.join(' or ')}`);
    }
    this.#calendars.set(timeZone, this.#calendars.get(timeZone) ?? calendarOf(field, timeZone));
    const own = this.#byTenant.get(tenant) ?? [];
    if (own.some((other) => other.period === period)) {
      throw new TypeError(`${field}: tenant ${tenant} has two budgets for a ${period}: keep one of them`);
    }
    const source = tenant === EVERY_TENANT ? '*' : 'tenant';
    this.#byTenant.set(tenant, [...own, { period, capMicros: microsOf(usd), timeZone, source }]);
  }
}

function calendarOf(field: string, timeZone: string): ZoneCalendar {
  try {
    if (typeof timeZone === 'string' && timeZone !== '') return new ZoneCalendar(timeZone);
  } catch {
    // Said below.
  }
  throw new TypeError(
    `${field}.timeZone is ${String(timeZone)}: give an IANA name such as Europe/Berlin, America/Los_Angeles or UTC`,
  );
}
