/** How a tenant's budgets were seen; apart from the asking, for whoever only shows it. */
import type { BudgetEvent, BudgetMark, BudgetPeriod, BudgetView } from '../contract/budget.ts';

export interface BudgetStand {
  readonly period: BudgetPeriod;
  /** `2026-11-26`, `2026-11` */
  readonly label: string;
  /** ISO 8601, in the budget's time zone. */
  readonly from: string;
  readonly until: string;
  readonly timeZone: string;
  readonly limitUsd: number;
  readonly sureUsd: number;
  readonly possibleUsd: number;
  /** Held by processes: for calls under way, and ahead of the next ones. */
  readonly reservedUsd: number;
  /** 0–1 and above: sure and possible, of the limit. */
  readonly usedShare: number;
  /** What will have been used at its end if it goes on as it did; absent while too little of it has passed. */
  readonly forecastUsd?: number;
  /** Marks that were reached, of 50, 80 and 100 %. */
  readonly reached: readonly BudgetMark[];
  /** Who said so: `process worker-1, for every tenant`. */
  readonly source: string;
}

export interface TenantBudgets {
  /** Empty: requests without a tenant. */
  readonly tenant: string;
  readonly budgets: readonly BudgetStand[];
  /** The latest 50, oldest first. */
  readonly events: readonly BudgetEvent[];
  /** What was spent is known as far as processes knew it: an earlier entity could not be read. */
  readonly lost?: true;
}

/** A budget that runs and did not answer. */
export interface SilentBudget {
  readonly tenant: string;
  /** Why, and what to do. */
  readonly unreachable: string;
}

export type BudgetSight = TenantBudgets | SilentBudget;

export function isSilentBudget(sight: BudgetSight): sight is SilentBudget {
  return 'unreachable' in sight;
}

/** Of the period, before which a forecast would be made of chance. */
const FORECAST_FROM = 0.1;

/** @param now Epoch milliseconds. */
export function tenantBudgets(view: BudgetView, now: number): TenantBudgets {
  const { tenant, budgets, events, lost } = view;
  return {
    tenant,
    budgets: budgets.map(({ period, usd, timeZone, source, now: sum, leasedUsd }) => {
      const used = sum.sureUsd + sum.possibleUsd;
      const reached = events
        .filter((event) => event.period === period && event.label === sum.label)
        .map(({ percent }) => percent);
      return {
        period,
        label: sum.label,
        from: sum.from,
        until: sum.until,
        timeZone,
        limitUsd: usd,
        sureUsd: sum.sureUsd,
        possibleUsd: sum.possibleUsd,
        reservedUsd: leasedUsd,
        usedShare: usd > 0 ? used / usd : 0,
        ...forecastOf(used, Date.parse(sum.from), Date.parse(sum.until), now),
        reached: [...new Set(reached)].toSorted((a, b) => a - b),
        source,
      };
    }),
    events,
    ...(lost === true ? { lost } : {}),
  };
}

/** In a straight line; a day has its nights, so this is where it goes, not where it will be. */
function forecastOf(
  used: number,
  from: number,
  until: number,
  now: number,
): { readonly forecastUsd?: number } {
  const passed = (now - from) / (until - from);
  if (!(passed >= FORECAST_FROM)) return {};
  return { forecastUsd: used / Math.min(1, passed) };
}
