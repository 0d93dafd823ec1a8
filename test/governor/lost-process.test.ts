/** A process that is killed takes nothing with it for good, however the provider's minute is scaled. */
import { describe, expect, it } from 'vitest';
import type { RouteReport } from '../../src/contract/exchange.ts';
import { exchange } from '../../src/governor/exchange.ts';
import { newGovernor } from '../../src/governor/state.ts';
import { ASKED, asking } from '../support/asking.ts';

const NOW = Date.parse('2026-07-01T12:00:00Z');

const WANTS: RouteReport = {
  ...{ credential: 'c', model: ASKED, tier: 'standard', project: 'p', baseUrl: 'https://example.test' },
  ...{ calls: 0, failures: {}, verdicts: [], trials: [], sureUsd: 0, possibleUsd: 0, wants: true },
};

describe('a killed process', () => {
  it.each([600, 1_000, 3_000, 20_000, 60_000])(
    'that had the calls that go first: somebody else has them within 25 s, with a minute of %d ms',
    (windowMs) => {
      let state = newGovernor('g', 'e', NOW);
      let n = 0;
      const ask = (process: string, now: number) => {
        n += 1;
        const exchanged = exchange(state, asking(process, n, now, {}, { windowMs, routes: [WANTS] }), now);
        state = exchanged.state;
        return exchanged.answer.stops.flatMap(({ trials }) => trials).length;
      };
      expect(ask('killed', NOW)).toBe(3);
      const at = Array.from({ length: 50 }, (_, i) => NOW + 500 * (i + 1));
      expect(at.find((now) => ask('alive', now) > 0)).toBeDefined();
    },
  );
});
