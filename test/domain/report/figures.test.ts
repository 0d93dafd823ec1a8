/** Figures are a sum, whatever runs there were: nothing counted twice, nothing lost, in any order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EndedRun, Figures } from '../../../src/domain/report/figures.ts';
import { DIMENSIONS_COUNTED, figuresOf, sumOf } from '../../../src/domain/report/figures.ts';
import type { Line } from '../../../src/domain/report/line.ts';
import { added, NO_LINE } from '../../../src/domain/report/line.ts';
import type { CallTally } from '../../../src/domain/tally.ts';
import { nanosOf, withCalls } from '../../../src/domain/tally.ts';
import { run } from './runs.ts';

const runs = fc.array(run, { maxLength: 40 });
/** A run is in each line that one of its calls is in; these belong to the run, not to a call. */
const OF_RUNS = ['generations', 'delivered', 'dead', 'cancelled'] as const;
const BY_RUN: ReadonlySet<string> = new Set(['day', 'tenant', 'urgency']);

function sumOfLines(figures: Figures, by: (typeof DIMENSIONS_COUNTED)[number]): Line {
  return Object.values(figures.lines[by]).reduce(added, NO_LINE);
}

function withoutRuns(line: Line): Partial<Line> {
  return Object.fromEntries(
    Object.entries(line).filter(([field]) => !(OF_RUNS as readonly string[]).includes(field)),
  );
}

describe('figures', () => {
  it('every dimension adds up to the total: calls, money, images', () => {
    fc.assert(
      fc.property(runs, (all) => {
        const figures = figuresOf(all);
        for (const by of DIMENSIONS_COUNTED) {
          const sum = sumOfLines(figures, by);
          if (BY_RUN.has(by)) expect(sum).toEqual(figures.total);
          else expect(withoutRuns(sum)).toEqual(withoutRuns(figures.total));
        }
      }),
    );
  });

  it('counting apart and adding is counting at once, in any order', () => {
    fc.assert(
      fc.property(runs, fc.nat(40), (all, at) => {
        const parts = [figuresOf(all.slice(at)), figuresOf(all.slice(0, at))];
        expect(sumOf(parts)).toEqual(figuresOf(all));
      }),
    );
  });

  it('no line has more than the total, and one more run takes nothing away', () => {
    fc.assert(
      fc.property(runs, run, (all, one) => {
        const before = figuresOf(all);
        const after = figuresOf([...all, one]);
        for (const field of Object.keys(NO_LINE) as (keyof Line)[]) {
          expect(after.total[field]).toBeGreaterThanOrEqual(before.total[field]);
          for (const by of DIMENSIONS_COUNTED) {
            for (const line of Object.values(after.lines[by])) {
              expect(line[field]).toBeLessThanOrEqual(after.total[field]);
            }
          }
        }
      }),
    );
  });

  it('the total is what the tallies say, to a billionth of a USD', () => {
    fc.assert(
      fc.property(runs, (all) => {
        const calls = all.flatMap(({ tally }: EndedRun) => (typeof tally === 'string' ? [] : tally.calls));
        const { total, unknown } = figuresOf(all);
        expect(total.sureNanos).toBe(sum(calls, ({ sureUsd }) => nanosOf(sureUsd)));
        expect(total.possibleNanos).toBe(sum(calls, ({ possibleUsd }) => nanosOf(possibleUsd)));
        expect(total.calls).toBe(sum(calls, (each) => each.calls));
        const left = unknown.terminated + unknown['timed-out'] + unknown['no-tally'];
        expect(total.generations + left).toBe(all.length);
      }),
    );
  });
});

describe('a tally’s groups', () => {
  const group = fc.constantFrom<CallTally>(
    ...Array.from({ length: 40 }, (_, i) => ({
      hour: i,
      route: 'default',
      model: 'gemini-3-pro-image',
      tier: 'standard' as const,
      calls: 1,
      billed: 1,
      maybeBilled: 0,
      sureUsd: 0.134 + i / 1e9,
      possibleUsd: i / 1e9,
    })),
  );

  it('stay few, and lose no call and no money', () => {
    fc.assert(
      fc.property(fc.array(group, { maxLength: 60 }), (calls) => {
        const groups = calls.reduce<readonly CallTally[]>(withCalls, []);
        expect(groups.length).toBeLessThanOrEqual(24);
        for (const of of [
          (one: CallTally) => one.calls,
          (one: CallTally) => nanosOf(one.sureUsd),
          (one: CallTally) => nanosOf(one.possibleUsd),
        ]) {
          expect(sum(groups, of)).toBe(sum(calls, of));
        }
      }),
    );
  });
});

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((n, one) => n + of(one), 0);
}
