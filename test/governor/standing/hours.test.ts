/** Counts by hour of the day: added where they belong, older days count less, bounded whatever is called. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RouteReport } from '../../../src/contract/exchange.ts';
import { hoursView, withHour } from '../../../src/governor/standing/hours.ts';
import type { StandingState } from '../../../src/governor/standing/state.ts';
import { emptyStanding } from '../../../src/governor/standing/state.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-05-01T14:20:00Z');

type Fared = Pick<RouteReport, 'model' | 'tier' | 'calls' | 'failures'>;
const fared = (calls: number, failures: Fared['failures'] = {}, model = 'pro'): Fared => ({
  ...{ model, tier: 'standard', calls, failures },
});

function after(...told: readonly (readonly [Fared, number])[]): StandingState {
  return told.reduce((state, [report, at]) => withHour(state, report, at), emptyStanding());
}

describe('hours of the day', () => {
  it('calls and capacity failures, not other failures, at the hour in which they were told', () => {
    const state = after(
      [fared(10, { capacity: 3, 'quota-unknown': 1, 'quota-minute': 5 }), NOW],
      [fared(2), NOW + HOUR],
    );
    const [view] = hoursView(state, NOW + HOUR);
    expect([view?.calls[14], view?.capacity[14], view?.calls[15], view?.capacity[15]]).toEqual([10, 4, 2, 0]);
  });

  it('a day counts for a tenth less with each day after it; nothing is left after months', () => {
    const state = after([fared(100, { capacity: 40 }), NOW]);
    expect(hoursView(state, NOW + DAY)[0]?.calls[14]).toBe(90);
    const next = withHour(state, fared(100), NOW + 2 * DAY);
    expect([
      hoursView(next, NOW + 2 * DAY)[0]?.calls[14],
      hoursView(next, NOW + 2 * DAY)[0]?.capacity[14],
    ]).toEqual([181, 32.4]);
    expect(hoursView(state, NOW + 400 * DAY)[0]?.calls[14]).toBeLessThan(1);
  });

  it('a report without calls changes nothing, a clock that is set back ages nothing', () => {
    const state = after([fared(100), NOW]);
    expect(withHour(state, fared(0), NOW)).toBe(state);
    expect(hoursView(state, NOW - 5 * DAY)[0]?.calls[14]).toBe(100);
  });

  it('law: bounded, finite, and never more failures than calls', () => {
    const report = fc.record({
      model: fc.integer({ min: 0, max: 30 }).map((n) => `model-${n}`),
      tier: fc.constantFrom('standard' as const, 'priority' as const),
      calls: fc.integer({ min: 0, max: 1_000_000 }),
      failures: fc.record({ capacity: fc.integer({ min: 0, max: 1_000_000 }) }),
    });
    const told = fc.array(
      fc.tuple(
        report,
        fc.integer({ min: 0, max: 400 * 24 }).map((n) => NOW + n * HOUR),
      ),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(told, (reports) => {
        const view = hoursView(after(...reports), NOW + 400 * DAY);
        expect(view.length).toBeLessThanOrEqual(8);
        for (const { calls, capacity } of view) {
          expect([calls.length, capacity.length]).toEqual([24, 24]);
          for (const [hour, n] of calls.entries()) {
            expect(n).toBeGreaterThanOrEqual(0);
            expect(capacity[hour] ?? Infinity).toBeLessThanOrEqual(n + 0.1);
          }
        }
        expect(JSON.stringify(view).length).toBeLessThan(6_000);
      }),
    );
  });
});
