import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Branch } from '../../../src/domain/branch.ts';
import type { Governed } from './governed.ts';
import { EVIDENCE, MODEL, bad, good, proved, report, tried, trialsIn, verdict, wanting } from './governed.ts';

const overloaded = (calls: number, branch: Branch = 'capacity') => bad(branch, calls, 'overloaded');

function opened(): Governed {
  const governed = proved();
  governed.tell('p1', [overloaded(5)]);
  expect(governed.view.breakers).toHaveLength(1);
  return governed;
}

/** Lets the trial end, and tells it with its call. */
function end(governed: Governed, process: string, trial: string | undefined, branch?: Branch): void {
  const failures = branch === undefined ? {} : { [branch]: 1 };
  governed.tell(process, [report({ trials: [tried(trial, branch)] }), report({ calls: 1, failures })]);
}

describe('opens', () => {
  it('at five capacity failures that are half of the minute, by the calls of all processes', () => {
    const governed = proved();
    governed.tell('p1', [overloaded(2), good(3)]);
    governed.tell('p2', [overloaded(2, 'internal'), good(2)]);
    expect(governed.view.breakers).toEqual([]);
    const { stops } = governed.tell('p3', [overloaded(1, 'gateway-fault')]);
    expect(stops).toEqual([
      {
        kind: 'breaker',
        breaker: {
          route: { credential: expect.any(String), model: MODEL, tier: 'standard' },
          phase: 'open',
          since: governed.now,
          tryAt: governed.now + 15_000,
          failures: 5,
          calls: 10,
          branch: 'capacity',
        },
        tryInMs: 15_000,
        trials: [],
      },
    ]);
    expect(governed.events[0]).toBe('breaker-opened');
  });

  it.each<[string, number, number]>([
    ['four failures of four', 4, 0],
    ['five of eleven', 5, 6],
  ])('not at %s', (_what, failures, others) => {
    const governed = proved();
    governed.tell('p1', [good(others), overloaded(failures)]);
    expect(governed.view.breakers).toEqual([]);
  });

  it('not by failures that are a minute old', () => {
    const governed = proved();
    governed.tell('p1', [overloaded(4)]);
    governed.pass(60_000);
    governed.tell('p1', [overloaded(4)]);
    expect(governed.view.breakers).toEqual([]);
  });

  it.each<Branch>(['quota-minute', 'timeout', 'network', 'no-image', 'policy'])(
    'not by %s, which is not the route at fault',
    (branch) => {
      const governed = proved();
      governed.tell('p1', [bad(branch, 50, 'any')]);
      expect(governed.view.breakers).toEqual([]);
    },
  );

  it('for one model and tier only', () => {
    const governed = proved();
    governed.tell('p1', [overloaded(3), bad('capacity', 3, 'overloaded', { tier: 'priority' })]);
    expect(governed.view.breakers).toEqual([]);
    governed.tell('p1', [bad('capacity', 2, 'overloaded', { tier: 'priority' })]);
    expect(governed.view.breakers).toMatchObject([{ route: { tier: 'priority' } }]);
  });

  it('with the latest evidence as its route proof', () => {
    const governed = opened();
    governed.tell('p1', [report({ verdicts: [verdict('capacity', 'overloaded', { evidence: EVIDENCE })] })]);
    expect(governed.view.breakers).toMatchObject([{ evidence: EVIDENCE }]);
  });

  it('sooner where the provider’s minute is scaled', () => {
    const governed = proved();
    governed.tell('p1', [overloaded(4)], { scale: 0.1 });
    governed.pass(6_000);
    governed.tell('p1', [overloaded(4)]);
    expect(governed.view.breakers).toEqual([]);
    expect(governed.tell('p1', [overloaded(1)]).stops).toMatchObject([{ tryInMs: 1_500 }]);
  });
});

describe('half-open', () => {
  it('one waiting generation of the fleet tries, once the time is over', () => {
    const governed = opened();
    governed.pass(14_999);
    expect(trialsIn(governed.tell('p1', [wanting()]), 'breaker')).toEqual([]);
    expect(governed.last?.soon).toBe(true);
    governed.pass(1);
    expect(trialsIn(governed.tell('p2'), 'breaker')).toEqual([]);
    expect(trialsIn(governed.tell('p1', [wanting()]), 'breaker')).toHaveLength(1);
    expect(trialsIn(governed.tell('p2', [wanting()]), 'breaker')).toEqual([]);
    expect(governed.view.breakers).toMatchObject([{ phase: 'half-open' }]);
    expect(governed.events.at(-1)).toBe('breaker-half-open');
  });

  it.each<[Branch | undefined]>([[undefined], ['no-image'], ['safety-prompt']])(
    'a trial that ends in %s closes it: the model answers',
    (branch) => {
      const governed = opened();
      governed.pass(15_000);
      const [trial] = trialsIn(governed.tell('p1', [wanting()]), 'breaker');
      end(governed, 'p1', trial, branch);
      expect(governed.view.breakers).toEqual([]);
      expect(governed.events.at(-1)).toBe('breaker-closed');
    },
  );

  it('failing trials double its time, to two minutes', () => {
    const governed = opened();
    const times: number[] = [];
    for (let n = 0; n < 6; n++) {
      governed.pass(governed.tell('p1').stops.find(({ kind }) => kind === 'breaker') ? 120_000 : 0);
      const [trial] = trialsIn(governed.tell('p1', [wanting()]), 'breaker');
      end(governed, 'p1', trial, 'capacity');
      times.push((governed.view.breakers[0]?.tryAt ?? 0) - governed.now);
    }
    expect(times).toEqual([30_000, 60_000, 120_000, 120_000, 120_000, 120_000]);
  });

  it('a trial that says nothing of the capacity is tried again at once', () => {
    const governed = opened();
    governed.pass(15_000);
    const [trial] = trialsIn(governed.tell('p1', [wanting()]), 'breaker');
    end(governed, 'p1', trial, 'quota-minute');
    expect(trialsIn(governed.tell('p2', [wanting()]), 'breaker')).toHaveLength(1);
  });
});

describe('closed again', () => {
  function closed(): Governed {
    const governed = opened();
    governed.pass(15_000);
    const [trial] = trialsIn(governed.tell('p1', [wanting()]), 'breaker');
    end(governed, 'p1', trial);
    return governed;
  }

  it('failures from before do not count: neither those told before nor those told within an exchange', () => {
    const governed = closed();
    governed.tell('p2', [overloaded(20)]);
    governed.pass(5_000);
    governed.tell('p2', [overloaded(4)]);
    expect(governed.view.breakers).toEqual([]);
    governed.tell('p2', [overloaded(1)]);
    expect(governed.view.breakers).toHaveLength(1);
  });

  it('opens for the first time again: 15 s', () => {
    const governed = closed();
    governed.pass(5_000);
    expect(governed.tell('p2', [overloaded(5)]).stops).toMatchObject([{ tryInMs: 15_000 }]);
  });
});

describe('a steady mix', () => {
  it('of 40 % failures never opens it, at any rate from one call a second', () => {
    for (const perSecond of [1, 2, 5, 20]) {
      const governed = proved();
      for (let call = 0; call < 300 * perSecond; call += perSecond) {
        governed.pass(1_000);
        const calls = Array.from({ length: perSecond }, (_, n) => (call + n) % 5);
        governed.tell(
          'p1',
          calls.map((n) => (n === 1 || n === 3 ? overloaded(1) : good())),
        );
      }
      expect(governed.events.filter((what) => what === 'breaker-opened')).toEqual([]);
    }
  });

  it('of 40 % in any order: between two openings lie five new failures that are half of the new calls', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(4), { minLength: 50, maxLength: 150 }),
        fc.integer({ min: 200, max: 6_000 }),
        (calls, everyMs) => {
          const governed = proved();
          let since: boolean[] = [];
          let openings = 0;
          for (const call of calls) {
            governed.pass(everyMs);
            const [trial] = trialsIn(governed.tell('p1', [wanting()]), 'breaker');
            const failed = call < 2;
            const isOpen = () => governed.last?.stops.some(({ kind }) => kind === 'breaker') === true;
            if (isOpen()) {
              since = [];
              if (trial !== undefined) end(governed, 'p1', trial, failed ? 'capacity' : undefined);
              continue;
            }
            since.push(failed);
            governed.tell('p1', [failed ? overloaded(1) : good()]);
            if (!isOpen()) continue;
            openings += 1;
            expect(since.filter(Boolean).length).toBeGreaterThanOrEqual(5);
          }
          expect(openings * 5).toBeLessThanOrEqual(calls.filter((call) => call < 2).length);
        },
      ),
      { numRuns: 20 },
    );
  });
});
