import { describe, expect, it } from 'vitest';
import type { LimitBook, ModelLimits } from '../../src/governor/limits.ts';
import {
  afterCleanWindow,
  checkLimits,
  configured,
  dimensionOf,
  learn,
  limitOf,
  mergeBooks,
  withLive,
} from '../../src/governor/limits.ts';
import { perDay, violation } from '../quota/fixtures.ts';

const clean = (book: LimitBook, times: number, now = 0): LimitBook =>
  Array.from({ length: times }).reduce<LimitBook>((so) => afterCleanWindow(so, 'rpm', now), book);
const rejection = (limit: number | undefined, over: { passed?: number; grantedAt?: number } = {}) => ({
  dimension: 'rpm' as const,
  passed: 0,
  grantedAt: 0,
  ...(limit !== undefined && { limit }),
  ...over,
});

describe('dimensionOf', () => {
  it.each([
    [violation(), 'rpm'],
    [violation({ unit: 'tokens' }), 'tpm'],
    [violation({ unit: 'images' }), 'ipm'],
    [perDay(), 'rpd'],
    [perDay({ unit: 'tokens' }), undefined],
    [violation({ window: 'zero', limit: 0 }), undefined],
    [violation({ window: 'storage', unit: 'bytes' }), undefined],
    [violation({ unit: 'other' }), undefined],
  ])('%j is about %s', (given, dimension) => {
    expect(dimensionOf(given)).toBe(dimension);
  });

  it('limit 0 is never learned as a rate: it is branch quota-zero', () => {
    expect(dimensionOf(violation({ limit: 0 }))).toBeUndefined();
    expect(dimensionOf(perDay({ limit: 0 }))).toBeUndefined();
  });
});

describe('learning', () => {
  it('takes the number that the provider names, with its time', () => {
    const known = limitOf(learn({}, rejection(500), 7), 'rpm');
    expect(known).toMatchObject({ limit: 500, source: 'learned', since: 7, numbered: true });
  });

  it('confirms a known number by a new time', () => {
    const book = learn(learn({}, rejection(500), 7), rejection(500), 90);
    expect(limitOf(book, 'rpm')).toMatchObject({ limit: 500, since: 90 });
  });

  it('without a number it learns what went through in the window', () => {
    expect(limitOf(learn({}, rejection(undefined, { passed: 41 }), 7), 'rpm')).toMatchObject({
      limit: 41,
      source: 'learned',
      numbered: false,
    });
  });

  it('without a number and without a success it learns nothing', () => {
    expect(learn({}, rejection(undefined), 7)).toEqual({});
  });

  it('the rejected calls of one burst lower a guess only to what passed', () => {
    let book = learn({}, rejection(undefined, { passed: 99, grantedAt: 5 }), 10);
    for (let passed = 98; passed >= 60; passed--) {
      book = learn(book, rejection(undefined, { passed, grantedAt: 5 }), 11);
    }
    expect(limitOf(book, 'rpm')?.limit).toBe(60);
  });

  it('a guess that is rejected again later is lowered even if as much passed', () => {
    const book = learn({}, rejection(undefined, { passed: 40, grantedAt: 5 }), 10);
    const again = learn(book, rejection(undefined, { passed: 40, grantedAt: 20 }), 25);
    expect(limitOf(again, 'rpm')).toMatchObject({ limit: 38, since: 25 });
  });

  it('never guesses below 1', () => {
    const book = learn({}, rejection(undefined, { passed: 1, grantedAt: 5 }), 10);
    expect(limitOf(learn(book, rejection(undefined, { grantedAt: 20 }), 25), 'rpm')?.limit).toBe(1);
  });
});

describe('configured limits', () => {
  const book = configured({ rpm: 60 }, 0);

  it('bind until the provider names a lower number', () => {
    expect(limitOf(learn(book, rejection(500), 5), 'rpm')).toMatchObject({ limit: 60, source: 'config' });
    expect(limitOf(learn(book, rejection(10), 5), 'rpm')).toMatchObject({ limit: 10, source: 'learned' });
  });

  it('are never replaced by a guess', () => {
    expect(learn(book, rejection(undefined, { passed: 3 }), 5)).toBe(book);
  });

  it('are never probed upward', () => {
    expect(limitOf(clean(book, 1000), 'rpm')).toMatchObject({ limit: 60, source: 'config' });
  });

  it('bound the probing of a lower learned number', () => {
    const probed = clean(learn(configured({ rpm: 21 }, 0), rejection(20), 5), 2000);
    expect(limitOf(probed, 'rpm')).toMatchObject({ limit: 21, source: 'config' });
  });

  it.each([
    [{ rpm: 0 }, "limits['m'].rpm is 0: give a whole number from 1, or leave it out to have it learned."],
    [{ tpm: Number.NaN }, "limits['m'].tpm is NaN"],
    [{ rpd: 2.5 }, "limits['m'].rpd is 2.5"],
    [{ rps: 3 }, "limits['m'].rps is not a limit: use rpm, tpm, ipm, rpd."],
  ])('%j is refused by name', (limits, message) => {
    expect(() => checkLimits('m', limits as ModelLimits)).toThrow(message);
  });
});

describe('live limits', () => {
  it('show their source and are not probed', () => {
    const book = clean(withLive({}, 'rpm', 30, 3), 100);
    expect(limitOf(book, 'rpm')).toMatchObject({ limit: 30, source: 'live', since: 3 });
  });
});

describe('probing', () => {
  const numbered = learn({}, rejection(100), 0);

  it('a learned number rises by 5 % after ten clean full windows, not before', () => {
    expect(limitOf(clean(numbered, 9), 'rpm')?.limit).toBe(100);
    expect(limitOf(clean(numbered, 10, 77), 'rpm')).toMatchObject({ limit: 105, since: 77, probing: true });
  });

  it('a small number rises by one', () => {
    expect(limitOf(clean(learn({}, rejection(3), 0), 10), 'rpm')?.limit).toBe(4);
  });

  it('a guess rises sooner and in bigger steps, because it may be far too low', () => {
    const guess = learn({}, rejection(undefined, { passed: 8 }), 0);
    expect(limitOf(clean(guess, 2), 'rpm')?.limit).toBe(10);
  });

  it('a failed probe returns to the number and doubles the patience', () => {
    const probed = clean(numbered, 10, 50);
    const back = learn(probed, rejection(100, { grantedAt: 60 }), 61);
    expect(limitOf(back, 'rpm')).toMatchObject({ limit: 100, patience: 2 });
    expect(limitOf(clean(back, 19), 'rpm')?.limit).toBe(100);
    expect(limitOf(clean(back, 20), 'rpm')?.limit).toBe(105);
  });

  it('the late rejection of a call from before the probe is no failed probe', () => {
    const probed = clean(numbered, 10, 50);
    expect(limitOf(learn(probed, rejection(100, { grantedAt: 40 }), 61), 'rpm')?.patience).toBe(1);
  });

  it('patience is bounded', () => {
    let book = numbered;
    for (let now = 1; now < 2000; now += 2) {
      book = learn(clean(book, 160, now), rejection(100, { grantedAt: now }), now);
    }
    expect(limitOf(book, 'rpm')?.patience).toBe(16);
  });
});

describe('two ids of one quota', () => {
  it('keep the lower number of each kind', () => {
    const merged = mergeBooks(
      learn(configured({ rpm: 60, rpd: 900 }, 0), rejection(50), 1),
      configured({ rpm: 40, tpm: 1000 }, 0),
    );
    expect(limitOf(merged, 'rpm')).toMatchObject({ limit: 40, source: 'config' });
    expect(limitOf(merged, 'tpm')?.limit).toBe(1000);
    expect(limitOf(merged, 'rpd')?.limit).toBe(900);
    expect(merged.rpm?.seen?.limit).toBe(50);
  });
});
