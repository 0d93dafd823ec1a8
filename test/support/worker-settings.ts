/** What a test tells a worker of its own process: one environment variable, JSON. */
import type { BudgetLimit } from '../../src/contract/budget.ts';
import type { SpendLimit } from '../../src/contract/exchange.ts';
import type { BatchOptions } from '../../src/plugin/batch-options.ts';
import type { RouteOptions } from '../../src/plugin/route-options.ts';
import type { NotificationSettings } from '../../src/schema/webhooks.ts';
import type { LocalQuotaBrokerOptions } from '../../src/quota/broker-options.ts';

export const SETTINGS_VARIABLE = 'TEST_WORKER_SETTINGS';

export interface WorkerSettings {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  /** With `baseUrl`; or `routes`. */
  readonly apiKey?: string;
  readonly baseUrl?: string;
  readonly routes?: readonly RouteOptions[];
  /** A directory, or `s3://…`, which has no moods and does not kill. */
  readonly store: string;
  /** File with the bundled workflows. */
  readonly bundle: string;
  readonly timeScale: number;
  readonly limits?: LocalQuotaBrokerOptions['limits'];
  readonly batch?: NonNullable<BatchOptions['batch']>;
  readonly quota?: 'local' | 'fleet';
  readonly quotaWindowScale?: number;
  /** File with the bundled entities. */
  readonly entityBundle?: { readonly codePath: string };
  readonly spendLimit?: SpendLimit;
  readonly budgets?: readonly BudgetLimit[];
  readonly notifications?: NotificationSettings;
  /** Milliseconds that the process's clock is ahead of ours. */
  readonly clockOffsetMs?: number;
  /** `host:port` at which Prometheus finds the process's metrics. */
  readonly metricsAt?: string;
  /** Replays each workflow's history for each of its tasks. */
  readonly forgetful?: boolean;
  /** Calls at a time. */
  readonly concurrency?: number;
  /** Where the process kills itself with SIGKILL, to be sure of the moment. */
  readonly diesAt?: 'answer-received' | 'outcome-stored' | 'batch-created';
  /** While a file stands there, answers cannot be stored. */
  readonly fullWhile?: string;
}
