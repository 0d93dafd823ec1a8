import { describe, expect, it } from 'vitest';
import type { BudgetLimit } from '../../src/contract/budget.ts';
import { Budgets } from '../../src/quota/wallet-budgets.ts';

const DAY: BudgetLimit = { tenant: 'acme', usd: 50, period: 'day', timeZone: 'Europe/Berlin' };

describe('budgets: which apply', () => {
  const budgets = new Budgets([
    DAY,
    { ...DAY, usd: 900, period: 'month' },
    { ...DAY, tenant: '*', usd: 5 },
    { ...DAY, tenant: 'free', usd: 1_000_000 },
  ]);

  it('a tenant’s own, both of them; else the one for every tenant, also without a tenant', () => {
    expect(budgets.of('acme').map(({ period, capMicros }) => [period, capMicros])).toEqual([
      ['day', 50_000_000],
      ['month', 900_000_000],
    ]);
    expect(budgets.of('other')).toMatchObject([{ capMicros: 5_000_000, source: '*' }]);
    expect(budgets.of('')).toEqual(budgets.of('other'));
  });

  it('none where none is configured', () => {
    expect(new Budgets([DAY]).of('other')).toEqual([]);
    expect(new Budgets().of('acme')).toEqual([]);
  });

  it('terms name the present period and its neighbours', () => {
    const [day] = budgets.terms('acme', Date.UTC(2026, 10, 26, 12));
    expect(day?.starts.map(({ iso }) => iso)).toEqual([
      '2026-11-25T00:00:00+01:00',
      '2026-11-26T00:00:00+01:00',
      '2026-11-27T00:00:00+01:00',
      '2026-11-28T00:00:00+01:00',
    ]);
    expect(budgets.stamp('acme', Date.UTC(2026, 10, 26, 23))).toEqual({
      day: Date.UTC(2026, 10, 26, 23),
      month: Date.UTC(2026, 9, 31, 23),
    });
  });
});

describe('budgets: refused with field and cure', () => {
  const wrong: readonly [string, readonly unknown[], RegExp][] = [
    ['no money', [{ ...DAY, usd: 0 }], /budgets\[0\]\.usd is 0: give USD above 0/],
    ['not a number', [DAY, { ...DAY, tenant: 'b', usd: '50' }], /budgets\[1\]\.usd is 50: give USD/],
    [
      'no such zone',
      [{ ...DAY, timeZone: 'Europe/Berln' }],
      /budgets\[0\]\.timeZone is Europe\/Berln: give an IANA name/,
    ],
    ['no zone', [{ ...DAY, timeZone: undefined }], /timeZone is undefined/],
    ['another period', [{ ...DAY, period: 'week' }], /budgets\[0\]\.period is week: give day or month/],
    [
      'no tenant',
      [{ ...DAY, tenant: undefined }],
      /budgets\[0\]\.tenant is undefined: give a tenant's name, or '\*'/,
    ],
    [
      'two of a kind',
      [DAY, { ...DAY, usd: 60 }],
      /budgets\[1\]: tenant acme has two budgets for a day: keep one/,
    ],
  ];

  it.each(wrong)('%s', (_, limits, message) => {
    expect(() => new Budgets(limits as readonly BudgetLimit[])).toThrow(TypeError);
    expect(() => new Budgets(limits as readonly BudgetLimit[])).toThrow(message);
  });
});
