import { describe, expect, it } from 'vitest';
import type { Branch } from '../../src/domain/branch.ts';
import type { Route } from '../../src/domain/path.ts';
import { RouteGuard } from '../../src/quota/route-guard.ts';
import { MODEL, route } from './fixtures.ts';
import { GuardFleet, said } from './guard-fleet.ts';

const R = route();
const KEY = R.account.credential;
const EVIDENCE = 'e'.repeat(64);

function fleet(...processes: readonly string[]): GuardFleet {
  const joined = new GuardFleet();
  for (const process of processes) joined.join(process, R);
  return joined;
}

/** p1's call ended in a leaked key, and everyone has heard of it. */
function leaked(): GuardFleet {
  const held = fleet('p1', 'p2');
  held.end('p1', held.call('p1', R), 'permission', 'key-leaked');
  held.exchange('p1');
  held.exchange('p2');
  return held;
}

describe('a verdict that opens a hold', () => {
  it('stops this process at once, before the governor has heard of it', () => {
    const held = fleet('p1', 'p2');
    held.end('p1', held.call('p1', R), 'permission', 'key-leaked');
    expect(held.guard('p1').check(R, held.now)).toMatchObject({
      kind: 'held',
      hold: {
        branch: 'permission',
        scope: { kind: 'credential', key: KEY },
        phase: 'held',
        generationId: 'g1',
      },
      why: `credential ${KEY} is held by permission/key-leaked: permission it said`,
    });
    expect(held.guard('p1').urgent).toBe(true);
    expect(held.guard('p2').check(R, held.now)).toBeUndefined();
  });

  it('stops it still while an answer is on its way that cannot know of it', () => {
    const held = fleet('p1');
    const guard = held.guard('p1');
    const pass = held.call('p1', R);
    guard.drain(held.now);
    held.end('p1', pass, 'permission', 'key-leaked');
    guard.heard({ stops: [], degraded: [], grants: [] }, held.now);
    expect(guard.check(R, held.now)?.kind).toBe('held');
    held.exchange('p1');
    expect(guard.check(R, held.now)).toMatchObject({ kind: 'held', hold: { id: 'h-1' } });
    expect(held.view.holds).toHaveLength(1);
  });

  it('stops the others once they hear of it', () => {
    expect(leaked().guard('p2').check(R, 0)).toMatchObject({ kind: 'held', hold: { id: 'h-1', calls: 1 } });
  });

  it.each<[Branch, string, Route, Route]>([
    ['permission', 'iam', route('other'), { ...R, account: { ...R.account, credential: 'other' } }],
    ['quota-zero', 'limit-zero', { ...R, tier: 'flex' }, route('other')],
    [
      'billing',
      'spend-cap',
      { ...route('other'), account: { ...R.account, credential: 'x' } },
      route(MODEL, 'p'),
    ],
    ['region', 'location', route('other'), at('https://elsewhere.test')],
    ['gateway-denial', 'denied', route('other'), at('https://elsewhere.test')],
  ])('%s stops what shares its scope, and nothing else', (branch, reason, shares, other) => {
    const held = fleet('p1');
    held.join('p1', other);
    held.join('p1', shares);
    held.end('p1', held.call('p1', R), branch, reason);
    expect(held.guard('p1').check(shares, held.now)?.kind).toBe('held');
    expect(held.guard('p1').check(other, held.now)).toBeUndefined();
  });

  it('is told with its evidence once that is stored, which is urgent while the hold has none', () => {
    const held = leaked();
    const guard = held.guard('p1');
    const seen = { route: R, generationId: 'g9', evidence: EVIDENCE, sureUsd: 0, possibleUsd: 0 };
    const verdict = said('permission', 'key-leaked');
    guard.witness({ ...seen, verdict });
    expect(guard.urgent).toBe(true);
    held.exchange('p1');
    expect(held.view.holds).toMatchObject([{ evidence: EVIDENCE, generationId: 'g9', calls: 1 }]);
    guard.witness({ ...seen, verdict });
    expect(guard.urgent).toBe(false);
  });

  it('throttled by a proxy only waits', () => {
    const held = fleet('p1');
    held.end('p1', held.call('p1', R), 'gateway-denial', 'throttled');
    expect(held.guard('p1').check(R, held.now)).toBeUndefined();
    held.exchange('p1');
    expect(held.view.holds).toEqual([]);
  });
});

function at(baseUrl: string): Route {
  return { ...R, account: { ...R.account, baseUrl } };
}

describe('calls that were on their way', () => {
  it('raise the count of the hold that opened meanwhile, and open no other', () => {
    const held = fleet('p1', 'p2');
    const [first, second, third] = [held.call('p1', R), held.call('p1', R), held.call('p2', R)];
    held.end('p1', first, 'permission', 'key-leaked');
    held.exchange('p1');
    held.exchange('p2');
    held.now += 30_000;
    held.end('p1', second, 'permission', 'key-leaked');
    held.end('p2', third, 'permission', 'iam');
    held.exchange('p1');
    held.exchange('p2');
    expect(held.view.holds).toMatchObject([{ id: 'h-1', reason: 'key-leaked', calls: 3 }]);
  });

  it('do not open it again once it was released', () => {
    const held = fleet('p1', 'p2');
    const [first, late] = [held.call('p1', R), held.call('p2', R)];
    held.end('p1', first, 'permission', 'key-leaked');
    held.exchange('p1');
    held.exchange('p2');
    held.resume();
    held.probed('p1', held.exchange('p1').probes);
    held.now += 5_000;
    held.end('p1', held.tryCall('p1', R));
    held.exchange('p1');
    held.exchange('p2');
    expect(held.view.holds).toEqual([]);
    held.end('p2', late, 'permission', 'key-leaked');
    expect(held.guard('p2').check(R, held.now)).toBeUndefined();
    held.exchange('p2');
    expect(held.view.holds).toEqual([]);
  });

  it('and failed for want of capacity do not count once the breaker has closed', () => {
    const broken = fleet('p1', 'p2');
    const late = Array.from({ length: 20 }, () => broken.call('p2', R));
    for (let n = 0; n < 5; n++) broken.end('p1', broken.call('p1', R), 'capacity');
    broken.exchange('p1');
    broken.exchange('p2');
    broken.now += 15_000;
    broken.end('p1', broken.tryCall('p1', R));
    broken.exchange('p1');
    broken.exchange('p2');
    expect(broken.view.breakers).toEqual([]);
    broken.now += 10_000;
    for (const pass of late) broken.end('p2', pass, 'capacity');
    broken.exchange('p2');
    expect(broken.view.breakers).toEqual([]);
    for (let n = 0; n < 5; n++) broken.end('p2', broken.call('p2', R), 'capacity');
    broken.exchange('p2');
    expect(broken.view.breakers).toHaveLength(1);
  });
});

describe('the way out of a hold', () => {
  it('held, then a text call, then one generation, then everyone', () => {
    const held = leaked();
    held.guard('p2').check(R, held.now);
    held.exchange('p2');
    held.resume();
    const { probes } = held.exchange('p2');
    expect(probes).toHaveLength(1);
    expect(held.guard('p2').check(R, held.now)).toMatchObject({
      kind: 'wait',
      limit: 'trial',
      why: expect.stringContaining('(resumed by anna, a text call tries it)'),
    });
    held.probed('p2', probes);
    const first = held.tryCall('p2', R);
    expect(first?.trials).toHaveLength(1);
    expect(held.call('p2', R)).toBeUndefined();
    expect(held.tryCall('p1', R)).toBeUndefined();
    held.end('p2', first);
    expect(held.guard('p2').urgent).toBe(true);
    held.exchange('p2');
    expect(held.call('p2', R)).toBeDefined();
    expect(held.tryCall('p1', R)).toBeDefined();
  });

  it('a trial that fails in the cause holds this process at once', () => {
    const held = leaked();
    held.resume();
    held.probed('p1', held.exchange('p1').probes);
    held.end('p1', held.tryCall('p1', R), 'permission', 'key-leaked');
    expect(held.guard('p1').check(R, held.now)).toMatchObject({ kind: 'held', hold: { id: 'h-1' } });
    held.exchange('p1');
    expect(held.view.holds).toMatchObject([{ id: 'h-1', phase: 'held', calls: 2 }]);
  });

  it('a trial whose slot was not used goes to the next call here', () => {
    const held = leaked();
    held.resume();
    held.probed('p1', held.exchange('p1').probes);
    const pass = held.tryCall('p1', R)!;
    held.guard('p1').released(pass, held.now);
    held.guard('p1').ended(pass, undefined, held.now);
    expect(held.call('p1', R)?.trials).toEqual(pass.trials);
  });

  it('a trial that nobody here takes is given back after 10 s', () => {
    const held = leaked();
    held.guard('p2').check(R, held.now);
    held.exchange('p2');
    held.resume();
    held.probed('p2', held.exchange('p2').probes);
    held.guard('p2').check(R, held.now);
    held.exchange('p2');
    expect(held.tryCall('p1', R)).toBeUndefined();
    expect(held.guard('p2').hasNews).toBe(true);
    held.now += 10_000;
    held.exchange('p2');
    expect(held.call('p2', R)).toBeUndefined();
    expect(held.tryCall('p1', R)).toBeDefined();
  });

  it('who only looks asks for no trial', () => {
    const held = leaked();
    held.resume();
    held.probed('p1', held.exchange('p1').probes);
    expect(held.guard('p1').check(R, held.now, { looks: true })).toMatchObject({
      kind: 'wait',
      limit: 'trial',
    });
    expect(held.guard('p1').urgent).toBe(false);
    held.exchange('p1');
    expect(held.guard('p1').check(R, held.now, { looks: true })).toMatchObject({ kind: 'wait' });
  });
});

describe('a person’s word for one call', () => {
  it('goes through what is held, and through nothing else', () => {
    const held = leaked();
    expect(held.guard('p1').check(R, held.now, { insists: true })).toBeUndefined();
    held.resume();
    held.exchange('p1');
    expect(held.guard('p1').check(R, held.now, { insists: true })).toMatchObject({ limit: 'trial' });
    const open = fleet('p1');
    for (let n = 0; n < 5; n++) open.end('p1', open.call('p1', R), 'capacity');
    open.end('p1', open.call('p1', R), 'permission', 'key-leaked');
    open.exchange('p1');
    expect(open.guard('p1').check(R, open.now)?.kind).toBe('held');
    expect(open.guard('p1').check(R, open.now, { insists: true })).toMatchObject({ limit: 'breaker' });
  });

  it('and a call that went well through a hold releases it: its cause is gone', () => {
    const held = leaked();
    held.end('p1', held.guard('p1').pass(R, held.now, 'g1'));
    expect(held.guard('p1').urgent).toBe(true);
    held.exchange('p1');
    expect(held.view.holds).toEqual([]);
  });

  it('what a person paused stays paused, however well a call goes', () => {
    const held = fleet('p1');
    held.order({ kind: 'pause', scope: { kind: 'credential', key: KEY }, by: 'anna', why: 'audit' });
    held.exchange('p1');
    held.end('p1', held.guard('p1').pass(R, held.now, 'g1'));
    held.exchange('p1');
    expect(held.view.holds).toMatchObject([{ branch: 'operator' }]);
  });
});

describe('a hold that was heard of long ago', () => {
  it('is asked about before it is believed, once, and believed where no answer comes', () => {
    const held = leaked();
    const guard = held.guard('p2');
    held.now += 10_001;
    expect(guard.check(R, held.now)).toMatchObject({ kind: 'wait', ms: 2_000, limit: 'trial' });
    expect(guard.urgent).toBe(true);
    held.now += 5_000;
    expect(guard.check(R, held.now)?.kind).toBe('held');
  });

  it('was resumed meanwhile: the answer says so', () => {
    const held = leaked();
    held.now += 60_000;
    held.order({ kind: 'pause', scope: { kind: 'model', key: 'x' }, by: 'anna', why: 'any' });
    held.resume();
    expect(held.guard('p1').check(R, held.now)?.kind).toBe('wait');
    expect(held.exchange('p1').probes).toHaveLength(1);
  });
});

describe('a credential that nothing has proved', () => {
  it('is told of with the first exchange, and three calls go', () => {
    const started = new GuardFleet();
    expect(started.guard('p1').check(R, started.now)).toBeUndefined();
    expect(started.guard('p1').urgent).toBe(true);
    started.exchange('p1');
    const passes = Array.from({ length: 5 }, () => started.call('p1', R));
    expect(passes.filter((pass) => pass !== undefined)).toHaveLength(3);
    expect(started.guard('p1').check(R, started.now)).toMatchObject({
      kind: 'wait',
      limit: 'trial',
      isBrief: true,
    });
    expect(started.tryCall('p2', R)).toBeDefined();
    started.exchange('p2');
    expect(started.tryCall('p2', R)).toBeUndefined();
    started.end('p1', passes[0]);
    started.exchange('p1');
    expect(started.call('p1', R)).toBeDefined();
    started.now += 1_000;
    expect(started.tryCall('p2', R)).toBeDefined();
  });

  it('another one than before is asked about before its first call', () => {
    const joined = fleet('p1');
    const other = { ...R, account: { ...R.account, credential: 'other' } };
    expect(joined.guard('p1').check(other, joined.now)).toMatchObject({
      kind: 'wait',
      limit: 'trial',
      why: 'credential other: asking the governor whether it is proved',
    });
    joined.exchange('p1');
    expect(joined.call('p1', other)?.trials).toHaveLength(1);
  });
});

describe('a breaker', () => {
  function broken(): GuardFleet {
    const open = fleet('p1', 'p2');
    for (let n = 0; n < 5; n++) open.end('p1', open.call('p1', R), 'capacity');
    open.exchange('p1');
    open.exchange('p2');
    return open;
  }

  it('is told at once when this process has seen five failures that are half of its calls', () => {
    const open = fleet('p1');
    const urgent: boolean[] = [];
    for (let n = 0; n < 5; n++) {
      open.end('p1', open.call('p1', R), 'capacity');
      open.end('p1', open.call('p1', R));
      urgent.push(open.guard('p1').urgent);
    }
    expect(urgent).toEqual([false, false, false, false, true]);
  });

  it('a lower share is told with the next regular exchange', () => {
    const open = fleet('p1');
    for (let n = 0; n < 60; n++) open.end('p1', open.call('p1', R), n % 5 < 2 ? 'capacity' : undefined);
    expect([open.guard('p1').urgent, open.guard('p1').hasNews]).toEqual([false, true]);
  });

  it('keeps its route back until it may be tried, by this process’s own clock', () => {
    const open = broken();
    expect(open.guard('p2').check(R, open.now + 3_000)).toMatchObject({
      kind: 'wait',
      ms: 12_000,
      limit: 'breaker',
      why: `${MODEL}: 5 of 7 calls within a minute ended in capacity, next try in 12 s`,
    });
    expect(open.guard('p2').check({ ...R, tier: 'flex' }, open.now)).toBeUndefined();
  });

  it('half-open: one generation of the fleet goes; it went well: all go', () => {
    const open = broken();
    open.now += 15_000;
    const trial = open.tryCall('p2', R);
    expect(trial).toBeDefined();
    expect(open.call('p2', R)).toBeUndefined();
    expect(open.tryCall('p1', R)).toBeUndefined();
    open.end('p2', trial);
    open.exchange('p2');
    open.exchange('p1');
    expect([open.call('p1', R), open.call('p2', R)]).not.toContain(undefined);
  });

  it('half-open: it failed: nobody goes for twice the time', () => {
    const open = broken();
    open.now += 15_000;
    open.end('p1', open.tryCall('p1', R), 'internal');
    open.exchange('p1');
    expect(open.guard('p1').check(R, open.now)).toMatchObject({ ms: 30_000 });
  });
});

describe('several governors in one process', () => {
  const other = route(MODEL, 'other-project');
  const elsewhere = { ...other, account: { ...other.account, baseUrl: 'https://elsewhere.test' } };

  it('a gateway’s hold stops the routes of all of them, a model’s only its own', () => {
    const held = fleet('p1');
    const guard = held.guard('p1');
    held.end('p1', held.call('p1', R), 'quota-zero', 'limit-zero');
    expect(guard.checkShared(other, held.now)).toBeUndefined();
    held.join('p1', route('m2'));
    held.end('p1', held.call('p1', route('m2')), 'gateway-denial', 'denied');
    expect(guard.checkShared(other, held.now)?.kind).toBe('held');
    expect(guard.checkShared(elsewhere, held.now)).toBeUndefined();
  });

  it('a call of another project may be the trial of the gateway', () => {
    const held = fleet('p1');
    const [guard, own] = [held.guard('p1'), new RouteGuard(false)];
    held.end('p1', held.call('p1', R), 'gateway-denial', 'denied');
    held.exchange('p1');
    held.resume();
    held.probed('p1', held.exchange('p1').probes);
    expect(guard.checkShared(other, held.now)).toMatchObject({ kind: 'wait', limit: 'trial' });
    held.exchange('p1');
    expect(guard.checkShared(other, held.now)).toBeUndefined();
    const pass = own.pass(other, held.now, 'g1', [guard]);
    expect(guard.checkShared(other, held.now)?.kind).toBe('wait');
    own.ended(pass, undefined, held.now);
    held.exchange('p1');
    expect(held.view.holds).toEqual([]);
    expect(guard.checkShared(other, held.now)).toBeUndefined();
    expect(held.view.routes.map(({ calls }) => calls)).toEqual([2]);
  });
});

describe('what is told', () => {
  it('each outcome once, whatever is said of a pass', () => {
    const told = fleet('p1');
    const pass = told.call('p1', R)!;
    const guard = told.guard('p1');
    guard.ended(pass, undefined, told.now);
    guard.ended(pass, said('capacity'), told.now);
    guard.released(pass, told.now);
    expect(guard.drain(told.now)).toMatchObject([{ calls: 1, failures: {}, credential: KEY, model: MODEL }]);
    expect(guard.drain(told.now)).toEqual([]);
  });

  it('costs, and the evidence of capacity failures for the route proof', () => {
    const told = fleet('p1');
    told.guard('p1').witness({
      ...{ verdict: said('capacity', 'overloaded'), route: R, generationId: 'g1', evidence: EVIDENCE },
      ...{ sureUsd: 0.1, possibleUsd: 0.2 },
    });
    expect(told.guard('p1').drain(told.now)).toMatchObject([
      { calls: 0, sureUsd: 0.1, possibleUsd: 0.2, priced: 1, verdicts: [] },
      { calls: 0, sureUsd: 0, verdicts: [{ branch: 'capacity', evidence: EVIDENCE }] },
    ]);
  });

  it('is bounded: a thousand outcomes are one line of a route', () => {
    const told = fleet('p1');
    for (let n = 0; n < 1_000; n++) told.end('p1', told.call('p1', R), n % 9 === 0 ? 'no-image' : undefined);
    const [line, ...more] = told.guard('p1').drain(told.now);
    expect(line).toMatchObject({ calls: 1_000, failures: { 'no-image': 112 } });
    expect(more).toEqual([]);
    expect(JSON.stringify(line).length).toBeLessThan(500);
  });

  it('nothing, from a process that has nothing to tell', () => {
    const guard = fleet('p1').guard('p1');
    expect([guard.hasNews, guard.urgent, guard.drain(0)]).toEqual([false, false, []]);
  });
});

describe('degraded and grants', () => {
  it('a degraded route is known by its model and tier', () => {
    const slow = fleet('p1');
    for (let n = 0; n < 20; n++) slow.end('p1', slow.call('p1', R), n % 5 < 2 ? 'capacity' : undefined);
    slow.exchange('p1');
    expect(slow.guard('p1').degraded(R)).toMatchObject({ share: 8 / 21, calls: 21 });
    expect(slow.guard('p1').degraded(route('other'))).toBeUndefined();
  });

  it('a grant serves its cause, its scope and its route, while it has room and time', () => {
    const granted = fleet('p1');
    const cause = { branch: 'permission', scope: { kind: 'credential', key: KEY } } as const;
    granted.order({
      ...{ kind: 'grant', cause, route: 'relay', until: granted.now + 1e9, maxCostUsd: 1 },
      ...{ evidence: EVIDENCE, by: 'anna', why: 'until the key is replaced' },
    });
    granted.exchange('p1');
    const guard = granted.guard('p1');
    const asked = { generationId: 'g1', route: R, cause, offers: [{ route: 'relay', worstUsd: 0.5 }] };
    expect(guard.grantFor(asked, granted.now)).toMatchObject({ grant: { id: 'g-1' }, worstUsd: 0.5 });
    const other = { ...R, account: { ...R.account, credential: 'other' } };
    for (const over of [
      { cause: { branch: 'billing' } as const },
      { route: other },
      { offers: [{ route: 'elsewhere', worstUsd: 0.5 }] },
      { offers: [{ route: 'relay', worstUsd: 1.1 }] },
    ]) {
      expect(guard.grantFor({ ...asked, ...over }, granted.now)).toBeUndefined();
    }
    expect(guard.grantFor(asked, granted.now + 1e9)).toBeUndefined();
  });
});

describe('a credential that nothing has proved', () => {
  it('is proved by calls that are not refused for seconds: others need not wait for the first image', () => {
    const fresh = new GuardFleet();
    fresh.guard('p1').check(R, fresh.now);
    fresh.exchange('p1');
    const going = [1, 2, 3].map(() => fresh.tryCall('p1', R));
    expect(going.every((pass) => pass !== undefined)).toBe(true);
    expect(fresh.tryCall('p1', R)).toBeUndefined();
    fresh.now += 3_000;
    fresh.guard('p1').check(R, fresh.now);
    expect(fresh.guard('p1').urgent).toBe(true);
    fresh.exchange('p1');
    expect(fresh.guard('p1').check(R, fresh.now)).toBeUndefined();
  });
});
