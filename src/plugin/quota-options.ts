/** The part of the plugin's options that quotas and money are about. */
import type { BudgetLimit } from '../contract/budget.ts';
import type { SpendLimit } from '../contract/exchange.ts';
import type { QuotaBroker } from '../quota/broker.ts';
import type { LocalQuotaBrokerOptions } from '../quota/broker-options.ts';
import type { ReadLimits } from '../quota/fleet-broker.ts';

export interface QuotaOptions {
  /** Known limits by model id, e.g. `{ 'gemini-3-pro-image': { rpm: 60 } }`; others are learned. */
  readonly limits?: LocalQuotaBrokerOptions['limits'];
  /**
   * `local`: this process alone. `fleet`: all processes of the namespace share limits, holds, breakers and
   * budgets through one governor for each project. @default 'local'
   */
  readonly quota?: 'local' | 'fleet' | QuotaBroker;
  /**
   * The project's rolling spend limit, e.g. `{ usd: 10, windowMs: 600_000 }`; learned where it is left out. Kept
   * by a fleet's governor; beside a limit on calls, or calls that are on their way when it is reached exceed it.
   */
  readonly spendLimit?: SpendLimit;
  /**
   * Reads the limits that the provider publishes for a project (`google/ai-studio/my-project`), by model id;
   * asked at the start and every ten minutes.
   */
  readonly readLimits?: ReadLimits;
  /**
   * Hard caps by tenant and calendar period; a tenant may have one for the day and one for the month. A call
   * that may pass one is not made: its generation waits for the next period, or ends where that is too late.
   * With `quota: 'fleet'` they are the fleet's, else this process's, and forgotten with it.
   *
   * @example [{ tenant: '*', usd: 50, period: 'day', timeZone: 'Europe/Berlin' }]
   * @default none
   */
  readonly budgets?: readonly BudgetLimit[];
  /** Scales the provider's windows with an emulator that scales its own. @default 1 */
  readonly quotaWindowScale?: number;
}
