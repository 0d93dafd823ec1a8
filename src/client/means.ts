/** What starting and waiting take, beside what every call takes: kept once for each client. */
import type { ClientContext } from './context.ts';
import type { Waiter } from './waiter.ts';

export interface ClientMeans {
  readonly context: ClientContext;
  /** Where generations and sessions are started. */
  readonly taskQueue: string;
  readonly waiter: Waiter;
}
