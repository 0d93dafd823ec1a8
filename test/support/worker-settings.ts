/** What a test tells a worker of its own process: one environment variable, JSON. */
import type { LocalQuotaBrokerOptions } from '../../src/quota/broker-options.ts';

export const SETTINGS_VARIABLE = 'TEST_WORKER_SETTINGS';

export interface WorkerSettings {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly apiKey: string;
  readonly baseUrl: string;
  /** Directory of the file store. */
  readonly store: string;
  /** File with the bundled workflows. */
  readonly bundle: string;
  readonly timeScale: number;
  readonly limits?: LocalQuotaBrokerOptions['limits'];
  /** Calls at a time. */
  readonly concurrency?: number;
  /** Where the process kills itself with SIGKILL, to be sure of the moment. */
  readonly diesAt?: 'answer-received' | 'outcome-stored';
  /** While a file stands there, answers cannot be stored. */
  readonly fullWhile?: string;
}
