import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { msToPacificMidnight, pacificDay } from '../../src/quota/pacific.ts';

const HOUR = 3_600_000;
const at = (iso: string): number => Date.parse(iso);

/** Another formatter and no arithmetic: walks in quarters of an hour until the local date changes. */
const date = new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/Los_Angeles', dateStyle: 'short' });
function bruteForce(epochMs: number): number {
  const today = date.format(epochMs);
  const quarter = 15 * 60_000;
  let t = Math.floor(epochMs / quarter) * quarter + quarter;
  while (date.format(t) === today) t += quarter;
  return t - epochMs;
}

describe('msToPacificMidnight', () => {
  it.each([
    ['winter: midnight is 08:00 UTC', '2026-01-15T07:59:59.500Z', 500],
    ['summer: midnight is 07:00 UTC', '2026-07-15T06:59:59.999Z', 1],
    ['at midnight itself the whole new day is left', '2026-07-15T07:00:00.000Z', 24 * HOUR],
    ['spring forward: the day has 23 hours', '2026-03-08T08:00:00.000Z', 23 * HOUR],
    ['spring forward: one ms before the gap', '2026-03-08T09:59:59.999Z', 21 * HOUR + 1],
    ['spring forward: after the gap', '2026-03-08T10:00:00.000Z', 21 * HOUR],
    ['the eve of spring forward is an ordinary day', '2026-03-07T08:00:00.000Z', 24 * HOUR],
    ['fall back: the day has 25 hours', '2026-11-01T07:00:00.000Z', 25 * HOUR],
    ['fall back: half past one, the first time', '2026-11-01T08:30:00.000Z', 23.5 * HOUR],
    ['fall back: half past one, the second time', '2026-11-01T09:30:00.000Z', 22.5 * HOUR],
    ['new year', '2027-01-01T07:59:00.000Z', 60_000],
    ['leap day', '2028-02-29T08:00:00.000Z', 24 * HOUR],
  ])('%s', (_name, iso, ms) => {
    expect(msToPacificMidnight(at(iso))).toBe(ms);
  });

  it('agrees with a brute-force walk at any instant of 1990–2045', () => {
    fc.assert(
      fc.property(fc.integer({ min: at('1990-01-01'), max: at('2045-01-01') }), (epochMs) => {
        expect(msToPacificMidnight(epochMs)).toBe(bruteForce(epochMs));
      }),
      { numRuns: 300 },
    );
  });

  it('agrees with a brute-force walk around every change of clocks, in both directions', () => {
    const changes = Array.from({ length: 20 }, (_, i) => 2015 + i).flatMap((year) => [
      at(`${year}-03-07T00:00:00Z`),
      at(`${year}-10-31T00:00:00Z`),
    ]);
    fc.assert(
      fc.property(fc.constantFrom(...changes), fc.integer({ min: 0, max: 9 * 24 * HOUR }), (from, plus) => {
        expect(msToPacificMidnight(from + plus)).toBe(bruteForce(from + plus));
      }),
      { numRuns: 300 },
    );
  });

  it('takes a fractional instant', () => {
    expect(msToPacificMidnight(at('2026-07-15T06:59:59.000Z') + 0.25)).toBeCloseTo(999.75, 6);
  });
});

describe('pacificDay', () => {
  it.each([
    ['2026-07-15T06:59:59.999Z', '2026-07-14'],
    ['2026-07-15T07:00:00.000Z', '2026-07-15'],
    ['2026-01-01T07:59:59.999Z', '2025-12-31'],
    ['2026-11-01T09:30:00.000Z', '2026-11-01'],
  ])('%s is %s', (iso, day) => {
    expect(pacificDay(at(iso))).toBe(day);
  });

  it('changes exactly at the midnight that msToPacificMidnight names', () => {
    fc.assert(
      fc.property(fc.integer({ min: at('2000-01-01'), max: at('2040-01-01') }), (epochMs) => {
        const midnight = epochMs + msToPacificMidnight(epochMs);
        expect(pacificDay(midnight - 1)).toBe(pacificDay(epochMs));
        expect(pacificDay(midnight)).not.toBe(pacificDay(epochMs));
      }),
      { numRuns: 300 },
    );
  });
});
