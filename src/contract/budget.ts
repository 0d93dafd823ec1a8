/**
 * The one message between a process's wallet and the budget of a tenant: what it holds, what was spent and
 * what it needs go in, leased money comes out. It travels as a Temporal update with a synchronous handler
 * and is repeated with the same `seq` until it is answered, so the budget answers a repeated one alike.
 *
 * Money is whole millionths of a USD, so that sums are exact. Times are durations, except the starts of
 * periods: facts of the calendar, the same on every host.
 */
import type { NotifyTerms } from './notification.ts';

export const BUDGET_PERIODS = ['day', 'month'] as const;
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

/** A tenant's limit, as it is configured on workers. */
export interface BudgetLimit {
  /** `*`: each tenant that has none of its own. Requests without a tenant belong to tenant `''`. */
  readonly tenant: string;
  /** Hard cap in USD: what was spent for sure, and possibly. */
  readonly usd: number;
  readonly period: BudgetPeriod;
  /** IANA name: `Europe/Berlin`. Where the day and the month begin. */
  readonly timeZone: string;
}

/** Where a period begins, and the one before it ends. */
export interface PeriodStart {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The same for people, in the budget's time zone: `2026-11-27T00:00:00+01:00`. */
  readonly iso: string;
}

/** A budget as the asking process knows it; the last one told holds. */
export interface BudgetTerms {
  readonly period: BudgetPeriod;
  readonly capMicros: number;
  readonly timeZone: string;
  /** The tenant's own, or the one for every tenant. */
  readonly source: 'tenant' | '*';
  /** Of the period before, of this one by the process's clock, and of the two to come. */
  readonly starts: readonly [PeriodStart, PeriodStart, PeriodStart, PeriodStart];
}

/** The periods that money was reserved in: epoch milliseconds of their starts. */
export type BudgetStamp = { readonly [P in BudgetPeriod]?: number };

/** What a process holds of one stamp's periods: its allowance, and what is reserved for calls under way. */
export interface BudgetHold {
  readonly stamp: BudgetStamp;
  readonly micros: number;
}

/** What a call came to; a second one of the same key counts only where it knows better. */
export interface Settlement {
  /** 16 hex characters of the SHA-256 of `<generation>/<n>`. */
  readonly key: string;
  readonly stamp: BudgetStamp;
  readonly sureMicros: number;
  /** May have been billed; `sureMicros` is 0 then. */
  readonly possibleMicros: number;
  /** Handed over or about to be, and not answered yet: an item of a batch lane. The others are 0 then. */
  readonly awaitedMicros?: number;
}

/** What a process had settled and not told before it died, found in its journal. */
export interface Inheritance {
  readonly process: string;
  readonly settled: readonly Settlement[];
}

export interface BudgetRequest {
  /** The asking process: unique for each start of one. */
  readonly process: string;
  /** Grows with each request of a process; the same number is the same request. */
  readonly seq: number;
  /** The incarnation of the budget that this process knows; absent at first. */
  readonly epoch?: string;
  readonly terms: readonly BudgetTerms[];
  /** All that it holds, before this exchange; replaces what it held. */
  readonly holds: readonly BudgetHold[];
  readonly settled: readonly Settlement[];
  /** Worst prices of calls that wait for money, in their order: price and how many. At most 32. */
  readonly calls: readonly (readonly [micros: number, n: number])[];
  /** What calls are likely to need before the next exchange. */
  readonly aheadMicros: number;
  /** What was spent as this process last heard, for a budget that lost its state. */
  readonly heard: readonly BudgetStanding[];
  readonly inherited: readonly Inheritance[];
  /** Webhooks of its worker; absent from an earlier release. */
  readonly notify?: NotifyTerms;
}

/** How a budget stands in its present period. */
export interface BudgetStanding {
  readonly period: BudgetPeriod;
  /** Epoch milliseconds: which period. */
  readonly from: number;
  readonly capMicros: number;
  readonly sureMicros: number;
  readonly possibleMicros: number;
  /** Held by processes, the asking one included: their allowances, and calls under way; and what batches await. */
  readonly leasedMicros: number;
  readonly endsInMs: number;
  /** When that is, for people. */
  readonly until: string;
}

/** A process that died with money in its hands; the budget keeps it until its journal was read. */
export interface Orphan {
  readonly process: string;
  /** The last request of it that was heard. */
  readonly seq: number;
}

export interface BudgetAnswer {
  readonly seq: number;
  readonly epoch: string;
  readonly grantedMicros: number;
  /** The periods that the grant, and whatever is reserved from it, belongs to. */
  readonly stamp: BudgetStamp;
  /** No call may be reserved from it later than this after the asking, without another exchange. */
  readonly usableMs: number;
  /** Little is left: exact amounts only, and what is not needed comes back. */
  readonly tight: boolean;
  readonly standings: readonly BudgetStanding[];
  readonly orphans: readonly Orphan[];
}

export const BUDGET_MARKS = [50, 80, 100] as const;
export type BudgetMark = (typeof BUDGET_MARKS)[number];

/** Once for each mark, period and cap; 100 also when a call was refused because nothing is left for it. */
export interface BudgetEvent {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly percent: BudgetMark;
  readonly period: BudgetPeriod;
  /** `2026-11-26`, `2026-11` */
  readonly label: string;
  readonly sureUsd: number;
  readonly possibleUsd: number;
  readonly usd: number;
}

export interface BudgetSum {
  /** `2026-11-26`, `2026-11` */
  readonly label: string;
  /** `2026-11-26T00:00:00+01:00` */
  readonly from: string;
  readonly until: string;
  readonly sureUsd: number;
  readonly possibleUsd: number;
}

/** The argument of workflow `geminiBudget`. */
export interface BudgetInput {
  readonly tenant: string;
  /** What an earlier run knew: carried by continue-as-new, or read from one that was closed by hand. */
  readonly state?: unknown;
  /** There was an earlier one, and what it knew could not be read. */
  readonly lost?: true;
}

/** The answer of query `gemini.budget`. */
export interface BudgetView {
  readonly tenant: string;
  readonly epoch: string;
  readonly budgets: readonly {
    readonly period: BudgetPeriod;
    readonly usd: number;
    readonly timeZone: string;
    /** Who said so: `process worker-1, for every tenant`. */
    readonly source: string;
    readonly now: BudgetSum;
    /** Held by processes, and what batches await. */
    readonly leasedUsd: number;
    readonly before?: BudgetSum;
  }[];
  readonly processes: readonly {
    readonly process: string;
    readonly heldUsd: number;
    /** Until its lease ends, in milliseconds; 0: it died, and nobody has read its journal yet. */
    readonly endsInMs: number;
  }[];
  /** The latest 50, oldest first. */
  readonly events: readonly BudgetEvent[];
  /** An earlier one was closed and could not be read: what was spent is known as far as processes knew it. */
  readonly lost?: true;
  /** Exchanges answered since it began. */
  readonly exchanges: number;
}
