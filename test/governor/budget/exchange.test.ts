import { describe, expect, it } from 'vitest';
import type { BudgetRequest, BudgetTerms } from '../../../src/contract/budget.ts';
import { exchange, LEASE_TERM_MS, newBudget, viewOf } from '../../../src/governor/budget/index.ts';
import type { BudgetState } from '../../../src/governor/budget/index.ts';
import {
  bill,
  calls,
  DAY_MS,
  dayTerms,
  DOLLAR,
  held,
  monthTerms,
  NOON,
  request,
  start,
  TODAY,
} from './requests.ts';

/** A budget that keeps its state between exchanges. */
class Entity {
  state: BudgetState;
  now = NOON;

  constructor(state: BudgetState = newBudget('acme', 'e1', NOON)) {
    this.state = state;
  }

  tell(given: BudgetRequest) {
    const { state, answer } = exchange(this.state, given, this.now);
    this.state = JSON.parse(JSON.stringify(state)) as BudgetState;
    return answer;
  }

  get view() {
    return viewOf(this.state, this.now);
  }

  get today() {
    const { now, leasedUsd } = this.view.budgets.find(({ period }) => period === 'day') ?? {};
    return { sure: now?.sureUsd, possible: now?.possibleUsd, leased: leasedUsd };
  }
}

/** Bills of so many calls, each under a key as long as a real one. */
function many(count: number, name: string, sureUsd: number, possibleUsd = 0) {
  const keys = Array.from({ length: count }, (_, i) => `${name}${i}`.padEnd(16, '-'));
  return keys.map((key) => bill(key, sureUsd, possibleUsd));
}

const granted = (entity: Entity, given: BudgetRequest) => entity.tell(given).grantedMicros / DOLLAR;

describe('budget: what a process gets', () => {
  it('whole calls in their order, what they need and no more than is left', () => {
    const entity = new Entity();
    expect(granted(entity, request('a', 1, { calls: calls([4, 1], [3, 1]) }))).toBe(7);
    const answer = entity.tell(request('b', 1, { calls: calls([4, 1], [2, 2]) }));
    expect(answer.grantedMicros).toBe(2 * DOLLAR);
    expect(answer.tight).toBe(true);
    expect(entity.today.leased).toBe(9);
  });

  it('while there is plenty also what is needed soon, shared by those who may ask as much', () => {
    const entity = new Entity();
    entity.tell(request('a', 1));
    const { grantedMicros, tight } = entity.tell(request('b', 1, { aheadMicros: 100 * DOLLAR }));
    expect(grantedMicros).toBe(2.5 * DOLLAR);
    expect(tight).toBe(false);
  });

  it('near the cap nothing ahead, so that the last dollar serves a call', () => {
    const entity = new Entity();
    entity.tell(request('a', 1, { settled: [bill('k', 9.2)] }));
    const { grantedMicros, tight } = entity.tell(
      request('b', 1, { calls: calls([0.5, 1]), aheadMicros: DOLLAR }),
    );
    expect(grantedMicros).toBe(0.5 * DOLLAR);
    expect(tight).toBe(true);
  });

  it('the smallest of all budgets binds', () => {
    const entity = new Entity();
    const terms = [dayTerms(10), monthTerms(3)];
    expect(granted(entity, request('a', 1, { terms, calls: calls([1, 9]) }))).toBe(3);
    const [day, month] = entity.tell(request('b', 1, { terms })).standings;
    expect([day?.leasedMicros, month?.leasedMicros]).toEqual([3 * DOLLAR, 3 * DOLLAR]);
  });

  it('a changed cap takes effect at once, and the view says who told it', () => {
    const entity = new Entity();
    entity.tell(request('a', 1, { settled: [bill('k', 6)] }));
    expect(granted(entity, request('b', 1, { terms: [dayTerms(5)], calls: calls([1, 1]) }))).toBe(0);
    expect(entity.view.budgets[0]).toMatchObject({ usd: 5, source: 'process b, for this tenant' });
    expect(granted(entity, request('a', 2, { terms: [dayTerms(7)], calls: calls([1, 2]) }))).toBe(1);
  });
});

describe('budget: B2, repeated and late requests', () => {
  it('the same request gets the same answer and leases nothing more', () => {
    const entity = new Entity();
    const asked = request('a', 1, { calls: calls([1, 3]) });
    const first = entity.tell(asked);
    expect(entity.tell(asked)).toEqual(first);
    expect(entity.today.leased).toBe(3);
  });

  it('one that comes late does not take back what was told since', () => {
    const entity = new Entity();
    entity.tell(request('a', 1, { calls: calls([1, 3]) }));
    entity.tell(request('a', 2, { holds: held(1), settled: [bill('k', 2)] }));
    entity.tell(request('a', 1, { calls: calls([1, 3]) }));
    expect(entity.today).toEqual({ sure: 2, possible: 0, leased: 1 });
  });
});

describe('budget: B3, a call counts once', () => {
  it('whoever books it and however often', () => {
    const entity = new Entity();
    entity.tell(request('a', 1, { settled: [bill('k', 2), bill('k', 2)] }));
    entity.tell(request('b', 1, { settled: [bill('k', 2)] }));
    entity.tell(request('b', 2, { settled: [bill('k', 0, 3)] }));
    expect(entity.today).toEqual({ sure: 2, possible: 0, leased: 0 });
  });

  it('what was only possible becomes sure, or nothing, and never the other way', () => {
    const entity = new Entity();
    entity.tell(request('a', 1, { settled: [bill('k', 0, 3), bill('l', 0, 2)] }));
    expect(entity.today).toMatchObject({ sure: 0, possible: 5 });
    entity.tell(request('b', 1, { settled: [bill('k', 1), bill('l', 0)] }));
    entity.tell(request('b', 2, { settled: [bill('k', 0, 3), bill('l', 0, 2)] }));
    expect(entity.today).toMatchObject({ sure: 1, possible: 0 });
  });

  it('keys are remembered across 2,000 others', () => {
    const entity = new Entity();
    entity.tell(request('a', 1, { settled: [bill('k'.repeat(16), 2)] }));
    entity.tell(request('a', 2, { settled: many(1_999, 's', 0.000_001) }));
    entity.tell(request('a', 3, { settled: [bill('k'.repeat(16), 2)] }));
    expect(entity.today.sure).toBeCloseTo(2, 2);
  });

  it('what is only possible is remembered across any number of calls: a batch answers days later', () => {
    const entity = new Entity();
    entity.tell(request('a', 1, { settled: [bill('k', 0, 3)] }));
    for (let n = 2; n < 6; n += 1) {
      entity.tell(request('a', n, { settled: many(2_000, `s${n}`, 0.000_001) }));
    }
    entity.tell(request('b', 1, { settled: [bill('k', 1)] }));
    expect(entity.today.sure).toBeCloseTo(1, 1);
    expect(entity.today.possible).toBe(0);
  });

  it('what a batch awaits is held; it turns out to be sure, nothing, or possible and only then sure', () => {
    const entity = new Entity();
    const awaited = (key: string) => ({ ...bill(key, 0), awaitedMicros: 2 * DOLLAR });
    const keys = ['k', 'l', 'm'];
    entity.tell(request('a', 1, { settled: keys.map(awaited) }));
    entity.tell(request('b', 1, { settled: keys.map(awaited) }));
    expect(entity.today).toEqual({ sure: 0, possible: 0, leased: 6 });
    expect(granted(entity, request('a', 2, { calls: calls([1, 9]) }))).toBe(4);
    entity.tell(request('a', 3, { settled: [bill('k', 1), bill('l', 0), bill('m', 0, 2)] }));
    entity.tell(request('b', 2, { settled: keys.map(awaited) }));
    expect(entity.today).toEqual({ sure: 1, possible: 2, leased: 0 });
    entity.tell(request('a', 4, { settled: [bill('m', 2)] }));
    expect(entity.today).toEqual({ sure: 3, possible: 0, leased: 0 });
    expect(entity.view.events.map(({ percent }) => percent)).toEqual([]);
  });

  it('however much is possible, the state stays under 512 KiB; what is forgotten counts too much, never too little', () => {
    const entity = new Entity();
    const both = { terms: [dayTerms(100), monthTerms(100)] };
    const stamp = { day: TODAY, month: Date.UTC(2026, 10, 1) };
    const bills = many(6_000, 'p', 0, 0.001).map((each) => ({ ...each, stamp }));
    entity.tell(request('a', 1, { ...both, settled: [{ ...bill('k', 0, 3), stamp }] }));
    entity.tell(request('a', 2, { ...both, settled: bills }));
    entity.tell(request('a', 3, { ...both, settled: many(2_000, 's', 0.001) }));
    expect(JSON.stringify(entity.state).length).toBeLessThan(512 * 1024);
    entity.tell(request('b', 1, { ...both, settled: [bill('k', 1)] }));
    expect(entity.today.sure).toBeCloseTo(3, 5);
    expect(entity.today.possible).toBeCloseTo(9, 5);
  });
});

describe('budget: periods', () => {
  it('a new day begins at its boundary, by the budget’s clock, with nothing spent', () => {
    const entity = new Entity();
    entity.tell(request('a', 1, { settled: [bill('k', 10)] }));
    entity.now = TODAY + DAY_MS - 1;
    const { standings, grantedMicros } = entity.tell(request('a', 2, { calls: calls([1, 1]) }));
    expect(grantedMicros).toBe(0);
    expect(standings[0]).toMatchObject({ endsInMs: 1, until: '2026-11-27T00:00:00+00:00' });
    entity.now += 1;
    expect(granted(entity, request('a', 3, { calls: calls([1, 1]) }))).toBe(1);
    expect(entity.view.budgets[0]).toMatchObject({
      now: { label: '2026-11-27', sureUsd: 0 },
      before: { label: '2026-11-26', sureUsd: 10 },
    });
  });

  it('what was reserved before midnight is settled in its own day, also while it was under way', () => {
    const entity = new Entity();
    entity.tell(request('a', 1, { calls: calls([4, 1]) }));
    entity.now = TODAY + DAY_MS + 1_000;
    entity.tell(request('a', 2, { holds: held(4) }));
    expect(entity.today.leased).toBe(0);
    entity.tell(request('a', 3, { settled: [bill('k', 4)] }));
    expect(entity.view.budgets[0]).toMatchObject({ now: { sureUsd: 0 }, before: { sureUsd: 4 } });
  });

  it('what was possible on a day long gone and turns out to be less frees nothing of today', () => {
    const entity = new Entity();
    entity.tell(request('a', 1, { settled: [bill('k', 0, 4), bill('l', 0, 1)] }));
    for (const days of [1, 2]) {
      entity.now = NOON + days * DAY_MS;
      const starts = [-1, 0, 1, 2].map((n) => start(TODAY + (days + n) * DAY_MS));
      const terms = [dayTerms(10, { starts: starts as unknown as BudgetTerms['starts'] })];
      entity.tell(request('a', 1 + days, { terms }));
    }
    const terms = [
      dayTerms(10, { starts: [0, 1, 2, 3].map((n) => start(TODAY + (1 + n) * DAY_MS)) as never }),
    ];
    entity.tell(request('a', 4, { terms, settled: [bill('o', 0, 2, TODAY + 2 * DAY_MS)] }));
    entity.tell(request('b', 1, { terms, settled: [bill('k', 1), bill('l', 3)] }));
    // Only what the second one cost beyond what was booked for it.
    expect(entity.today).toMatchObject({ sure: 0, possible: 4 });
  });

  it('where its day is long gone it is possible today, so that nothing is unbooked', () => {
    const entity = new Entity();
    entity.tell(request('a', 1));
    entity.tell(request('a', 2, { settled: [bill('k', 4, 0, TODAY - 3 * DAY_MS)] }));
    expect(entity.today).toMatchObject({ sure: 0, possible: 4 });
  });

  it('the day rolls over and the month goes on: one call counts in both', () => {
    const entity = new Entity();
    const terms = [dayTerms(), monthTerms()];
    const stamp = { day: TODAY, month: Date.UTC(2026, 10, 1) };
    const spent = { key: 'k', stamp, sureMicros: 2 * DOLLAR, possibleMicros: 0 };
    entity.tell(request('a', 1, { terms, settled: [spent] }));
    entity.now += DAY_MS;
    entity.tell(request('a', 2, { terms, holds: [{ stamp, micros: DOLLAR }] }));
    const [day, month] = entity.view.budgets;
    expect(day).toMatchObject({ now: { sureUsd: 0 }, leasedUsd: 0 });
    expect(month).toMatchObject({ now: { sureUsd: 2 }, leasedUsd: 1 });
  });

  it('another time zone shifts the day and forgets nothing', () => {
    const entity = new Entity();
    entity.tell(request('a', 1, { settled: [bill('k', 9)] }));
    const berlin = [-1, 0, 1, 2].map((n) => start(TODAY + n * DAY_MS - 3_600_000));
    const terms = [dayTerms(10, { timeZone: 'Europe/Berlin', starts: berlin as never })];
    expect(granted(entity, request('a', 2, { terms, calls: calls([2, 1]) }))).toBe(0);
    expect(entity.today.sure).toBe(9);
  });

  it('a process that does not know of a budget cannot make it forget', () => {
    const entity = new Entity();
    const both = [dayTerms(), monthTerms(5)];
    entity.tell(request('a', 1, { terms: both, settled: [bill('k', 4)] }));
    entity.tell(request('b', 1, { settled: [bill('l', 1)] }));
    expect(granted(entity, request('a', 2, { terms: both, calls: calls([1, 1]) }))).toBe(0);
  });
});

describe('budget: leases of processes that died', () => {
  const silent = (entity: Entity, process: string) => {
    // Somebody speaks all the time, so that only this one is silent.
    for (
      let seq = 1;
      entity.state.leases.some((lease) => lease.process === process && lease.endsAt > entity.now);
      seq += 1
    ) {
      entity.now += 30_000;
      entity.tell(request('other', seq));
    }
  };

  it('stay counted until their journals were read, then what was not spent is free', () => {
    const entity = new Entity();
    entity.tell(request('dead', 1, { calls: calls([2, 4]) }));
    entity.tell(request('dead', 2, { holds: held(8) }));
    silent(entity, 'dead');
    expect(entity.now - NOON).toBeLessThanOrEqual(LEASE_TERM_MS + 30_000);
    const { orphans } = entity.tell(request('heir', 1));
    expect(orphans).toEqual([{ process: 'dead', seq: 2 }]);
    expect(entity.today.leased).toBe(8);
    entity.tell(request('heir', 2, { inherited: [{ process: 'dead', settled: [bill('k', 2)] }] }));
    expect(entity.today).toEqual({ sure: 2, possible: 0, leased: 0 });
  });

  it('two heirs book once', () => {
    const entity = new Entity();
    entity.tell(request('dead', 1, { calls: calls([2, 1]) }));
    silent(entity, 'dead');
    const inherited = [{ process: 'dead', settled: [bill('k', 2)] }];
    entity.tell(request('heir', 1, { inherited }));
    entity.tell(request('another', 1, { inherited }));
    expect(entity.today).toEqual({ sure: 2, possible: 0, leased: 0 });
  });

  it('one that comes back is no orphan: what it holds is what it says', () => {
    const entity = new Entity();
    entity.tell(request('slow', 1, { calls: calls([2, 4]) }));
    silent(entity, 'slow');
    entity.tell(request('slow', 2, { holds: held(3) }));
    entity.tell(request('heir', 1, { inherited: [{ process: 'slow', settled: [bill('k', 2)] }] }));
    expect(entity.today).toEqual({ sure: 0, possible: 0, leased: 3 });
  });

  it('after a silence of all, later runs get their time: a lease that ran out unheard is kept a little', () => {
    const entity = new Entity();
    entity.tell(request('dead', 1, { calls: calls([2, 4]) }));
    entity.now += 3 * LEASE_TERM_MS;
    expect(entity.tell(request('a', 1)).orphans).toEqual([]);
    entity.now += 60_000;
    expect(entity.tell(request('a', 2)).orphans).toEqual([]);
    entity.now += 180_000;
    expect(entity.tell(request('a', 3)).orphans).toEqual([{ process: 'dead', seq: 1 }]);
  });

  it('one that held nothing leaves no trace', () => {
    const entity = new Entity();
    entity.tell(request('idle', 1));
    silent(entity, 'idle');
    entity.tell(request('a', 1));
    expect(entity.view.processes.map(({ process }) => process)).not.toContain('idle');
  });
});

describe('budget: an incarnation that knows nothing', () => {
  it('takes what processes hold at their word, and what they last heard was spent', () => {
    const before = new Entity();
    before.tell(request('a', 1, { settled: [bill('k', 6)], calls: calls([1, 1]) }));
    const heard = before.tell(request('a', 2, { holds: held(1) })).standings;
    const entity = new Entity(newBudget('acme', 'e2', NOON, true));
    const answer = entity.tell(request('a', 3, { epoch: 'e1', heard, holds: held(1), calls: calls([1, 9]) }));
    expect(answer.grantedMicros).toBe(3 * DOLLAR);
    expect(entity.today).toEqual({ sure: 6, possible: 0, leased: 4 });
    expect(entity.view.lost).toBe(true);
  });
});

describe('budget: 50, 80 and 100 %', () => {
  const marks = (entity: Entity) => entity.state.events.map(({ percent, label }) => `${percent} ${label}`);

  it('each once for a period, sure and possible together', () => {
    const entity = new Entity();
    entity.tell(request('a', 1, { settled: [bill('k', 3), bill('l', 0, 2)] }));
    entity.tell(request('a', 2, { settled: [bill('m', 1)] }));
    expect(marks(entity)).toEqual(['50 2026-11-26']);
    entity.tell(request('a', 3, { settled: [bill('n', 4)] }));
    expect(marks(entity)).toEqual(['50 2026-11-26', '80 2026-11-26', '100 2026-11-26']);
    expect(entity.state.events[0]).toMatchObject({ sureUsd: 3, possibleUsd: 2, usd: 10, period: 'day' });
    entity.now += DAY_MS;
    entity.tell(request('a', 4, { settled: [bill('o', 5, 0, TODAY + DAY_MS)] }));
    expect(marks(entity).at(-1)).toBe('50 2026-11-27');
  });

  it('100 also when a call is refused because it does not fit any more', () => {
    const entity = new Entity();
    entity.tell(request('a', 1, { settled: [bill('k', 9.5)], calls: calls([0.5, 1]) }));
    expect(marks(entity)).toEqual(['50 2026-11-26', '80 2026-11-26']);
    entity.tell(request('a', 2, { calls: calls([0.6, 1]) }));
    expect(marks(entity).at(-1)).toBe('100 2026-11-26');
  });

  it('a raised cap has its own marks to pass', () => {
    const entity = new Entity();
    entity.tell(request('a', 1, { settled: [bill('k', 10)] }));
    entity.tell(request('a', 2, { terms: [dayTerms(15)] }));
    entity.tell(request('a', 3, { terms: [dayTerms(15)], settled: [bill('l', 2)] }));
    expect(marks(entity).slice(3)).toEqual(['80 2026-11-26']);
  });
});
