/** Exchanges as a process would send them: only what a test says differs from one lane with nothing to tell. */
import type { ExchangeRequest, LaneReport } from '../../src/contract/exchange.ts';
import { msToPacificMidnight } from '../../src/quota/pacific.ts';

export const ASKED = 'gemini-3-pro-image';

/** @param now The server's time: the calendar's next two resets are told with each exchange. */
export function asking(
  process: string,
  n: number,
  now: number,
  lane: Partial<LaneReport> & { readonly wanted?: number } = {},
  given: Partial<ExchangeRequest> = {},
): ExchangeRequest {
  const { wanted = 0, ...report } = lane;
  const reset = now + msToPacificMidnight(now);
  return {
    requestId: `${process}-${n}`,
    process,
    windowMs: 60_000,
    resets: [reset, reset + msToPacificMidnight(reset)],
    lanes: [
      {
        model: ASKED,
        tokens: 10,
        images: 1,
        demand: wanted === 0 ? [] : [{ urgency: 1, tenant: '', ageMs: 1_000, n: wanted }],
        asleep: [],
        expected: 0,
        returned: [],
        unpaced: 0,
        rejections: [],
        ...report,
      },
    ],
    routes: [],
    probes: [],
    uses: [],
    ...given,
  };
}
