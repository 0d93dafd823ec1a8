/** Whether a call waits for quiet hours: the deadline first, and never for nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QuietOutlook } from '../../src/domain/quiet.ts';
import { whenQuiet } from '../../src/policies/quiet.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2026-05-01T12:00:00Z');
const WHY = 'quiet hours 22:00–06:00 UTC';

function step(outlook: Partial<QuietOutlook>, deadlineMs = 24 * HOUR, random = 0) {
  return whenQuiet(
    { source: 'configured', why: WHY, ...outlook },
    { now: NOW, deadlineAt: NOW + deadlineMs, callTimeoutMs: 3 * MINUTE, random, timeScale: 1 },
  );
}

describe('whenQuiet', () => {
  it('waits until they begin, with the reason', () => {
    expect(step({ inMs: 10 * HOUR, forMs: 8 * HOUR })).toEqual({
      kind: 'wait',
      until: NOW + 10 * HOUR,
      why: WHY,
    });
  });

  it('goes where they are now, and where none are known, which it says', () => {
    expect(step({ inMs: 0, forMs: HOUR })).toEqual({ kind: 'go', isQuiet: true, why: WHY });
    expect(step({ source: 'none', why: 'none learned' })).toEqual({
      kind: 'go',
      isQuiet: false,
      why: 'none learned',
    });
  });

  it('goes now where they begin too late for its deadline, and says by when it must go', () => {
    const late = step({ inMs: 10 * HOUR, forMs: 8 * HOUR }, 10 * HOUR + 20 * MINUTE);
    expect(late).toMatchObject({ kind: 'go', isQuiet: false });
    expect(late.why).toContain('30 min before its deadline are kept for the call and its retests');
    expect(late.why).toContain('2026-05-01T21:50:00.000Z');
  });

  it('law: a wait begins no earlier than quiet hours, ends within their first tenth and leaves what is kept', () => {
    fc.assert(
      fc.property(
        fc.record({
          inMs: fc.integer({ min: 0, max: 9 * 24 * HOUR }),
          forMs: fc.integer({ min: 1, max: 24 * HOUR }),
          deadlineMs: fc.integer({ min: 1_000, max: 14 * 24 * HOUR }),
          callTimeoutMs: fc.integer({ min: 1_000, max: 600_000 }),
          random: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
          timeScale: fc.constantFrom(0.02, 1),
        }),
        ({ inMs, forMs, deadlineMs, ...rest }) => {
          const deadlineAt = NOW + deadlineMs;
          const told = whenQuiet(
            { source: 'learned', inMs, forMs, why: WHY },
            { now: NOW, deadlineAt, ...rest },
          );
          if (told.kind === 'go') return;
          expect(told.until).toBeGreaterThanOrEqual(NOW + inMs);
          expect(told.until).toBeLessThanOrEqual(NOW + inMs + Math.min(5 * MINUTE, forMs / 10) + 1);
          expect(told.until).toBeLessThanOrEqual(deadlineAt - Math.max(30 * MINUTE, 3 * rest.callTimeoutMs));
        },
      ),
    );
  });
});
