/** What an operator names is found or refused with what there is; what waits is grouped by its cause and woken at a pace. */
import { describe, expect, test } from 'vitest';
import { causesOf } from '../../src/client/causes.ts';
import { evidenceOf, evidencesOf, groupNamed } from '../../src/client/causes-named.ts';
import { affectedIds, isAffected, paced } from '../../src/client/causes-wake.ts';
import type { Clock } from '../../src/client/clock.ts';
import { goneHold, placeHold } from '../../src/client/routes-hold.ts';
import { parseScope, perMinuteOf, placeScope, readScope } from '../../src/client/routes-scope.ts';
import type { Course } from '../../src/client/routes-trial.ts';
import { seeThrough } from '../../src/client/routes-trial.ts';
import type { GovernorView } from '../../src/contract/exchange.ts';
import type { Hold } from '../../src/contract/standing.ts';
import { CAUSE, CREDENTIAL, EVIDENCE, HOLD, MODEL, NOW, view, waiting } from './fleet.ts';

const OTHER = view({ id: 'google/ai-studio/other' });

describe('a scope', () => {
  test.each([
    ['credential:1a2b', { kind: 'credential', key: '1a2b' }],
    ['gateway:https://relay.example:8443/v1', { kind: 'gateway', key: 'https://relay.example:8443/v1' }],
    ['gemini-3-pro-image', undefined],
    ['credential:', undefined],
    ['key:1a2b', undefined],
  ])('%s is read as it is written', (text, scope) => {
    expect(parseScope(text)).toEqual(scope);
    expect(readScope(text)).toEqual(scope ?? { kind: 'route', key: text });
  });

  test.each([
    ['a credential by its beginning', 'credential:1a2b3c', `credential:${CREDENTIAL}`],
    ['a route by its model', `route:${MODEL}`, `route:${CREDENTIAL}/${MODEL}/standard`],
    ['a route by its model and tier', `route:${MODEL}/standard`, `route:${CREDENTIAL}/${MODEL}/standard`],
    ['a gateway without its last slash', 'gateway:https://gemini.example/', 'gateway:https://gemini.example'],
    ['a project from the id of its governor', 'project:shop', 'project:shop'],
  ])('%s is enough where one thing is meant', (_, given, meant) => {
    const wanted = parseScope(given);
    if (wanted === undefined) throw new Error(`${given} is no scope`);
    expect(placeScope([view()], wanted)).toEqual({
      governor: 'google/ai-studio/shop',
      scope: parseScope(meant),
    });
  });

  test('a relay keeps its model whole, with the slashes that it has', () => {
    const route = { credential: 'c'.repeat(16), model: 'google/gemini-x', tier: 'flex' } as const;
    const relay = view({
      id: 'google/custom/shop/https://relay.example',
      routes: [{ route, baseUrl: 'https://relay.example', calls: 1, capacityFailures: 0, limited: 0 }],
    });
    expect(placeScope([relay], { kind: 'route', key: 'google/gemini-x' }).scope.key).toBe(
      `${route.credential}/google/gemini-x/flex`,
    );
    expect(placeScope([relay], { kind: 'project', key: 'shop' }).governor).toBe(relay.id);
  });

  test('one that nobody has seen is refused with what there is', () => {
    expect(() => placeScope([view()], { kind: 'model', key: 'gemini-3-pro' })).toThrow(
      `scope must be one that a governor has seen: model:${MODEL}; or say its governor as well`,
    );
  });

  test('one that two accounts know needs the account, and takes it', () => {
    const model = { kind: 'model', key: MODEL } as const;
    expect(() => placeScope([view(), OTHER], model)).toThrow(
      `governor must say which one is meant by model:${MODEL}: google/ai-studio/shop, google/ai-studio/other`,
    );
    expect(placeScope([view(), OTHER], model, OTHER.id)).toEqual({ governor: OTHER.id, scope: model });
  });

  test('two routes of one model are told apart by their names', () => {
    const [first] = view().routes;
    if (first === undefined) throw new Error('the view has no route');
    const flex = { ...first, route: { ...first.route, tier: 'flex' as const } };
    expect(() => placeScope([view({ routes: [first, flex] })], { kind: 'route', key: MODEL })).toThrow(
      `must be one of route:${CREDENTIAL}/${MODEL}/standard, route:${CREDENTIAL}/${MODEL}/flex`,
    );
  });

  test('with its account it is taken as it is: a governor forgets routes that are idle', () => {
    const wanted = { kind: 'credential', key: 'f'.repeat(16) } as const;
    expect(placeScope([view()], wanted, 'google/ai-studio/shop').scope).toEqual(wanted);
  });
});

describe('a hold', () => {
  const held = view({ holds: [HOLD] });

  test('is found by its id', () => {
    expect(placeHold([held, OTHER], 'h-1')).toMatchObject({ governor: held.id, hold: HOLD });
  });

  test('that is not there is refused with those that are, and with who did not answer', () => {
    const silent = { id: 'google/ai-studio/away', unreachable: 'no worker' };
    expect(() => placeHold([held, silent], 'h-7')).toThrow(
      `hold must be an open hold: h-1 (permission, credential:${CREDENTIAL}); ` +
        'google/ai-studio/away did not answer (no worker)',
    );
    expect(() => placeHold([OTHER], 'h-7')).toThrow('hold must be an open hold: none is open');
  });

  test('of an id that two accounts have needs the account', () => {
    const both = [held, { ...OTHER, holds: [HOLD] }];
    expect(() => placeHold(both, 'h-1')).toThrow(`must say whose h-1 is meant: ${held.id}, ${OTHER.id}`);
    expect(placeHold(both, 'h-1', OTHER.id).governor).toBe(OTHER.id);
  });

  test('that is gone while some wait for it still is known by them', () => {
    const found = [waiting('a')];
    expect(goneHold([view(), OTHER], found, 'h-1')).toEqual({ governor: held.id, hold: 'h-1' });
    expect(goneHold([held, OTHER], found, 'h-1')).toBeUndefined();
    expect(goneHold([view()], [], 'h-1')).toBeUndefined();
    const unnamed = waiting('b', { cause: { ...CAUSE, hold: 'h-new' } });
    expect(goneHold([view()], [unnamed], 'h-new')).toBeUndefined();
  });
});

describe('causes', () => {
  const capacity = {
    branch: 'capacity',
    reason: 'overloaded',
    scope: { kind: 'route', key: `${CREDENTIAL}/${MODEL}/standard` },
    account: 'google/ai-studio/shop',
  };
  const listing = (found: Parameters<typeof causesOf>[0]['found']) =>
    causesOf({ found, lookedAt: found.length, complete: true });

  test('are one group each, the largest first, with its oldest, its evidence and its prices', () => {
    const groups = listing([
      waiting('oldest', { since: NOW - 9_000_000 }),
      waiting('slow', { cause: capacity, phase: 'awaiting-operator' }),
      waiting('held'),
      waiting('asked', { phase: 'awaiting-operator', worstUsd: { 'route-out backup': 0.201 } }),
    ]);
    expect(groups.map(({ name, count }) => [name, count])).toEqual([
      [`permission@credential:${CREDENTIAL}`, 3],
      [`capacity@route:${CREDENTIAL}/${MODEL}/standard`, 1],
    ]);
    expect(groups[0]).toMatchObject({
      branch: 'permission',
      scope: HOLD.scope,
      governor: 'google/ai-studio/shop',
      hold: 'h-1',
      reasons: ['key-leaked'],
      phases: { held: 2, 'awaiting-operator': 1 },
      oldest: 'oldest',
      since: NOW - 9_000_000,
      evidence: EVIDENCE,
      routes: [{ route: 'backup', count: 3, worstUsd: 0.201 }],
    });
    expect(groups[0]?.routes[0]?.totalUsd).toBeCloseTo(0.134 + 0.134 + 0.201);
  });

  test('of two accounts are two, though they are called the same', () => {
    const model = { branch: 'model-gone', reason: 'shut-down', scope: { kind: 'model', key: MODEL } };
    const groups = listing([
      waiting('a', { cause: { ...model, account: 'google/ai-studio/shop' } }),
      waiting('b', { cause: { ...model, account: 'google/ai-studio/other' } }),
    ]);
    expect(groups.map(({ name, governor }) => [name, governor])).toEqual([
      [`model-gone@model:${MODEL}`, 'google/ai-studio/shop'],
      [`model-gone@model:${MODEL}`, 'google/ai-studio/other'],
    ]);
    expect(() => groupNamed(groups, { cause: `model-gone@model:${MODEL}` })).toThrow(
      'must say whose model-gone@model:gemini-3-pro-image is meant: google/ai-studio/shop, google/ai-studio/other',
    );
    const named = groupNamed(groups, { cause: 'model-gone', governor: 'google/ai-studio/other' });
    expect(named.oldest).toBe('b');
  });

  test('are held by the id that their governor gave, never by the one that a process knew before', () => {
    const unnamed = waiting('a', { cause: { ...CAUSE, hold: 'h-new' } });
    expect(listing([unnamed])[0]?.hold).toBeUndefined();
    expect(listing([unnamed, waiting('b')])[0]).toMatchObject({ hold: 'h-1', count: 2 });
  });

  test('without a price of every member tell no sum', () => {
    const { worstUsd: _, ...unpriced } = waiting('b');
    expect(listing([waiting('a'), unpriced])[0]?.routes).toEqual([{ route: 'backup', count: 2 }]);
  });

  test('of an earlier release, which tell no scope, are grouped by their branch', () => {
    const { cause: _, ...plain } = waiting('a');
    expect(listing([plain])[0]).toMatchObject({ name: 'permission', reasons: ['key-leaked'] });
    expect(listing([plain])[0]?.scope).toBeUndefined();
  });

  test('are named by their branch alone where that is one of them, else refused with their names', () => {
    const groups = listing([waiting('a'), waiting('b', { cause: capacity })]);
    expect(groupNamed(groups, { cause: 'capacity' }).oldest).toBe('b');
    expect(() => groupNamed(groups, { cause: 'permision' })).toThrow(
      `cause must be one that somebody waits for: permission@credential:${CREDENTIAL}, capacity@route:`,
    );
    const two = listing([
      waiting('a'),
      waiting('b', { cause: { ...CAUSE, scope: { kind: 'credential', key: 'ffff' } } }),
    ]);
    expect(() => groupNamed(two, { cause: 'permission' })).toThrow(
      `must be one of permission@credential:${CREDENTIAL}, permission@credential:ffff`,
    );
    expect(() => groupNamed([], { cause: 'permission' })).toThrow('nobody waits for any');
  });

  test('a grant names what was seen, and evidence that nobody waits on any more is stale (I12)', () => {
    const newer = 'f'.repeat(64);
    const found = [waiting('a', { evidence: newer })];
    const [group] = listing(found);
    if (group === undefined) throw new Error('there is no group');
    const open = evidencesOf({ found, lookedAt: 1, complete: true }, group, [HOLD]);
    expect(open).toEqual([EVIDENCE, newer]);
    expect(evidenceOf(group, open, undefined)).toBe(newer);
    expect(evidenceOf(group, open, EVIDENCE.slice(0, 16))).toBe(EVIDENCE);
    expect(() => evidenceOf(group, open, 'a'.repeat(12))).toThrow(
      `(stale): nobody waits on that evidence any more; look at ${newer}`,
    );
  });
});

describe('who is affected', () => {
  const dealt = { governor: 'google/ai-studio/shop', branch: 'permission', scope: HOLD.scope, hold: 'h-1' };

  test.each([
    ['the same hold of the same account', CAUSE, true],
    ['the same cause, before it was held', { ...CAUSE, hold: undefined }, true],
    ['the same cause, told without its account', { ...CAUSE, account: undefined, hold: 'h-9' }, true],
    ['a hold of that id in another account', { ...CAUSE, account: 'google/ai-studio/other' }, false],
    ['another key', { ...CAUSE, hold: 'h-2', scope: { kind: 'credential', key: 'ffff' } }, false],
    ['another cause of the same key', { ...CAUSE, hold: undefined, branch: 'billing' }, false],
    ['one that tells nothing', undefined, false],
  ])('%s: %s', (_, cause, isIt) => {
    const told = cause === undefined ? undefined : (JSON.parse(JSON.stringify(cause)) as typeof CAUSE);
    expect(isAffected(told, dealt)).toBe(isIt);
    expect(affectedIds([waiting('a', told === undefined ? {} : { cause: told })], dealt)).toEqual(
      isIt || told === undefined ? ['a'] : [],
    );
  });
});

/** Time that passes only by sleeping. */
function fakeClock(): Clock {
  let now = NOW;
  return {
    now: () => now,
    sleep: async (ms) => {
      const then = now + ms;
      await Promise.resolve();
      now = Math.max(now, then);
    },
  };
}

describe('waking', () => {
  const ids = Array.from({ length: 400 }, (_, i) => `g-${i}`);

  test('reaches everybody once, oldest first', async () => {
    const sent: string[] = [];
    const send = async (id: string) => {
      sent.push(id);
      return true;
    };
    const woken = await paced(ids, { until: NOW + 3_600_000 }, send, fakeClock());
    expect(woken).toEqual({ woken: 400, left: 0 });
    expect(new Set(sent).size).toBe(400);
    expect(sent[0]).toBe('g-0');
  });

  test.each([
    [30, 60_000, 31],
    [600, 10_000, 101],
    [undefined, 2_000, 101],
    [1_000_000, 2_000, 101],
  ])('at %s calls a minute, no more than that in %i ms', async (perMinute, ms, most) => {
    const woken = await paced(ids, { perMinute, until: NOW + ms }, async () => true, fakeClock());
    expect(woken.woken).toBeLessThanOrEqual(most);
    expect(woken.woken).toBeGreaterThan(most / 2);
    expect(woken).toEqual({ woken: woken.woken, left: 400 - woken.woken, why: 'the time for it was over' });
  });

  test('one that has ended counts for nothing', async () => {
    const send = async (id: string) => id !== 'g-1';
    expect(await paced(ids.slice(0, 3), { until: NOW + 60_000 }, send, fakeClock())).toEqual({
      woken: 2,
      left: 0,
    });
  });

  test('a server that goes away in between ends it, and what was sent is told', async () => {
    const send = async (id: string) => {
      if (Number(id.slice(2)) >= 20) throw new Error('the server is away');
      return true;
    };
    const woken = await paced(ids, { until: NOW + 3_600_000 }, send, fakeClock());
    expect(woken).toEqual({ woken: 20, left: 380, why: 'the server is away' });
  });

  test('the pace of a scope is that of its lanes, and unknown where one of them is', () => {
    const lane = (model: string, perMinute?: number) => ({
      ...{ model, countedAs: model, limits: [], waiting: 0, asleep: 0 },
      ...(perMinute === undefined ? {} : { perMinute }),
    });
    const two = view({ lanes: [lane('a', 60), lane('b', 30)] });
    expect(perMinuteOf(two, { kind: 'model', key: 'b' })).toBe(30);
    expect(perMinuteOf(two, { kind: 'route', key: 'c/a/flex' })).toBe(60);
    expect(perMinuteOf(two, HOLD.scope)).toBe(90);
    expect(perMinuteOf(view({ lanes: [lane('a', 60), lane('b')] }), HOLD.scope)).toBeUndefined();
  });
});

describe('a resumed hold', () => {
  const inPhase = (phase: Hold['phase']) => view({ holds: [{ ...HOLD, phase }] });
  const course = (views: readonly GovernorView[], more: Partial<Course> = {}) => {
    const nudged: string[] = [];
    const phases: string[] = [];
    const left = [...views];
    return {
      nudged,
      phases,
      given: {
        view: inPhase('probing'),
        placed: { governor: 'google/ai-studio/shop', hold: HOLD },
        ids: ['a', 'b'],
        until: NOW + 60_000,
        clock: fakeClock(),
        onPhase: (phase) => phases.push(phase),
        look: async () => (left.length > 1 ? left.shift() : left[0]),
        nudge: async (id) => {
          nudged.push(id);
          return true;
        },
        ...more,
      } satisfies Course,
    };
  };

  test('is asked for by one generation in each phase, and ends released', async () => {
    const { given, nudged, phases } = course([inPhase('probing'), inPhase('trial'), view()]);
    const proved = await seeThrough(given);
    expect(proved).toMatchObject({ woken: 2, view: view() });
    expect(proved.now).toBeUndefined();
    expect(nudged).toEqual(['a', 'b']);
    expect(phases).toEqual(['probing', 'trial', 'released']);
  });

  test('whose cause is still there is held again, and nobody else is woken', async () => {
    const { given, nudged } = course([inPhase('held')]);
    expect((await seeThrough(given)).now?.phase).toBe('held');
    expect(nudged).toEqual(['a']);
  });

  test('that nothing proves wakes another one now and then, until the time is over', async () => {
    const { given, nudged } = course([inPhase('probing')]);
    expect((await seeThrough(given)).now?.phase).toBe('probing');
    expect(nudged.length).toBeGreaterThan(2);
    expect(nudged.length).toBeLessThan(8);
    expect(new Set(nudged)).toEqual(new Set(['a', 'b']));
  });

  test('one that has ended proves nothing: the next is woken', async () => {
    const nudge = async (id: string) => id === 'b';
    const { given } = course([view()], { nudge });
    expect((await seeThrough(given)).woken).toBe(1);
  });

  test('that nobody waits for is left to the next generation at once', async () => {
    const { given, nudged } = course([inPhase('probing')], { ids: [] });
    expect((await seeThrough(given)).now?.phase).toBe('probing');
    expect(nudged).toEqual([]);
  });

  test('a governor that does not answer for a while loses nothing', async () => {
    const views = [undefined, undefined, view()];
    const { given } = course([], { look: async () => views.shift() });
    expect((await seeThrough(given)).now).toBeUndefined();
  });
});
