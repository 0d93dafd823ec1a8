/** What of a change is told, to whom, and under which id. */
import { describe, expect, it } from 'vitest';
import type { BudgetEvent } from '../../src/contract/budget.ts';
import type { NotificationInput, Subscriptions } from '../../src/contract/notification.ts';
import type { NewsPlace, Subscriber } from '../../src/domain/subscriber.ts';
import { EVENT_TYPES, idPart } from '../../src/domain/notification.ts';
import { isWanted } from '../../src/domain/subscriber.ts';
import { budgetNotices } from '../../src/governor/budget-news.ts';
import { standingNotices } from '../../src/governor/news.ts';
import type { StandingState } from '../../src/governor/standing/index.ts';
import { addressees, toldTerms } from '../../src/governor/subscriptions.ts';
import { bad, good, Governed, KEY, MODEL, tried, wanting } from './standing/governed.ts';

const ACCOUNT = 'google/ai-studio/shop';
const OPS: Subscriber = { name: 'ops', events: EVENT_TYPES };
const ALL: Subscriptions = { images: [OPS] };

/** What is told of one change after another. */
class Told {
  readonly governed = new Governed();
  readonly notices: NotificationInput[] = [];
  private readonly to: Subscriptions | undefined;
  private before: StandingState = this.governed.state;

  constructor(to: Subscriptions | undefined) {
    this.to = to;
  }

  /** After each exchange. */
  look(): this {
    const { state, now } = this.governed;
    this.notices.push(...standingNotices({ account: ACCOUNT }, this.before, state, this.to, now));
    this.before = state;
    return this;
  }

  get types(): readonly string[] {
    return this.notices.map(({ event }) => event.type);
  }
}

describe('a hold', () => {
  it('that four processes report is one event, and its release another one', () => {
    const told = new Told(ALL);
    const { governed } = told;
    for (const process of ['p1', 'p2', 'p3', 'p4']) {
      governed.tell(process, [bad('permission', 3)]);
      told.look();
    }
    expect(told.types).toEqual(['hold-opened']);
    const [opened] = told.notices;
    expect(opened?.to).toEqual([{ webhook: 'ops', queue: 'images' }]);
    expect(opened?.event).toMatchObject({
      id: `hold-opened/${ACCOUNT}/h-1/${governed.now}`,
      data: {
        account: ACCOUNT,
        hold: 'h-1',
        branch: 'permission',
        reason: 'key-leaked',
        scope: { key: KEY },
      },
    });
    governed.resume();
    told.look();
    const [probe] = governed.tell('p1').probes;
    told.look();
    governed.tell('p1', [], {
      probes: [{ hold: 'h-1', scope: probe?.scope ?? { kind: 'project', key: '' }, ok: true, why: '' }],
    });
    told.look();
    const offers = governed.tell('p2', [wanting()]);
    told.look();
    const [trial] = offers.stops.flatMap((stop) => ('trials' in stop ? stop.trials : []));
    governed.tell('p2', [good(1, { trials: [tried(trial)] })]);
    told.look();
    expect(told.types).toEqual(['hold-opened', 'hold-released']);
    expect(told.notices[1]?.event.data).toMatchObject({ why: 'the trial went well' });
  });

  it('by a person names the person, and ends by a word', () => {
    const told = new Told(ALL);
    const scope = { kind: 'model', key: MODEL } as const;
    told.governed.order({ kind: 'pause', scope, by: 'ann', why: 'it returns blanks' });
    told.look();
    told.governed.order({ kind: 'resume', hold: 'h-1', by: 'bob', why: 'fixed' });
    told.look();
    expect(told.notices.map(({ event }) => event.subject)).toEqual([
      `everything is held by h-1, model ${MODEL}: paused by ann: it returns blanks`,
      `released by h-1, model ${MODEL}: bob: fixed`,
    ]);
  });
});

describe('a breaker and degraded mode', () => {
  it('that opens is told once, however often a trial fails, and that it closed', () => {
    const told = new Told(ALL);
    const { governed } = told;
    governed.tell('p1', [good(1)]);
    told.look();
    governed.tell('p1', [bad('capacity', 12, 'overloaded')]);
    told.look();
    expect(told.types).toEqual(['breaker-opened', 'degraded-began']);
    const tryIt = (branch?: 'capacity'): void => {
      governed.pass(300_000);
      const offers = governed.tell('p1', [wanting()]);
      told.look();
      const [trial] = offers.stops.flatMap((stop) => ('trials' in stop ? stop.trials : []));
      governed.tell('p1', [good(0, { trials: [tried(trial, branch)] })]);
      told.look();
    };
    tryIt('capacity');
    tryIt('capacity');
    expect(told.types).not.toContain('breaker-closed');
    tryIt();
    governed.pass(600_000);
    governed.tell('p1', [good(1)]);
    told.look();
    governed.pass(600_000);
    governed.tell('p1', [good(1)]);
    told.look();
    expect([...told.types].sort()).toEqual([
      'breaker-closed',
      'breaker-opened',
      'degraded-began',
      'degraded-ended',
    ]);
  });
});

it('80 % of a limit is told when it is raised, with the model and the dimension', () => {
  const told = new Told(ALL);
  told.governed.quotaUse(`${MODEL} rpm`, 0.85);
  told.look();
  told.governed.quotaUse(`${MODEL} rpm`, 0.9);
  told.look();
  expect(told.notices).toMatchObject([
    { event: { type: 'quota-80', subject: `${MODEL}: 85 % of rpm in use`, data: { model: MODEL } } },
  ]);
});

it('where nobody has a webhook nothing is made', () => {
  const told = new Told(undefined);
  told.governed.tell('p1', [bad('permission', 3)]);
  expect(told.look().notices).toEqual([]);
});

describe('a budget', () => {
  const mark: BudgetEvent = {
    ...{ at: 0, percent: 80, period: 'day', label: '2026-11-28', usd: 10 },
    ...{ sureUsd: 8, possibleUsd: 0.5 },
  };

  it('has one id for each mark, period and cap', () => {
    const ids = [
      mark,
      { ...mark, percent: 100 as const },
      { ...mark, usd: 12 },
      { ...mark, label: '2026-11-29' },
    ].map((each) => budgetNotices({ tenant: 'acme.inc' }, [each], ALL)[0]?.event.id);
    expect(new Set(ids).size).toBe(4);
    expect(ids[0]).toBe('budget-80/t-acme%2Einc/day/2026-11-28/10');
    expect(budgetNotices({ tenant: 'acme.inc' }, [mark], ALL)[0]?.event.subject).toBe(
      'budget of tenant acme.inc: 80 % of the day 2026-11-28 reached, $8.50 of $10',
    );
  });

  it('is told to who names no route', () => {
    const named: Subscriptions = { images: [{ ...OPS, routes: [MODEL], places: [] }] };
    expect(budgetNotices({ tenant: '' }, [mark], named)).toEqual([]);
  });
});

describe('who wants what', () => {
  const place = { route: 'eu', account: ACCOUNT, credential: KEY, baseUrl: 'https://example.test' };
  const at = (routes: readonly string[], of: NewsPlace, places = [place]): boolean =>
    isWanted(
      { ...OPS, routes, places: places.filter(({ route }) => routes.includes(route)) },
      'hold-opened',
      of,
    );

  it.each([
    ['a model, by its id', ['m'], { account: ACCOUNT, model: 'm' }, true],
    ['another model', ['m'], { account: ACCOUNT, model: 'n' }, false],
    ['a credential, by a model that it stops', ['m'], { account: ACCOUNT, credential: KEY }, true],
    ['a route, by its name', ['eu'], { account: ACCOUNT, credential: KEY }, true],
    ['another credential of the project', ['eu'], { account: ACCOUNT, credential: 'cd34' }, false],
    ['a whole project', ['eu'], { account: ACCOUNT }, true],
    ['another project', ['eu'], { account: 'google/vertex/other' }, false],
    ['a gateway that it goes through', ['eu'], { baseUrl: 'https://example.test' }, true],
    ['another gateway', ['eu'], { baseUrl: 'https://other.test' }, false],
    ['a generation, by its route', ['eu'], { route: 'eu', model: 'n' }, true],
    ['a generation elsewhere', ['eu'], { route: 'us', model: 'n' }, false],
  ])('%s', (_, routes, of, wanted) => {
    expect(at(routes, of)).toBe(wanted);
  });

  it('a webhook that two queues have is told once', () => {
    const both: Subscriptions = { a: [OPS], b: [OPS, { name: 'crm', events: ['done', 'hold-opened'] }] };
    expect(addressees(both, 'hold-opened')).toEqual([
      { webhook: 'ops', queue: 'a' },
      { webhook: 'crm', queue: 'b' },
    ]);
  });

  it('the last word of a queue holds, and what makes no sense is taken for nothing', () => {
    const told = toldTerms(undefined, { queue: 'images', webhooks: [OPS] });
    expect(told).toEqual(ALL);
    expect(toldTerms(told, { queue: 'images', webhooks: [OPS] })).toBe(told);
    expect(toldTerms(told, { queue: 'images', webhooks: [] })).toBeUndefined();
    for (const nonsense of [undefined, null, 7, 'x', {}, { queue: 'images' }, { queue: '', webhooks: [OPS] }])
      expect(toldTerms(told, nonsense)).toBe(told);
    const odd = {
      queue: 'images',
      webhooks: [null, 3, {}, { name: 'x', events: ['moon'] }, { name: '__proto__' }],
    };
    expect(toldTerms(undefined, odd)).toBeUndefined();
    const many = Array.from({ length: 30 }, (_, i) => `q${i}`).reduce<Subscriptions | undefined>(
      (before, queue) => toldTerms(before, { queue, webhooks: [OPS] }),
      undefined,
    );
    expect(Object.keys(many ?? {})).toHaveLength(10);
  });
});

it('an id has no dot, and nothing that a header or a workflow id does not take', () => {
  expect(idPart('a.b/c:d é\n')).toBe('a%2Eb/c:d%20%C3%A9%0A');
});
