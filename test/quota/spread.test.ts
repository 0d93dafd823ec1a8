import { describe, expect, it } from 'vitest';
import { linkFailure } from '../../src/quota/link-failure.ts';
import { Seat } from '../../src/quota/seat.ts';
import { shareOf } from '../../src/quota/spread.ts';
import { ask } from './fixtures.ts';

const NAMES = Array.from({ length: 1_000 }, (_, pid) => `host/${4_000 + pid}/1a2b3c4d`);

function seat(process: string): Seat {
  return new Seat({
    ...{ id: 'google/ai-studio/shop', process, limits: {}, windowMs: 60_000, maxRemembered: 10 },
    resets: (now) => [now + 3_600_000, now + 90_000_000],
    firstWithinMs: 2_500,
  });
}

describe('a share by name', () => {
  it('lies from 0 to 1, and is the same each time', () => {
    for (const name of ['', 'a', ...NAMES]) {
      expect(shareOf(name)).toBe(shareOf(name));
      expect(shareOf(name)).toBeGreaterThanOrEqual(0);
      expect(shareOf(name)).toBeLessThan(1);
    }
  });

  it('processes of one host are spread evenly', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const name of NAMES) tenths[Math.floor(shareOf(name) * 10)]! += 1;
    for (const count of tenths) expect(count).toBeGreaterThan(60);
  });
});

describe('processes that do the same at once', () => {
  it('ask for the first time one after another, and within 2.5 s', () => {
    const firsts = NAMES.slice(0, 50).map((name) => {
      const each = seat(name);
      each.join(ask(), 60_000, () => undefined, 1_000);
      return each.exchangeAt(1_000) ?? 0;
    });
    expect(Math.min(...firsts)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...firsts)).toBeLessThanOrEqual(3_500);
    expect(new Set(firsts.map((at) => Math.floor(at / 500))).size).toBeGreaterThan(4);
  });

  it('come back one after another where they were not answered, farther apart where they were too many', () => {
    const spread = (why: string): number => {
      const backs = NAMES.slice(0, 50).map((name) => {
        const each = seat(name);
        each.join(ask(), 60_000, () => undefined, 1_000);
        each.draft(5_000);
        each.failed(linkFailure(new Error(why)), 6_000);
        return each.exchangeAt(6_000) ?? 0;
      });
      return Math.max(...backs) - Math.min(...backs);
    };
    const away = spread('14 UNAVAILABLE: no connection');
    expect(away).toBeGreaterThan(700);
    expect(away).toBeLessThan(2_500);
    expect(spread('workflow update was aborted')).toBeGreaterThan(15_000);
  });
});

describe('why an exchange failed', () => {
  it('is told in the words of what Temporal’s client wrapped', () => {
    const cause = new Error('14 UNAVAILABLE: no connection');
    expect(linkFailure(new Error('Workflow Update failed', { cause }))).toEqual({
      why: '14 UNAVAILABLE: no connection',
      isCrowded: false,
    });
    expect(linkFailure('gone').why).toBe('gone');
  });

  it.each([
    'limit on number of concurrent in-flight updates has been reached (10)',
    'workflow update was aborted',
  ])('too many at once: %s', (why) => {
    expect(linkFailure(new Error('Workflow Update failed', { cause: new Error(why) })).isCrowded).toBe(true);
  });
});
