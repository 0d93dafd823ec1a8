/** The project's rolling spend window: nobody may call beyond it, whichever model. */
import { describe, expect, it } from 'vitest';
import type { ExchangeAnswer, ExchangeRequest, LaneReport } from '../../src/contract/exchange.ts';
import { exchange } from '../../src/governor/exchange.ts';
import type { GovernorState } from '../../src/governor/state.ts';
import { newGovernor } from '../../src/governor/state.ts';
import { governorView } from '../../src/governor/view.ts';
import { asking } from '../support/asking.ts';
import { report } from './standing/governed.ts';

const NOW = Date.parse('2026-07-01T12:00:00Z');
const WINDOW_MS = 600_000;
const EACH_USD = 0.1;
const LIMIT = { usd: 1, windowMs: WINDOW_MS };
const CALLS = LIMIT.usd / EACH_USD;

/** One process at a governor: it wants more than it gets, and sends all that it gets. */
class Spender {
  state: GovernorState = newGovernor('g', 'e', NOW);
  now = NOW;
  /** Times of the slots it was leased, by the governor's clock. */
  readonly leased = new Set<number>();
  /** Calls of those. */
  paidFor = 0;
  #n = 0;
  readonly #given: Partial<ExchangeRequest>;
  /** @param spend null: nothing is configured. */
  constructor(spend: ExchangeRequest['spend'] | null = LIMIT) {
    this.#given = spend === null ? {} : { spend };
  }

  ask(given: Partial<ExchangeRequest> = {}, lane: Partial<LaneReport> = {}): ExchangeAnswer {
    this.#n += 1;
    const report = { config: { rpm: 120 }, wanted: 100, ...lane };
    const sent = [...this.leased].filter((at) => at <= this.now).length;
    const unpriced = Math.max(0, sent - this.paidFor);
    const request = asking('p', this.#n, this.now, report, { ...this.#given, unpriced, ...given });
    const { state, answer } = exchange(this.state, request, this.now);
    this.state = JSON.parse(JSON.stringify(state)) as GovernorState;
    for (const slot of answer.lanes[0]?.slots ?? []) this.leased.add(answer.at + slot);
    return answer;
  }

  /** So many calls ended and were priced. */
  paid(calls: number, usd = EACH_USD): ExchangeAnswer {
    if (this.leased.size > 0) this.paidFor += calls;
    return this.ask({ routes: [report({ priced: calls, sureUsd: calls * usd })] });
  }

  refused(retryAfterMs?: number): ExchangeAnswer {
    const hint = retryAfterMs === undefined ? {} : { retryAfterMs };
    return this.ask({}, { rejections: [{ violations: [], agoMs: 0, isSpend: true, ...hint }] });
  }

  get spend() {
    return governorView(this.state, this.now).spend;
  }
}

function slots({ lanes }: ExchangeAnswer): number {
  return lanes[0]?.slots.length ?? 0;
}

function closed({ lanes }: ExchangeAnswer) {
  return lanes[0]?.closed;
}

describe('a spend limit', () => {
  it('while no call has been priced, four may go and no more', () => {
    const project = new Spender();
    for (let second = 0; second < 30; second += 1, project.now += 1_000) project.ask();
    expect(project.leased.size).toBeGreaterThan(0);
    expect(project.leased.size).toBeLessThanOrEqual(4);
  });

  it('a window in which it is spent is closed until some of it has left, and says why', () => {
    const project = new Spender();
    const spent = project.paid(CALLS);
    expect(closed(spent)).toMatchObject({ by: 'spend' });
    expect(slots(spent)).toBe(0);
    const ms = closed(spent)?.ms ?? 0;
    expect(ms).toBeGreaterThan(WINDOW_MS - 60_000);
    expect(project.spend).toEqual({ usd: 1, limit: LIMIT });

    project.now += ms - 1_000;
    expect(slots(project.ask())).toBe(0);
    project.now += 2_000;
    const after = project.ask();
    expect(closed(after)).toBeUndefined();
    expect(slots(after)).toBeGreaterThan(0);
  });

  it('calls that are leased and not paid yet count with what calls cost', () => {
    const project = new Spender();
    project.paid(CALLS - 3);
    expect(project.leased.size).toBeLessThanOrEqual(3);
    for (let ask = 0; ask < 10; ask += 1, project.now += 1_000) project.ask();
    expect(project.leased.size).toBeLessThanOrEqual(3);
  });

  it('counts a call once, whether it is leased, on its way or paid for', () => {
    const project = new Spender();
    project.paid(1);
    for (let second = 0; second < 60; second += 1, project.now += 1_000) {
      const ready = [...project.leased].filter((at) => at <= project.now - 5_000).length;
      if (ready > project.paidFor) project.paid(ready - project.paidFor);
      else project.ask();
    }
    expect(project.leased.size).toBe(CALLS - 1);
  });

  it('of models of which one costs little: a call of the other is dear from the first', () => {
    const project = new Spender();
    project.ask({ routes: [report({ priced: 20, sureUsd: 0.002, model: 'gemini-flash-latest' })] });
    for (let second = 0; second < 30; second += 1, project.now += 1_000) project.ask();
    // Nobody knows yet what it costs.
    expect(project.leased.size).toBeLessThanOrEqual(4);
    project.paid(1);
    for (let second = 0; second < 60; second += 1, project.now += 1_000) project.ask();
    expect(project.leased.size).toBeLessThanOrEqual(CALLS);
  });

  it('a model that costs nothing is not kept back', () => {
    const project = new Spender();
    project.paid(1, 0);
    project.now += 1_000;
    expect(slots(project.ask())).toBeGreaterThan(4);
  });

  it.each([Number.NaN, Infinity, 0, -1, 0.5, 1e-300, null as unknown as number])(
    'a price of %s calls is none: nobody is kept back by it',
    (priced) => {
      const project = new Spender();
      project.ask({ routes: [report({ priced, sureUsd: 0.2 })] });
      project.paid(1);
      project.now += 1_000;
      expect(project.spend.usd).toBeLessThanOrEqual(0.3);
      expect(slots(project.ask())).toBeGreaterThan(0);
    },
  );

  it('possible charges count, calls that are not billed do not', () => {
    const project = new Spender();
    project.ask({ routes: [report({ priced: 1, possibleUsd: 0.4 })] });
    project.ask({ routes: [report({ calls: 5, failures: { capacity: 5 } })] });
    expect(project.spend.usd).toBeCloseTo(0.4);
  });

  it('that is changed counts what was spent before', () => {
    const project = new Spender();
    project.paid(CALLS - 1);
    project.now += 5_000;
    for (const windowMs of [60_000, 3_600_000]) {
      project.ask({ spend: { usd: 1, windowMs } });
      expect(project.spend).toEqual({ usd: 0.9, limit: { usd: 1, windowMs } });
    }
  });

  it('lower than the price of a call lets one go at a time, a window apart', () => {
    const project = new Spender({ ...LIMIT, usd: 0.05 });
    project.paid(1);
    for (let second = 0; second < 590; second += 10, project.now += 10_000) project.ask();
    expect(project.leased.size).toBe(0);
    project.now += 30_000;
    project.ask();
    expect(project.leased.size).toBe(1);
  });

  it('once what was spent was lost, half of it is taken to be for a window', () => {
    const project = new Spender();
    project.ask({ routes: [report({ priced: 1, sureUsd: EACH_USD })] }, { demand: [] });
    project.ask({ epoch: 'another' });
    project.now += 120_000;
    for (let second = 0; second < 60; second += 1, project.now += 1_000) project.ask();
    expect(project.leased.size).toBeGreaterThan(0);
    expect(project.leased.size).toBeLessThanOrEqual(CALLS / 2);
  });

  it('a process that was given none does not lift it', () => {
    const project = new Spender();
    project.paid(CALLS);
    const other = { ...asking('q', 1, project.now, { config: { rpm: 120 }, wanted: 9 }) };
    const { answer } = exchange(project.state, other, project.now);
    expect(closed(answer)?.by).toBe('spend');
  });
});

describe('a 429 of spending', () => {
  it('closes every model of the project for as long as it says', () => {
    const project = new Spender();
    project.paid(2);
    project.now += WINDOW_MS - 60_000;
    const refused = project.refused(90_000);
    expect(closed(refused)).toEqual({ ms: 90_000, by: 'spend' });
    const had = project.leased.size;
    project.now += 30_000;
    expect(slots(project.ask())).toBe(0);
    expect(project.leased.size).toBe(had);
    const other = project.ask({}, { model: 'gemini-3.1-flash-image' });
    expect(closed(other)).toEqual({ ms: 60_000, by: 'spend' });
    project.now += 60_001;
    expect(closed(project.ask())).toBeUndefined();
  });

  it.each([undefined, 86_400_000, -1])('with the hint %s for a fifth of the window', (hint) => {
    const project = new Spender();
    expect(closed(project.refused(hint))).toEqual({ ms: WINDOW_MS / 5, by: 'spend' });
  });

  it('teaches what may be spent, which is probed upward after a window without another', () => {
    const project = new Spender(null);
    project.paid(8);
    project.refused(1_000);
    expect(project.spend.limit?.usd).toBeCloseTo(0.95 * 0.8);
    project.now += WINDOW_MS + 1;
    project.ask();
    expect(project.spend.limit?.usd).toBeCloseTo(0.95 * 0.8 * 1.25);
  });

  it('of a project that others spend in teaches room for a few calls at least', () => {
    const project = new Spender(null);
    project.paid(1);
    project.refused(1_000);
    expect(project.spend.limit?.usd).toBeCloseTo(4 * EACH_USD);
  });

  it('never teaches more than the configuration says', () => {
    const project = new Spender({ ...LIMIT, usd: 0.5 });
    project.paid(8);
    project.refused(1_000);
    project.now += 3 * WINDOW_MS;
    project.ask();
    project.now += 3 * WINDOW_MS;
    project.ask();
    expect(project.spend.limit?.usd).toBe(0.5);
  });

  it("where the provider's minute is scaled, its window of ten is as well", () => {
    const project = new Spender(null);
    expect(closed(project.ask({ windowMs: 6_000 }))).toBeUndefined();
    const answer = project.ask(
      { windowMs: 6_000 },
      { rejections: [{ violations: [], agoMs: 0, isSpend: true }] },
    );
    expect(closed(answer)).toEqual({ ms: WINDOW_MS / 50, by: 'spend' });
  });
});
