import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Demand } from '../../src/contract/exchange.ts';
import type { Claim } from '../../src/governor/dealing.ts';
import { aged, deal, total, without } from '../../src/governor/dealing.ts';
import { folded } from '../../src/governor/folded.ts';

const waits = (n: number, ageMs: number, more: Partial<Demand> = {}): Demand => ({
  urgency: 1,
  tenant: '',
  ageMs,
  n,
  ...more,
});
const claim = (id: string, demand: readonly Demand[], coveredUntil = 0): Claim => ({
  id,
  demand,
  coveredUntil,
});
const times = (n: number, every = 100, from = 0): number[] =>
  Array.from({ length: n }, (_, i) => from + i * every);

describe('dealing', () => {
  it('alone, a process gets as many slots as it wants, the earliest', () => {
    expect(deal(times(5), [claim('a', [waits(3, 10)])], 'a', {}).taken).toEqual([0, 100, 200]);
  });

  it('of two that wait alike each gets every other slot', () => {
    const claims = [claim('a', [waits(9, 1_000)]), claim('b', [waits(9, 1_000)])];
    expect(deal(times(6), claims, 'a', {}).taken).toHaveLength(3);
  });

  it('who has waited longer goes first, whoever asks', () => {
    const claims = [claim('old', [waits(2, 60_000), waits(1, 50_000)]), claim('young', [waits(5, 20)])];
    expect(deal(times(4), claims, 'young', {}).taken).toEqual([300]);
  });

  it('who has a lease for a stretch is dealt nothing more of it', () => {
    const claims = [claim('covered', [waits(9, 60_000)], 250), claim('asks', [waits(9, 20)])];
    expect(deal(times(5), claims, 'asks', {}).taken).toEqual([0, 100, 200]);
  });

  it('interactive goes before standard, standard before batch, whatever their age', () => {
    const claims = [
      claim('batch', [waits(9, 90_000, { urgency: 2 })]),
      claim('now', [waits(2, 5, { urgency: 0 })]),
      claim('std', [waits(9, 40_000)]),
    ];
    expect(deal(times(4), claims, 'now', {}).taken).toEqual([0, 100]);
    expect(deal(times(4), claims, 'std', {}).taken).toEqual([200, 300]);
    expect(deal(times(4), claims, 'batch', {}).taken).toEqual([]);
  });

  it('a tenant that floods the fleet leaves every other slot to the one that waits beside it', () => {
    const flood = claim('p1', [waits(1_000, 90_000, { tenant: 'flood' })]);
    const small = claim('p2', [waits(3, 100, { tenant: 'small' })]);
    expect(deal(times(6), [flood, small], 'p2', {}).taken).toHaveLength(3);
  });

  it('a tenant that comes later starts level: waiting elsewhere earns nothing', () => {
    const claims = [
      claim('p1', [waits(50, 90_000, { tenant: 'old' })]),
      claim('p2', [waits(50, 10, { tenant: 'new' })]),
    ];
    const { taken } = deal(times(10), claims, 'p2', { old: 40 });
    expect(taken.length).toBe(5);
  });

  it('what is dealt to one is dealt to nobody else', () => {
    const demand = fc.array(
      fc.record({
        urgency: fc.integer({ min: 0, max: 2 }),
        tenant: fc.constantFrom('', 'a', 'b'),
        ageMs: fc.integer({ min: 0, max: 100_000 }),
        n: fc.integer({ min: 0, max: 5 }),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(
        fc.array(demand, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 30 }),
        (demands, n) => {
          const claims = demands.map((each, i) => claim(`p${i}`, folded(each)));
          let free = times(n);
          const all: number[] = [];
          for (const { id, demand: wanted } of claims) {
            const { taken } = deal(free, claims, id, {});
            expect(taken.length).toBeLessThanOrEqual(total(wanted));
            all.push(...taken);
            free = free.filter((at) => !taken.includes(at));
          }
          expect(new Set(all).size).toBe(all.length);
        },
      ),
    );
  });
});

describe('demand', () => {
  it('what was leased is taken off from its old end', () => {
    expect(without([waits(2, 9), waits(3, 5)], 3)).toEqual([waits(2, 5)]);
  });

  it('ages go on', () => {
    expect(aged([waits(1, 5)], 10)).toEqual([waits(1, 15)]);
  });

  it('folded, no call is lost and no more is told than there is room for', () => {
    const many = Array.from({ length: 500 }, (_, i) =>
      waits(1 + (i % 3), i, { urgency: i % 3, tenant: `t${i % 40}` }),
    );
    const short = folded(many);
    expect(short.length).toBeLessThanOrEqual(48 + 3);
    expect(total(short)).toBe(total(many));
  });
});
