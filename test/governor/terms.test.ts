import { describe, expect, it } from 'vitest';
import { nextAsk, reachMs, soonMs, termMs } from '../../src/governor/terms.ts';

const MINUTE = 60_000;
/** Exchanges a second that a governor of so many processes is asked for, at most. */
const rate = (processes: number, ms: number): number => (processes * 1_000) / ms;

describe('terms', () => {
  it('a small fleet asks every 5 s, a large one as a whole five times a second', () => {
    expect([1, 4, 25].map((processes) => termMs(processes, MINUTE))).toEqual([5_000, 5_000, 5_000]);
    for (const processes of [26, 50, 200])
      expect(rate(processes, termMs(processes, MINUTE))).toBeLessThan(5.01);
  });

  it('a lease outlasts its term, so that its successor comes in time', () => {
    for (const processes of [1, 50, 200]) {
      const term = termMs(processes, MINUTE);
      expect(reachMs(term)).toBeGreaterThan(term);
    }
  });

  it('when a stop is about to change a small fleet asks each second, a large one no more than ever', () => {
    expect(soonMs(4, MINUTE)).toBe(1_000);
    for (const processes of [6, 50, 200])
      expect(rate(processes, soonMs(processes, MINUTE))).toBeLessThan(5.01);
  });
});

describe('when to ask again', () => {
  type Last = Parameters<typeof nextAsk>[0];
  const NOBODY: Last = { seenAt: -Infinity, askAt: 0 };

  it('is after the term: nobody who comes alone is made to ask sooner', () => {
    for (const processes of [1, 4, 50]) {
      expect(nextAsk(NOBODY, processes, 5_000, 1_000).at).toBe(6_000);
      expect(nextAsk({ seenAt: 500, askAt: 5_600 }, processes, 5_000, 1_000).at).toBe(6_000);
    }
  });

  it('fifty that came at once come one after another from then on, and none later than its term', () => {
    const term = termMs(50, MINUTE);
    let last = NOBODY;
    const due = Array.from({ length: 50 }, (_, index) => {
      const now = 1_000 + 2 * index;
      const { at, askAt } = nextAsk(last, 50, term, now);
      last = { seenAt: now, askAt };
      expect(at).toBeGreaterThanOrEqual(now + term / 2);
      expect(at).toBeLessThanOrEqual(now + term);
      return at;
    });
    expect(Math.max(...due) - Math.min(...due)).toBeGreaterThan(0.4 * term);
    // No two of those that fit into half a term fall on the same moment.
    expect(new Set(due.map((at) => Math.round(at / 100))).size).toBeGreaterThan(25);
  });
});
