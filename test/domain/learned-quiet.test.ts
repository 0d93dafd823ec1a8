/** What counts of calls by hour of the day say of quiet hours. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnedQuiet } from '../../src/domain/learned-quiet.ts';
import type { HourCounts } from '../../src/domain/quiet.ts';

const HOUR = 3_600_000;
const DAY_START = Date.parse('2026-05-01T00:00:00Z');
const at = (hour: number): number => DAY_START + hour * HOUR;

function counts(by: Readonly<Record<number, readonly [calls: number, capacity: number]>>): HourCounts {
  const hours = [...Array(24).keys()];
  return {
    model: 'gemini-3-pro-image',
    tier: 'standard',
    calls: hours.map((hour) => by[hour]?.[0] ?? 0),
    capacity: hours.map((hour) => by[hour]?.[1] ?? 0),
  };
}

const DAY = counts({ 3: [50, 1], 9: [100, 20], 14: [320, 131], 15: [200, 80], 20: [100, 25] });

describe('learned quiet hours', () => {
  it('the next hour whose share is at most half of the day’s, with the evidence of both', () => {
    const told = learnedQuiet(DAY, at(14.5));
    expect(told).toMatchObject({ source: 'learned', inMs: 12.5 * HOUR, forMs: HOUR });
    expect(told.why).toContain('at 14 h: 41 % of 320 calls; at 03 h: 2 % of 50 calls');
  });

  it('in such an hour they are now', () => {
    expect(learnedQuiet(DAY, at(3.25))).toMatchObject({ inMs: 0, forMs: 0.75 * HOUR });
  });

  it('nothing counted, or too little: none, and how much is missing', () => {
    for (const few of [undefined, counts({ 3: [50, 1], 14: [9, 9] })]) {
      const told = learnedQuiet(few, at(14));
      expect(told).toMatchObject({ source: 'none' });
      expect(told.inMs).toBeUndefined();
      expect(told.why).toMatch(/none are learned yet: \d of 24 hours have 20 calls or more, 4 are needed/);
    }
  });

  it('load was never a problem: no hour is worth a wait', () => {
    const calm = counts({ 3: [50, 0], 9: [100, 1], 14: [320, 2], 15: [200, 1] });
    expect(learnedQuiet(calm, at(14))).toMatchObject({ source: 'learned', inMs: 0 });
  });

  it('all hours alike: none is quiet', () => {
    const alike = counts({ 3: [50, 20], 9: [100, 40], 14: [300, 120], 15: [200, 80] });
    expect(learnedQuiet(alike, at(14)).inMs).toBeUndefined();
  });

  it('law: a wait is shorter than a day and ends in an hour that is quiet', () => {
    const hour = fc
      .tuple(fc.integer({ min: 0, max: 400 }), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([calls, share]) => [calls, Math.floor(calls * share)] as const);
    fc.assert(
      fc.property(
        fc.array(hour, { minLength: 24, maxLength: 24 }),
        fc.integer({ min: 0, max: 24 * HOUR - 1 }),
        (hours, ms) => {
          const known = counts(Object.fromEntries(hours.entries()));
          const { inMs } = learnedQuiet(known, DAY_START + ms);
          fc.pre(inMs !== undefined);
          expect(inMs).toBeGreaterThanOrEqual(0);
          expect(inMs).toBeLessThan(24 * HOUR);
          expect(learnedQuiet(known, DAY_START + ms + (inMs ?? 0)).inMs).toBe(0);
        },
      ),
    );
  });
});
