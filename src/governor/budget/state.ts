/** What a tenant's budget keeps: JSON, small, and independent of how many generations wait. */
import type {
  BudgetAnswer,
  BudgetEvent,
  BudgetHold,
  BudgetMark,
  BudgetPeriod,
  BudgetStamp,
  PeriodStart,
} from '../../contract/budget.ts';
import type { Subscriptions } from '../../contract/notification.ts';

/** What was spent in one period. */
export interface Sums {
  readonly from: PeriodStart;
  readonly until: PeriodStart;
  readonly sureMicros: number;
  readonly possibleMicros: number;
  /** Of what is in batch lanes, and held until its answer comes. */
  readonly awaitedMicros?: number;
}

/** One cap of a tenant, and what was spent under it. */
export interface Budget {
  readonly period: BudgetPeriod;
  readonly capMicros: number;
  readonly timeZone: string;
  readonly source: 'tenant' | '*';
  /** The process that told these terms. */
  readonly toldBy: string;
  readonly now: Sums;
  /** Of the present period and cap. */
  readonly marks: readonly BudgetMark[];
  /** The period before, for what is settled late. */
  readonly before?: Sums;
}

/** What a process holds; counted until it says otherwise, or its journal was read after its end. */
export interface Lease {
  readonly process: string;
  readonly holds: readonly BudgetHold[];
  /** By the budget's clock; from then on the process is taken for dead. */
  readonly endsAt: number;
  /** It ended while nobody asked, and was kept a little longer, once. */
  readonly spared?: true;
  /** For a request that is repeated. */
  readonly answer: BudgetAnswer;
}

/** A settled call: its key, and what of it is only possible, in which periods; or awaited from a batch. */
export type Booked = readonly [key: string, open?: number, stamp?: BudgetStamp, awaits?: 1];

export interface BudgetState {
  readonly tenant: string;
  /** This incarnation: run chains that took over the state of another keep its epoch. */
  readonly epoch: string;
  /** When anybody asked last, by the budget's clock. */
  readonly heardAt: number;
  readonly budgets: readonly Budget[];
  readonly leases: readonly Lease[];
  /** Oldest first. */
  readonly booked: readonly Booked[];
  readonly events: readonly BudgetEvent[];
  /** What an earlier incarnation knew is lost. */
  readonly lost?: true;
  readonly exchanges: number;
  /** Whom it tells what happens; absent while nobody has a webhook. */
  readonly notify?: Subscriptions;
}

export function newBudget(tenant: string, epoch: string, now: number, lost = false): BudgetState {
  const empty = { budgets: [], leases: [], booked: [], events: [], exchanges: 0 };
  return { tenant, epoch, heardAt: now, ...empty, ...(lost ? { lost } : {}) };
}
