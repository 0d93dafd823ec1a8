import { beforeEach, describe, expect, it } from 'vitest';
import { FleetQuotaBroker } from '../../src/quota/fleet-broker.ts';
import { FakeClock } from './fake-clock.ts';
import { ask, violation } from './fixtures.ts';
import type { Sent } from './fleet-fixtures.ts';
import { FakeGovernor, broker, mostIn, proved, sending } from './fleet-fixtures.ts';

const many = (n: number, of: (i: number) => object = () => ({})) =>
  Array.from({ length: n }, (_, i) => ({ generationId: `g${i}`, waitedMs: n - i, ...of(i) }));

let clock: FakeClock;
let governor: FakeGovernor;
beforeEach(() => {
  clock = new FakeClock();
  governor = new FakeGovernor(clock);
});

async function acquired(fleet: FleetQuotaBroker, generationId: string, maxWaitMs = 2_000) {
  const answer = fleet.acquire(ask({ generationId }), { maxWaitMs });
  await clock.advance(maxWaitMs);
  return await answer;
}

describe('slots', () => {
  it('60 a minute: a crowd is sent evenly, in the order of its age, and no minute holds more than 60', async () => {
    const fleet = broker(clock, governor);
    await proved(clock, fleet);
    const sent: Sent[] = [];
    sending(clock, fleet, many(200), sent);
    await clock.advance(220_000);
    expect(sent).toHaveLength(200);
    expect(mostIn(sent, 60_000)).toBeLessThanOrEqual(60);
    expect(sent.map(({ id }) => id)).toEqual(many(200).map(({ generationId }) => generationId));
  });

  it('four processes under one limit share it evenly, and keep it together', async () => {
    const fleets = Array.from({ length: 4 }, () => broker(clock, governor));
    await proved(clock, fleets[0] as FleetQuotaBroker);
    const sent = fleets.map((): Sent[] => []);
    fleets.forEach((fleet, i) => sending(clock, fleet, many(100), sent[i] as Sent[]));
    await clock.advance(300_000);
    const counts = sent.map(({ length }) => length);
    expect(mostIn(sent.flat(), 60_000)).toBeLessThanOrEqual(60);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBeGreaterThanOrEqual(285);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(8);
  });

  it('an exchange each five seconds while it is busy, and none while nobody waits', async () => {
    const fleet = broker(clock, governor);
    await proved(clock, fleet);
    sending(clock, fleet, many(100), []);
    await clock.advance(60_000);
    const busy = governor.requests.length;
    expect(busy).toBeLessThanOrEqual(20);
    await clock.advance(120_000);
    const done = governor.requests.length;
    await clock.advance(600_000);
    expect(governor.requests.length).toBe(done);
  });

  it('a slot that is reported unused is another call’s, and one that nobody wants goes back', async () => {
    const fleet = broker(clock, governor);
    await proved(clock, fleet);
    const waiting = fleet.acquire(ask({ generationId: 'a' }), { maxWaitMs: 5_000 });
    await clock.advance(3_000);
    const first = await waiting;
    expect(first.kind).toBe('slot');
    const second = fleet.acquire(ask({ generationId: 'b' }), { maxWaitMs: 5_000 });
    if (first.kind === 'slot') fleet.report(first, { kind: 'unused' });
    await clock.advance(3_000);
    expect(await second).toMatchObject({ kind: 'slot' });
  });

  it('a slot is good for a moment: two hundredths of the window', async () => {
    const fleet = broker(clock, governor);
    await proved(clock, fleet);
    const waiting = fleet.acquire(ask({ generationId: 'a' }), { maxWaitMs: 5_000 });
    await clock.advance(3_000);
    expect((await waiting) as object).toMatchObject({ validMs: expect.any(Number) as number });
  });

  it('a turn that is far away is told at once, with place and pace, for a durable timer', async () => {
    const fleet = broker(clock, governor);
    await proved(clock, fleet);
    sending(clock, fleet, many(200), []);
    await clock.advance(6_000);
    const answer = await fleet.acquire(ask({ generationId: 'late' }), { maxWaitMs: 3_000 });
    expect(answer).toMatchObject({
      kind: 'wait',
      limit: 'rpm',
      why: expect.stringMatching(/60 requests per minute \(configured\), 1\d\d ahead/) as string,
    });
    if (answer.kind === 'wait') {
      expect(answer.place).toBeGreaterThan(180);
      expect(answer.ms).toBeGreaterThan(100_000);
      expect(answer.perMinute).toBeGreaterThan(59);
    }
  });

  it('10,000 sleeping generations are remembered in bounded exchanges', async () => {
    const fleet = broker(clock, governor);
    await proved(clock, fleet);
    sending(clock, fleet, many(100), []);
    await clock.advance(6_000);
    for (let i = 0; i < 10_000; i += 1) void fleet.acquire(ask({ generationId: `s${i}` }), { maxWaitMs: 0 });
    await clock.advance(70_000);
    expect(fleet.stats().remembered).toBe(10_000);
    const largest = Math.max(...governor.requests.map((request) => JSON.stringify(request).length));
    expect(largest).toBeLessThan(8_000);
    expect(JSON.stringify(governor.state).length).toBeLessThan(20_000);
  });
});

describe('urgency and tenants', () => {
  it('interactive goes before standard, standard before batch', async () => {
    const fleet = broker(clock, governor);
    await proved(clock, fleet);
    const sent: Sent[] = [];
    sending(clock, fleet, [{ generationId: 'takes the slot that is due' }], []);
    sending(
      clock,
      fleet,
      many(5, (i) => ({ generationId: `batch${i}`, urgency: 'batch' })),
      sent,
    );
    sending(
      clock,
      fleet,
      many(5, (i) => ({ generationId: `std${i}`, urgency: 'standard' })),
      sent,
    );
    sending(
      clock,
      fleet,
      many(5, (i) => ({ generationId: `now${i}`, urgency: 'interactive' })),
      sent,
    );
    await clock.advance(40_000);
    expect(sent.map(({ id }) => id.replace(/\d/, '')).join(' ')).toBe(
      `${'now '.repeat(5)}${'std '.repeat(5)}${'batch '.repeat(5)}`.trim(),
    );
  });

  it('a tenant with a thousand waiting cannot starve one with three, in another process either', async () => {
    const [crowd, quiet] = [broker(clock, governor), broker(clock, governor)];
    await proved(clock, crowd);
    const sent: Sent[] = [];
    sending(
      clock,
      crowd,
      many(1_000, () => ({ tenant: 'crowd', waitedMs: 600_000 })),
      sent,
    );
    await clock.advance(12_000);
    const before = sent.length;
    sending(
      clock,
      quiet,
      many(3, (i) => ({ generationId: `quiet${i}`, tenant: 'quiet' })),
      sent,
    );
    await clock.advance(20_000);
    expect(sent.slice(before).filter(({ id }) => id.startsWith('quiet'))).toHaveLength(3);
  });
});

describe('bad days', () => {
  it('without a limit nothing is paced, and the first 429 teaches the whole fleet', async () => {
    const [one, two] = [broker(clock, governor, null), broker(clock, governor, null)];
    await proved(clock, one);
    const slot = await one.acquire(ask({ generationId: 'a' }));
    expect(slot).toMatchObject({ kind: 'slot' });
    expect(slot).not.toHaveProperty('validMs');
    if (slot.kind === 'slot') {
      one.report(slot, { kind: 'limited', violations: [violation({ limit: 6 })], retryAfterMs: 20_000 });
    }
    await clock.advance(6_000);
    const sent: Sent[] = [];
    sending(clock, two, many(20), sent);
    await clock.advance(120_000);
    expect(mostIn(sent, 60_000)).toBeLessThanOrEqual(6);
    expect(two.limits()).toEqual([
      expect.objectContaining({ dimension: 'rpm', limit: 6, source: 'learned' }),
    ]);
  });

  it('a process that was idle asks before anything goes: what was held meanwhile is not called', async () => {
    const [busy, idle] = [broker(clock, governor, null), broker(clock, governor, null)];
    await proved(clock, busy);
    await proved(clock, idle);
    await clock.advance(10_000);
    const leaked = await acquired(busy, 'leaked');
    expect(leaked.kind).toBe('slot');
    if (leaked.kind === 'slot') {
      const verdict = { branch: 'permission', reason: 'key-leaked', message: 'it leaked' } as const;
      busy.report(leaked, { kind: 'used', verdict });
    }
    await clock.advance(1_000);
    const behind = await Promise.all(many(6).map(({ generationId }) => acquired(idle, generationId)));
    expect(behind.map(({ kind }) => kind)).toEqual(Array.from({ length: 6 }, () => 'held'));
  });

  it('a hold heard of long ago turns nobody away who only looks: it may have been resumed since', async () => {
    const fleet = broker(clock, governor, null);
    await proved(clock, fleet);
    const leaked = await acquired(fleet, 'leaked');
    const verdict = { branch: 'permission', reason: 'key-leaked', message: 'it leaked' } as const;
    if (leaked.kind === 'slot') fleet.report(leaked, { kind: 'used', verdict });
    await clock.advance(1_000);
    expect(fleet.outlook(ask())).toMatchObject({ kind: 'held' });
    governor.state = { ...governor.state, standing: { ...governor.state.standing, holds: [] } };
    await clock.advance(60_000);
    expect(fleet.outlook(ask())).toEqual({ kind: 'go' });
    expect((await acquired(fleet, 'next', 10_000)).kind).toBe('slot');
  });

  it('closed, all that wait are sent away; connected again, it takes part as another process', async () => {
    const fleet = broker(clock, governor);
    await proved(clock, fleet);
    const waiting = many(40).map(({ generationId }) =>
      fleet.acquire(ask({ generationId }), { maxWaitMs: 60_000 }),
    );
    await clock.advance(2_000);
    await fleet.close();
    const kinds = (await Promise.all(waiting)).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['slot', 'wait']));
    expect(Object.keys(governor.state.processes)).toEqual([]);
    fleet.connect(governor);
    expect((await acquired(fleet, 'again', 10_000)).kind).toBe('slot');
    expect(Object.keys(governor.state.processes)).toEqual([`${fleet.process}/1`]);
  });

  it('without a limit, while the governor does not answer, calls go on for four terms', async () => {
    const fleet = broker(clock, governor, null);
    await proved(clock, fleet);
    const kinds: string[] = [];
    for (let second = 0; second < 45; second += 1) {
      if (second === 10) governor.isAway = true;
      kinds.push((await acquired(fleet, `g${second}`, 500)).kind);
      await clock.advance(500);
    }
    expect(kinds.slice(0, 25)).not.toContain('wait');
    expect(kinds.slice(-10)).not.toContain('slot');
  });

  it('the governor is away: what is leased is used, then calls wait; no slot is invented', async () => {
    const fleet = broker(clock, governor);
    await proved(clock, fleet);
    const sent: Sent[] = [];
    sending(clock, fleet, many(200), sent);
    await clock.advance(12_000);
    governor.isAway = true;
    const before = sent.length;
    await clock.advance(40_000);
    expect(sent.length - before).toBeLessThanOrEqual(8);
    const answer = fleet.acquire(ask({ generationId: 'now' }), { maxWaitMs: 1_000 });
    await clock.advance(1_100);
    expect(await answer).toMatchObject({
      kind: 'wait',
      limit: 'governor',
      why: expect.stringMatching(/does not answer \(14 UNAVAILABLE/) as string,
    });
    governor.isAway = false;
    await clock.advance(60_000);
    expect(mostIn(sent, 60_000)).toBeLessThanOrEqual(60);
    expect(sent.length).toBeGreaterThan(before + 20);
  });

  it('a lost answer is asked for again, and its slots are leased once', async () => {
    const fleet = broker(clock, governor);
    await proved(clock, fleet);
    const sent: Sent[] = [];
    sending(clock, fleet, many(60), sent);
    governor.losesAnswers = true;
    await clock.advance(3_000);
    governor.losesAnswers = false;
    await clock.advance(90_000);
    expect(sent).toHaveLength(60);
    expect(mostIn(sent, 60_000)).toBeLessThanOrEqual(60);
  });

  it('a process that dies takes its leased slots with it, and nobody waits longer than a lease for it', async () => {
    const [dies, lives] = [broker(clock, governor), broker(clock, governor)];
    await proved(clock, dies);
    const sent: Sent[] = [];
    sending(clock, dies, many(100), []);
    sending(clock, lives, many(100), sent);
    await clock.advance(20_000);
    void dies.close();
    const before = sent.length;
    await clock.advance(60_000);
    expect(sent.length - before).toBeGreaterThanOrEqual(50);
  });

  it('a governor that lost everything leases nothing until a lease and a window are over', async () => {
    const fleet = broker(clock, governor);
    await proved(clock, fleet);
    const sent: Sent[] = [];
    sending(clock, fleet, many(300), sent);
    await clock.advance(60_000);
    governor.state = { ...new FakeGovernor(clock).state, epoch: 'epoch-2' };
    await clock.advance(200_000);
    expect(mostIn(sent, 60_000)).toBeLessThanOrEqual(60);
    expect(sent.length).toBeGreaterThan(150);
  });

  it('a clock that is set back by an hour changes nothing', async () => {
    const fleet = broker(clock, governor);
    await proved(clock, fleet);
    const sent: Sent[] = [];
    sending(clock, fleet, many(120), sent);
    await clock.advance(30_000);
    clock.set(-3_600_000);
    await clock.advance(110_000);
    expect(sent.length).toBeGreaterThanOrEqual(115);
    expect(mostIn(sent, 60_000)).toBeLessThanOrEqual(60);
  });

  it('quota-day: nobody calls until midnight Pacific although RetryInfo says 22 s', async () => {
    const fleet = broker(clock, governor, { rpm: 60, rpd: 1_000 });
    await proved(clock, fleet);
    const waiting = fleet.acquire(ask({ generationId: 'a' }), { maxWaitMs: 5_000 });
    await clock.advance(3_000);
    const slot = await waiting;
    const perDay = violation({ window: 'day', quotaId: 'PerDay', limit: 1_000 });
    if (slot.kind === 'slot')
      fleet.report(slot, { kind: 'limited', violations: [perDay], retryAfterMs: 22_000 });
    await clock.advance(30_000);
    const answer = await fleet.acquire(ask({ generationId: 'b' }), { maxWaitMs: 3_000 });
    expect(answer).toMatchObject({ kind: 'wait', limit: 'rpd' });
    if (answer.kind === 'wait') expect(answer.ms).toBeGreaterThan(3_600_000);
  });

  it('an aborted caller leaves the queue', async () => {
    const fleet = broker(clock, governor);
    await proved(clock, fleet);
    const abort = new AbortController();
    sending(clock, fleet, many(5), []);
    const waiting = fleet.acquire(ask({ generationId: 'x' }), { maxWaitMs: 60_000, signal: abort.signal });
    abort.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    await clock.advance(20_000);
    expect(fleet.stats().waiting).toBe(0);
  });
});

it('bad options name the field and the cure', () => {
  const probe = () => Promise.resolve(undefined);
  expect(() => broker(clock, governor, { rpm: 0 })).toThrow(
    /limits\['gemini-3-pro-image'\]\.rpm is 0: give a whole number/,
  );
  expect(() => new FleetQuotaBroker({ probe, spend: { usd: -1, windowMs: 1 } })).toThrow(
    /spendLimit\.usd is -1: give a number above 0/,
  );
});

describe('a credential that nothing has proved', () => {
  it('who only looks at a route keeps none of its trials from others; who sleeps on the answer asks for one', async () => {
    const [looks, sleeps] = [broker(clock, governor, null), broker(clock, governor, null)];
    const wants = () => governor.requests.flatMap(({ routes }) => routes.filter((route) => route.wants));
    looks.outlook(ask());
    await clock.advance(10_000);
    expect(wants()).toEqual([]);
    sleeps.outlook(ask(), { sleeps: true });
    await clock.advance(2_000);
    expect(wants()).toHaveLength(1);
  });

  it('its first caller is killed: its trials are others’ within seconds, not after the longest call', async () => {
    const [killed, lives] = [broker(clock, governor, null), broker(clock, governor, null)];
    void killed.acquire(ask({ generationId: 'a' }), { maxWaitMs: 30_000 });
    await clock.advance(2_000);
    // From here on nothing of it is heard.
    killed.connect({ exchange: () => new Promise(() => undefined), hours: () => Promise.resolve(undefined) });
    const sent: Sent[] = [];
    sending(clock, lives, many(6), sent);
    await clock.advance(40_000);
    expect(sent).toHaveLength(6);
  });
});
