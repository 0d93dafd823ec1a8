import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { providerDay } from '../../src/emulator/pacific-day.ts';
import { QuotaWindows } from '../../src/emulator/quota-windows.ts';
import type { QuotaRules } from '../../src/emulator/quota-windows.ts';
import { retryDelay } from '../../src/emulator/quota-errors.ts';

const MODEL = 'gemini-3-pro-image';
const NOW = Date.UTC(2026, 10, 21, 12);

function windows(rules: Partial<QuotaRules>): QuotaWindows {
  return new QuotaWindows({ limits: {}, form: 'sliding', rejectedCount: false, timeScale: 1, ...rules });
}

const one = { tokens: 10, images: 1 };

describe('sliding window', () => {
  test('no window of a minute ever holds more than the limit, whatever the arrivals', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 200 }),
        fc.integer({ min: 1, max: 9 }),
        (gaps, rpm) => {
          const quota = windows({ limits: { [MODEL]: { rpm } } });
          const granted: number[] = [];
          let now = NOW;
          for (const gap of gaps) {
            now += gap;
            if (!quota.take(MODEL, one, now)) granted.push(now);
          }
          return granted.every((at) => granted.filter((t) => t > at - 60_000 && t <= at).length <= rpm);
        },
      ),
    );
  });

  test('RetryInfo is true: the call passes exactly then, and not a millisecond before', () => {
    const quota = windows({ limits: { [MODEL]: { rpm: 2 } } });
    quota.take(MODEL, one, NOW);
    quota.take(MODEL, one, NOW + 10_000);
    expect(quota.take(MODEL, one, NOW + 20_000)?.retryAfterMs).toBe(40_000);
    expect(quota.take(MODEL, one, NOW + 59_999)).toBeDefined();
    expect(quota.take(MODEL, one, NOW + 60_000)).toBeUndefined();
  });

  test('rejected calls count where they are said to: a hammering client never gets through', () => {
    const hammer = (rejectedCount: boolean): number => {
      const quota = windows({ limits: { [MODEL]: { rpm: 2 } }, rejectedCount });
      let granted = 0;
      for (let second = 0; second < 600; second += 5) {
        if (!quota.take(MODEL, one, NOW + second * 1000)) granted += 1;
      }
      return granted;
    };
    expect([hammer(false), hammer(true)]).toEqual([20, 2]);
  });

  test('input tokens and images have windows of their own, and one refusal lists all that is violated', () => {
    const quota = windows({ limits: { [MODEL]: { rpm: 1, tpm: 15, ipm: 1 } } });
    expect(quota.take(MODEL, one, NOW)).toBeUndefined();
    const refusal = quota.take(MODEL, one, NOW + 1);
    expect(refusal?.violations.map((violation) => violation.dimension)).toEqual(['rpm', 'tpm', 'ipm']);
  });

  test('a scaled minute is shorter and so is what RetryInfo says', () => {
    const quota = windows({ limits: { [MODEL]: { rpm: 1 } }, timeScale: 0.05 });
    quota.take(MODEL, one, NOW);
    expect(quota.take(MODEL, one, NOW + 1000)?.retryAfterMs).toBe(2000);
    expect(quota.take(MODEL, one, NOW + 3000)).toBeUndefined();
  });
});

describe('bucket', () => {
  test('starts full and refills evenly', () => {
    const quota = windows({ limits: { [MODEL]: { rpm: 6 } }, form: 'bucket' });
    const take = (at: number): boolean => quota.take(MODEL, one, NOW + at) === undefined;
    expect(Array.from({ length: 7 }, () => take(0))).toEqual([true, true, true, true, true, true, false]);
    expect([take(9_900), take(10_000), take(10_001)]).toEqual([false, true, false]);
  });

  test('the debt of rejected calls is bounded by one window', () => {
    const quota = windows({ limits: { [MODEL]: { rpm: 6 } }, form: 'bucket', rejectedCount: true });
    for (let n = 0; n < 100; n += 1) quota.take(MODEL, one, NOW);
    expect(quota.take(MODEL, one, NOW + 69_000)).toBeDefined();
    expect(quota.take(MODEL, one, NOW + 69_000 + 25_000)).toBeUndefined();
  });
});

describe('day', () => {
  test('quota-day: RetryInfo names less than a minute although the day ends at midnight Pacific', () => {
    const quota = windows({ limits: { '*': { rpd: 1 } } });
    quota.take(MODEL, one, NOW);
    const refusal = quota.take(MODEL, one, NOW + 1000);
    expect(refusal?.violations).toEqual([{ dimension: 'rpd', limit: 1 }]);
    expect(refusal?.retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(quota.take(MODEL, one, NOW + 3_600_000)).toBeDefined();
    expect(quota.take(MODEL, one, Date.UTC(2026, 10, 22, 8))).toBeUndefined();
  });

  test.each([
    ['a winter day', Date.UTC(2026, 10, 21, 12), Date.UTC(2026, 10, 22, 8)],
    ['a summer day', Date.UTC(2026, 6, 1, 12), Date.UTC(2026, 6, 2, 7)],
    ['the day of 23 hours', Date.UTC(2026, 2, 8, 9), Date.UTC(2026, 2, 9, 7)],
    ['the day of 25 hours', Date.UTC(2026, 10, 1, 7, 30), Date.UTC(2026, 10, 2, 8)],
  ])('%s ends at midnight Pacific', (_, now, midnight) => {
    expect(new Date(providerDay(now, 1).resetsAt).toISOString()).toBe(new Date(midnight).toISOString());
  });

  test('a scaled day is scaled', () => {
    expect(providerDay(NOW, 0.001).resetsAt - NOW).toBeLessThanOrEqual(86_400);
    expect(providerDay(NOW, 0.001).key).not.toBe(providerDay(NOW + 86_400, 0.001).key);
  });
});

test('models have quotas of their own; `*` is for the rest', () => {
  const quota = windows({ limits: { a: { rpm: 1 }, '*': { rpm: 2 } } });
  const granted = (model: string): number =>
    [0, 1, 2].filter((at) => !quota.take(model, one, NOW + at)).length;
  expect([granted('a'), granted('b'), granted('c')]).toEqual([1, 2, 2]);
  expect(quota.use(NOW + 3)['a']).toEqual([{ dimension: 'rpm', limit: 1, used: 1 }]);
});

test('a delay in words never ends before the wait does', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 1e8, noNaN: true }), (ms) => {
      const text = retryDelay(ms);
      return /^\d+\.\d{9}s$/.test(text) && Number(text.slice(0, -1)) * 1000 >= ms - 1e-6;
    }),
  );
});
