import { describe, expect, it } from 'vitest';
import { MODEL, bad, good, proved } from './governed.ts';

describe('quota-80', () => {
  it('is raised at 80 % of a dimension and cleared below 60 %', () => {
    const governed = proved();
    const raised: boolean[] = [];
    for (const share of [0.79, 0.8, 0.7, 0.6, 0.59, 0.79, 1.2]) {
      governed.quotaUse(`${MODEL} rpm`, share);
      raised.push(governed.view.alerts.length > 0);
    }
    expect(raised).toEqual([false, true, true, true, false, false, true]);
    expect(governed.view.alerts).toEqual([
      { kind: 'quota-80', subject: `${MODEL} rpm`, since: governed.now, value: 1.2 },
    ]);
    expect(governed.events).toEqual(['alert-raised', 'alert-cleared', 'alert-raised']);
  });
});

describe('share-429', () => {
  it('is raised above 10 % and cleared below 5 %', () => {
    const governed = proved();
    governed.tell('p1', [good(18), bad('quota-minute', 2, 'rpm')]);
    expect(governed.view.alerts).toEqual([]);
    governed.tell('p1', [bad('quota-day', 1, 'rpd')]);
    expect(governed.view.alerts).toMatchObject([{ kind: 'share-429', subject: MODEL, value: 3 / 21 }]);
    governed.tell('p2', [good(30)]);
    expect(governed.view.alerts).toHaveLength(1);
    governed.tell('p2', [good(10)]);
    expect(governed.view.alerts).toEqual([]);
  });

  it('is not raised by fewer than ten calls', () => {
    const governed = proved();
    governed.tell('p1', [bad('quota-minute', 9, 'rpm')]);
    expect(governed.view.alerts).toEqual([]);
  });

  it('is about a model, whichever its credential', () => {
    const governed = proved();
    governed.tell('p1', [good(5), bad('quota-minute', 1, 'rpm')]);
    governed.tell('p1', [
      good(3, { credential: 'other' }),
      bad('quota-minute', 1, 'rpm', { credential: 'other' }),
    ]);
    expect(governed.view.alerts).toMatchObject([{ kind: 'share-429', value: 0.2 }]);
  });

  it('is cleared when its calls are forgotten', () => {
    const governed = proved();
    governed.tell('p1', [good(5), bad('quota-minute', 5, 'rpm', { tier: 'flex' })]);
    governed.tell('p1', [bad('quota-minute', 5, 'rpm', { tier: 'flex' })]);
    expect(governed.view.alerts).toMatchObject([{ subject: `${MODEL}/flex` }]);
    governed.pass(5 * 60_000);
    governed.tell('p1', [good(1)]);
    expect(governed.view.alerts).toEqual([]);
    expect(governed.view.routes).toHaveLength(1);
  });
});

describe('share-503', () => {
  it('is raised above 25 % and cleared below 12 %', () => {
    const governed = proved();
    governed.tell('p1', [good(30), bad('capacity', 10, 'overloaded')]);
    expect(governed.view.alerts).toEqual([]);
    governed.tell('p1', [bad('capacity', 1, 'overloaded')]);
    expect(governed.view.alerts).toMatchObject([{ kind: 'share-503' }]);
    governed.tell('p1', [good(50)]);
    expect(governed.view.alerts).toHaveLength(1);
    governed.tell('p1', [good(1)]);
    expect(governed.view.alerts).toEqual([]);
  });
});

describe('statistics', () => {
  it('tell the last five minutes of each route', () => {
    const governed = proved();
    governed.tell('p1', [good(7), bad('capacity', 2, 'overloaded'), bad('quota-unknown', 1, 'any')]);
    expect(governed.view.routes).toMatchObject([
      {
        route: { model: MODEL },
        baseUrl: 'https://example.test',
        calls: 10,
        capacityFailures: 3,
        limited: 1,
      },
    ]);
    governed.pass(6 * 60_000);
    expect(governed.view.routes).toMatchObject([{ calls: 0, capacityFailures: 0 }]);
  });
});
