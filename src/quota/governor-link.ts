/** How a broker reaches a governor; Temporal's in production, the reducer itself in tests. */
import type { ExchangeAnswer, ExchangeRequest } from '../contract/exchange.ts';
import type { HourCounts } from '../domain/quiet.ts';

export interface GovernorLink {
  /**
   * Asks once, within the link's deadline. Rejects with what a person should know; the same request is then
   * sent again, and answered once.
   */
  exchange(governor: string, request: ExchangeRequest): Promise<ExchangeAnswer>;
  /** What it counted of the hours of the day; undefined where there is no governor. Rejects where it does not answer. */
  hours(governor: string): Promise<readonly HourCounts[] | undefined>;
}
