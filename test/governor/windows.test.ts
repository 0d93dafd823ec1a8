import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SendLog } from '../../src/governor/windows.ts';
import {
  correct,
  dayAt,
  firstDay,
  fitsAt,
  paceAfter,
  prune,
  record,
  spacingMs,
  turnAt,
  usedIn,
  withdraw,
} from '../../src/governor/windows.ts';

const SPAN = 60_000;
const NOBODY = { requests: 0, tokens: 0, images: 0 };
const sendAt = (at: number, id = at, tokens = 10, images = 1) => ({
  id,
  at,
  tokens,
  images,
  rejected: false,
});
const logOf = (...at: readonly number[]): SendLog => at.map((t) => sendAt(t));

describe('the log of sends', () => {
  it('is ordered by time, whatever the order of recording', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), (times) => {
        const log = times.reduce<SendLog>((so, at, id) => record(so, sendAt(at, id)), []);
        expect(log.map(({ at }) => at)).toEqual([...times].sort((a, b) => a - b));
      }),
    );
  });

  it('a send leaves the window exactly one span after it', () => {
    expect(usedIn(logOf(0), 'rpm', SPAN, SPAN - 1)).toBe(1);
    expect(usedIn(logOf(0), 'rpm', SPAN, SPAN)).toBe(0);
  });

  it('counts requests, tokens and images apart', () => {
    const log = [sendAt(1, 1, 250, 2), sendAt(2, 2, 50, 1)];
    expect(usedIn(log, 'rpm', SPAN, 3)).toBe(2);
    expect(usedIn(log, 'tpm', SPAN, 3)).toBe(300);
    expect(usedIn(log, 'ipm', SPAN, 3)).toBe(3);
  });

  it('a withdrawn send no longer counts; a corrected one counts once, also when it was forgotten', () => {
    expect(withdraw(logOf(1, 2), 1)).toEqual(logOf(2));
    expect(correct(logOf(1, 2), sendAt(5, 1))).toEqual([sendAt(2), sendAt(5, 1)]);
    expect(correct(logOf(2), sendAt(5, 1))).toEqual([sendAt(2), sendAt(5, 1)]);
  });

  it('pruning never changes what counts', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200_000)), fc.nat(200_000), (times, now) => {
        const log = times.reduce<SendLog>((so, at, id) => record(so, sendAt(at, id)), []);
        expect(usedIn(prune(log, SPAN, now), 'tpm', SPAN, now)).toBe(usedIn(log, 'tpm', SPAN, now));
      }),
    );
  });
});

describe('fitsAt', () => {
  it('now, while there is room', () => {
    expect(fitsAt(logOf(0, 1), 'rpm', 3, SPAN, 1, 2)).toBe(2);
  });

  it('when the oldest send leaves, once the window is full', () => {
    expect(fitsAt(logOf(5, 7, 9), 'rpm', 3, SPAN, 1, 10)).toBe(5 + SPAN);
  });

  it('when enough tokens have left', () => {
    expect(fitsAt(logOf(5, 7, 9), 'tpm', 30, SPAN, 15, 10)).toBe(7 + SPAN);
  });

  it('a call above the whole limit goes when the window is empty, instead of never', () => {
    expect(fitsAt(logOf(5, 7), 'tpm', 30, SPAN, 99, 10)).toBe(7 + SPAN);
    expect(fitsAt([], 'tpm', 30, SPAN, 99, 10)).toBe(10);
  });

  it('is the first instant with room: none earlier has it', () => {
    const times = fc.array(fc.nat(80_000), { maxLength: 12 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 8 }), (at, limit) => {
        const now = 80_000;
        const log = at.reduce<SendLog>((so, t, id) => record(so, sendAt(t, id)), []);
        const free = fitsAt(log, 'rpm', limit, SPAN, 1, now);
        expect(usedIn(log, 'rpm', SPAN, free) + 1).toBeLessThanOrEqual(limit);
        if (free > now) expect(usedIn(log, 'rpm', SPAN, free - 1) + 1).toBeGreaterThan(limit);
      }),
    );
  });
});

describe('even spacing', () => {
  it('60 calls per minute are one each second', () => {
    expect(spacingMs(1, 60, SPAN)).toBe(1000);
  });

  it('the next slot is counted from when this one was due', () => {
    expect(paceAfter(10_000, 9_500, 1000)).toBe(11_000);
    expect(paceAfter(10_000, 49_800, 1000)).toBe(50_800);
  });
});

describe('turnAt', () => {
  it('the k-th in an idle queue goes k spacings later', () => {
    const ahead = { ...NOBODY, requests: 30 };
    expect(turnAt([], 'rpm', 60, SPAN, 0, sendAt(0), ahead, 1000)).toBe(31_000);
  });

  it('behind more than a window of others, whole windows are added', () => {
    const ahead = { ...NOBODY, requests: 130 };
    expect(turnAt([], 'rpm', 60, SPAN, 0, sendAt(0), ahead, 0)).toBe(130_000);
  });

  it('after a burst that filled the window, everybody is spaced from its end', () => {
    const burst = Array.from({ length: 60 }, (_, i) => sendAt(0, i));
    const ahead = { ...NOBODY, requests: 10 };
    expect(turnAt(burst, 'rpm', 60, SPAN, 0, sendAt(0), ahead, 1000)).toBe(SPAN + 10_000);
  });
});

describe('the day', () => {
  it('lasts until the slack after its reset, then counts from zero', () => {
    const day = { ...firstDay(0, 1000), count: 7, exhausted: true };
    expect(dayAt(day, 1599, 600, () => 86_400_000)).toBe(day);
    expect(dayAt(day, 1600, 600, () => 86_400_000)).toEqual({
      count: 0,
      exhausted: false,
      fresh: true,
      startedAt: 1600,
      endsAt: 1600 + 86_400_000,
    });
  });
});
