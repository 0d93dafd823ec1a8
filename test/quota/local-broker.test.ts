import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { QuotaWait } from '../../src/quota/broker.ts';
import { LocalQuotaBroker } from '../../src/quota/local-broker.ts';
import { msToPacificMidnight } from '../../src/quota/pacific.ts';
import { FakeClock, settled } from './fake-clock.ts';
import { MODEL, ask, perDay, route, slot, slots, violation, wait } from './fixtures.ts';

const MINUTE = 60_000;
const SPAN = MINUTE * 1.01;

function setUp(limits = {}, options = {}) {
  const clock = new FakeClock();
  const broker = new LocalQuotaBroker({ limits: { [MODEL]: limits }, clock, ...options });
  return { clock, broker };
}

describe('slots', () => {
  it('go at once while no limit is known', async () => {
    const { broker } = setUp();
    for (let i = 0; i < 500; i++) await slot(broker);
    expect(broker.limits()).toEqual([]);
    expect(broker.outlook(ask())).toEqual({ kind: 'go' });
  });

  it('are spaced evenly once a limit is known: 12 per minute are one each 5 s and a margin', async () => {
    const { broker, clock } = setUp({ rpm: 12 });
    await clock.advance(MINUTE);
    const times: number[] = [];
    for (let i = 0; i < 30; i++) {
      await slots(broker, clock, 1);
      times.push(clock.now());
    }
    const gaps = times.slice(1).map((at, i) => at - (times[i] as number));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(SPAN / 12 - 1);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(SPAN / 12 + 2);
  });

  it('are taken by waiting a little when the turn comes within maxWaitMs', async () => {
    const { broker, clock } = setUp({ rpm: 60 });
    await slots(broker, clock, 5);
    const pending = broker.acquire(ask());
    await settled();
    expect(broker.stats().waiting).toBe(1);
    await clock.advance(1100);
    expect((await pending).kind).toBe('slot');
  });

  it('are refused at once, not after 3 s, when the turn comes later than that', async () => {
    const { broker } = setUp({ rpm: 1 });
    await slot(broker);
    const answer = await broker.acquire(ask());
    expect(answer).toMatchObject({ kind: 'wait', limit: 'rpm', place: 1 });
    expect((answer as QuotaWait).why).toBe(
      'gemini-3-pro-image: 1 request per minute (configured), next in the queue',
    );
    expect((answer as QuotaWait).ms).toBeGreaterThan(50_000);
    expect((answer as QuotaWait).ms).toBeLessThanOrEqual(SPAN);
  });

  it('say how long they may stay unsent: no longer than the margin makes good', async () => {
    const { broker } = setUp({ rpm: 6 });
    expect((await slot(broker)).validMs).toBe(600);
    const scaled = setUp({ rpm: 6 }, { windowScale: 0.1, marginMs: 500 });
    expect((await slot(scaled.broker)).validMs).toBe(120);
  });

  it('never expire while no window is known, because nothing could be overrun', async () => {
    const { broker } = setUp({ rpd: 100 });
    expect(await slot(broker)).not.toHaveProperty('validMs');
  });

  it('of tokens and images keep to their own windows', async () => {
    const { broker, clock } = setUp({ tpm: 1000, ipm: 6 });
    await slot(broker, ask({ tokens: 900, images: 1 }));
    expect(await wait(broker, ask({ tokens: 200, images: 1 }))).toMatchObject({ limit: 'tpm' });
    await clock.advance(2 * MINUTE);
    await slot(broker, ask({ tokens: 1, images: 5 }));
    expect(await wait(broker, ask({ tokens: 1, images: 2 }))).toMatchObject({ limit: 'ipm' });
  });

  it('for more tokens than a whole window has are granted when the window is empty', async () => {
    const { broker, clock } = setUp({ tpm: 1000 });
    await slot(broker, ask({ tokens: 10 }));
    const answer = await wait(broker, ask({ tokens: 5000, generationId: 'huge' }));
    await clock.advance(answer.ms + 2000);
    expect((await broker.acquire(ask({ tokens: 5000, generationId: 'huge' }))).kind).toBe('slot');
  });

  it('of another model or account have their own windows', async () => {
    const { broker } = setUp({ rpm: 1 });
    await slot(broker);
    await slot(broker, ask({ route: route('gemini-nano-banana-2.1') }));
    await slot(broker, ask({ route: route(MODEL, 'other-project') }));
    expect((await wait(broker)).limit).toBe('rpm');
  });
});

describe('report', () => {
  it('unused gives the place back, once', async () => {
    const { broker, clock } = setUp({ rpm: 2 });
    const taken = await slots(broker, clock, 2);
    const next = await wait(broker);
    expect(next.ms).toBeGreaterThan(1000);
    broker.report(taken[1]!, { kind: 'unused' });
    broker.report(taken[1]!, { kind: 'unused' });
    await slot(broker);
    expect((await wait(broker)).limit).toBe('rpm');
  });

  it('of a slot that outlived its validity still counts, from when it was sent', async () => {
    const { broker, clock } = setUp({ rpm: 1 });
    const late = await slot(broker);
    await clock.advance(MINUTE / 2);
    broker.report(late, { kind: 'used', sentAfterMs: MINUTE / 2 });
    await clock.advance(MINUTE / 2 + 700);
    expect((await wait(broker)).limit).toBe('rpm');
    await clock.advance(MINUTE / 2 + 6000);
    await slot(broker);
  });

  it('of a send that the window had forgotten brings it back', async () => {
    const { broker, clock } = setUp({ rpm: 1 });
    const stalled = await slot(broker);
    await clock.advance(10 * MINUTE);
    broker.report(stalled, { kind: 'used', sentAfterMs: 10 * MINUTE - 1000 });
    expect(broker.limits()[0]).toMatchObject({ used: 1 });
    expect((await wait(broker)).limit).toBe('rpm');
  });

  it('silence is not a return: a call may take minutes', async () => {
    const { broker, clock } = setUp({ rpm: 1 });
    await slot(broker);
    await clock.advance(MINUTE - 10);
    expect((await wait(broker)).limit).toBe('rpm');
  });

  it('corrects the tokens of the estimate', async () => {
    const { broker } = setUp({ tpm: 1000 });
    const taken = await slot(broker, ask({ tokens: 900 }));
    broker.report(taken, { kind: 'used', tokens: 100 });
    expect(broker.limits()).toMatchObject([{ dimension: 'tpm', used: 100 }]);
  });

  it('of a foreign or unknown slot is ignored', async () => {
    const { broker } = setUp({ rpm: 1 });
    const other = setUp({ rpm: 1 });
    await slot(broker);
    broker.report(await slot(other.broker), { kind: 'unused' });
    expect((await wait(broker)).limit).toBe('rpm');
  });
});

describe('learning from a 429', () => {
  it('shows the number with source and age, and keeps to it', async () => {
    const { broker, clock } = setUp();
    const taken = await slots(broker, clock, 8);
    broker.report(taken[7]!, { kind: 'limited', violations: [violation({ limit: 7 })] });
    await clock.advance(3000);
    expect(broker.limits()).toEqual([
      { model: MODEL, dimension: 'rpm', limit: 7, used: 8, source: 'learned', ageMs: 3000 },
    ]);
    expect(await wait(broker)).toMatchObject({
      limit: 'rpm',
      why: 'gemini-3-pro-image: 7 requests per minute (learned 3 s ago), next in the queue',
    });
  });

  it('without a number learns what went through in the window', async () => {
    const { broker, clock } = setUp();
    const taken = await slots(broker, clock, 10);
    for (const rejected of taken.slice(6)) {
      broker.report(rejected, { kind: 'limited', violations: [violation()] });
    }
    expect(broker.limits()).toMatchObject([{ dimension: 'rpm', limit: 6, source: 'learned' }]);
  });

  it('several violations of one answer teach one limit each', async () => {
    const { broker } = setUp();
    broker.report(await slot(broker), {
      kind: 'limited',
      violations: [violation({ limit: 10 }), violation({ unit: 'tokens', limit: 10_000 })],
    });
    expect(broker.limits()).toMatchObject([
      { dimension: 'rpm', limit: 10 },
      { dimension: 'tpm', limit: 10_000 },
    ]);
  });

  it('limit 0 is not learned: nobody is held up by it here', async () => {
    const { broker } = setUp();
    broker.report(await slot(broker), {
      kind: 'limited',
      violations: [violation({ window: 'zero', limit: 0 }), perDay({ limit: 0 })],
    });
    expect(broker.limits()).toEqual([]);
    await slot(broker);
  });

  it('the route of the answer pauses for as long as it says, for everyone on that model only', async () => {
    const { broker, clock } = setUp();
    const taken = await slot(broker);
    broker.report(taken, { kind: 'limited', violations: [], retryAfterMs: 22_000 });
    expect(await wait(broker)).toMatchObject({
      limit: 'pause',
      why: "gemini-3-pro-image: paused by the provider's answer for another 22 s, next in the queue",
    });
    await slot(broker, ask({ route: route('gemini-nano-banana-2.1') }));
    await clock.advance(21_999);
    expect((await wait(broker)).limit).toBe('pause');
    await clock.advance(1);
    await slot(broker);
  });

  it.each([Number.NaN, -5, 0, 2 ** 63])(
    'a malformed or endless hint of %d loses its timing, no more (I5)',
    async (retryAfterMs) => {
      const { broker } = setUp();
      broker.report(await slot(broker), { kind: 'limited', violations: [], retryAfterMs });
      await slot(broker);
    },
  );

  it('a shorter pause never ends a longer one', async () => {
    const { broker, clock } = setUp();
    const [a, b] = await slots(broker, clock, 2);
    broker.report(a!, { kind: 'limited', violations: [], retryAfterMs: 30_000 });
    broker.report(b!, { kind: 'limited', violations: [], retryAfterMs: 1_000 });
    await clock.advance(15_000);
    expect((await wait(broker)).limit).toBe('pause');
  });

  it('an unexpected 429 widens the margin: fewer calls, no lower limit', async () => {
    const { broker, clock } = setUp({ rpm: 60 });
    await clock.advance(1);
    const taken = await slot(broker);
    broker.report(taken, { kind: 'limited', violations: [violation({ limit: 60 })] });
    await clock.advance(2 * MINUTE);
    await slots(broker, clock, 5);
    const from = clock.now();
    await slots(broker, clock, 10);
    expect((clock.now() - from) / 10).toBeGreaterThanOrEqual((MINUTE * 1.02) / 60);
    expect(broker.limits()).toMatchObject([{ limit: 60, source: 'config' }]);
  });

  it('a learned limit is probed upward after ten clean full windows; a configured one never', async () => {
    for (const [limits, after] of [
      [{}, 11],
      [{ rpm: 10 }, 10],
    ] as const) {
      const { broker, clock } = setUp(limits);
      broker.report(await slot(broker), { kind: 'limited', violations: [violation({ limit: 10 })] });
      await clock.advance(1000);
      await slots(broker, clock, 120);
      expect(broker.limits()[0]?.limit).toBe(after);
    }
  });

  it('live limits can be set and show as such', async () => {
    const { broker } = setUp();
    broker.setLive(route(), { rpm: 2 });
    expect(broker.limits()).toMatchObject([{ limit: 2, source: 'live' }]);
    expect(() => broker.setLive(route(), { rpm: 0 })).toThrow("limits['gemini-3-pro-image'].rpm is 0");
  });
});

describe('a violation that names another model id', () => {
  const RESOLVED = 'gemini-2.5-flash-preview-image';
  const named = violation({ limit: 2, model: RESOLVED });

  it('counts for that id, and the asked id shares it from then on', async () => {
    const { broker } = setUp();
    broker.report(await slot(broker), { kind: 'limited', violations: [named] });
    expect(broker.limits()).toMatchObject([{ model: RESOLVED, limit: 2, used: 1 }]);
    await slot(broker, ask({ route: route(RESOLVED) }));
    const answer = await wait(broker);
    expect(answer).toMatchObject({ limit: 'rpm' });
    expect(answer.why).toMatch(
      /^gemini-3-pro-image \(counted as gemini-2.5-flash-preview-image\): 2 requests/,
    );
  });

  it('joins two lanes with their calls, sleepers and waiting callers', async () => {
    const { broker, clock } = setUp();
    broker.setLive(route(), { rpm: 20 });
    const taken = await slots(broker, clock, 2);
    for (let i = 0; i < 3; i++) await slot(broker, ask({ route: route(RESOLVED) }));
    const sleeper = await wait(broker);
    const waiting = broker.acquire(ask({ generationId: 'here' }), { maxWaitMs: 10 * MINUTE });
    await settled();
    expect(broker.stats()).toMatchObject({ waiting: 1, remembered: 1 });
    broker.report(taken[0]!, { kind: 'limited', violations: [violation({ limit: 5, model: RESOLVED })] });
    expect(sleeper.place).toBe(1);
    expect(broker.stats()).toMatchObject({ waiting: 1, remembered: 1 });
    expect(broker.limits()).toEqual([
      { model: RESOLVED, dimension: 'rpm', limit: 5, used: 5, source: 'learned', ageMs: 0 },
    ]);
    await clock.advance(2 * MINUTE);
    expect((await waiting).kind).toBe('slot');
    expect(clock.pending).toBe(0);
  });

  it('with a prefix is the same model', async () => {
    const { broker } = setUp();
    const prefixed = violation({ limit: 3, model: `models/${MODEL}` });
    broker.report(await slot(broker), { kind: 'limited', violations: [prefixed] });
    expect(broker.limits()).toMatchObject([{ model: MODEL, limit: 3 }]);
  });

  it('a second named model learns for itself', async () => {
    const { broker } = setUp();
    broker.report(await slot(broker), {
      kind: 'limited',
      violations: [violation({ limit: 9, model: MODEL }), violation({ limit: 4, model: RESOLVED })],
    });
    expect(broker.limits()).toMatchObject([
      { model: MODEL, limit: 9 },
      { model: RESOLVED, limit: 4 },
    ]);
  });
});

describe('the day', () => {
  it('quota-day: waits for midnight Pacific although RetryInfo says 22 s', async () => {
    const { broker, clock } = setUp();
    const toReset = msToPacificMidnight(clock.now());
    broker.report(await slot(broker), {
      kind: 'limited',
      violations: [violation({ limit: 60 }), perDay()],
      retryAfterMs: 22_000,
    });
    await clock.advance(30_000);
    const sleeper = ask();
    const answer = await wait(broker, sleeper);
    expect(answer.limit).toBe('rpd');
    expect(answer.ms).toBeGreaterThan(toReset - 30_000 - 2000);
    expect(answer.ms).toBeLessThanOrEqual(toReset - 30_000 + 1000);
    expect(answer.why).toMatch(/the day's requests are used up .*, reset at midnight Pacific in 12 h/);
    await clock.advance(toReset - 30_000 + 599);
    expect((await wait(broker, sleeper)).limit).toBe('rpd');
    await clock.advance(1);
    await slot(broker, sleeper);
  });

  it('a configured day is counted here and begins anew at the reset', async () => {
    const { broker, clock } = setUp({ rpd: 3 });
    for (let i = 0; i < 3; i++) await slot(broker);
    const answer = await wait(broker);
    expect(answer.limit).toBe('rpd');
    expect(broker.limits()).toMatchObject([{ dimension: 'rpd', limit: 3, used: 3 }]);
    await clock.advance(broker.msToDailyReset() + 600);
    for (let i = 0; i < 3; i++) await slot(broker);
    expect((await wait(broker)).limit).toBe('rpd');
  });

  it('an unused slot of today gives the day its place back; one of yesterday does not', async () => {
    const { broker, clock } = setUp({ rpd: 1 });
    const taken = await slot(broker);
    broker.report(taken, { kind: 'unused' });
    const yesterday = await slot(broker);
    await clock.advance(broker.msToDailyReset() + 600);
    await slot(broker);
    broker.report(yesterday, { kind: 'unused' });
    expect((await wait(broker)).limit).toBe('rpd');
  });

  it('learns the number of a per-day 429 and counts the day as used, whatever it has counted itself', async () => {
    const { broker } = setUp();
    const [asked] = [await slot(broker)];
    broker.report(asked, { kind: 'limited', violations: [perDay({ limit: 250 })] });
    expect(broker.limits()).toMatchObject([{ dimension: 'rpd', limit: 250, used: 250, source: 'learned' }]);
  });

  it('a per-day 429 about a call of yesterday does not close today', async () => {
    const { broker, clock } = setUp();
    await clock.advance(broker.msToDailyReset() - 100);
    const straddling = await slot(broker);
    await clock.advance(2000);
    await slot(broker);
    broker.report(straddling, { kind: 'limited', violations: [perDay({ limit: 250 })] });
    await slot(broker);
    expect(broker.limits()).toMatchObject([{ dimension: 'rpd', limit: 250, used: 2 }]);
  });

  it('a per-day 429 right after the reset may be clock skew: it costs a minute, not a day', async () => {
    const { broker, clock } = setUp();
    await slot(broker);
    await clock.advance(broker.msToDailyReset() + 700);
    broker.report(await slot(broker), { kind: 'limited', violations: [perDay()] });
    expect(await wait(broker)).toMatchObject({ limit: 'pause' });
    await clock.advance(MINUTE);
    const again = await slot(broker);
    broker.report(again, { kind: 'limited', violations: [perDay()] });
    expect(await wait(broker)).toMatchObject({ limit: 'rpd' });
  });

  it('with more waiting than days have room for, the last is told the day after tomorrow', async () => {
    const { broker } = setUp({ rpd: 2 });
    for (let i = 0; i < 2; i++) await slot(broker);
    const waits: QuotaWait[] = [];
    for (let i = 0; i < 5; i++) waits.push(await wait(broker));
    const days = waits.map(({ ms }) => Math.floor((ms - broker.msToDailyReset() + 10_000) / 86_400_000));
    expect(days).toEqual([0, 0, 1, 1, 2]);
  });

  it('follows an injected reset, for servers whose day is scaled', async () => {
    const clock = new FakeClock();
    const start = clock.now();
    const dayReset = (now: number): number => 10_000 - ((now - start) % 10_000);
    const broker = new LocalQuotaBroker({
      limits: { [MODEL]: { rpd: 1 } },
      windowScale: 0.1,
      clock,
      dayReset,
    });
    await slot(broker);
    expect((await wait(broker)).ms).toBeLessThanOrEqual(10_060);
    await clock.advance(10_060);
    await slot(broker);
    expect(broker.msToDailyReset()).toBe(9_940);
  });
});

describe('the queue', () => {
  it('a generation that slept comes back to its old place', async () => {
    const { broker, clock } = setUp({ rpm: 6 });
    await slots(broker, clock, 2);
    const first = await wait(broker, ask({ generationId: 'first' }));
    const second = await wait(broker, ask({ generationId: 'second' }));
    expect([first.place, second.place]).toEqual([1, 2]);
    const back = broker.acquire(ask({ generationId: 'second' }), { maxWaitMs: 30_000 });
    const older = broker.acquire(ask({ generationId: 'first' }), { maxWaitMs: 30_000 });
    const order: string[] = [];
    void back.then(() => order.push('second'));
    void older.then(() => order.push('first'));
    await clock.advance(30_000);
    expect(order).toEqual(['first', 'second']);
  });

  it('age keeps a place that another process remembered', async () => {
    const { broker, clock } = setUp({ rpm: 6 });
    await slots(broker, clock, 2);
    await wait(broker, ask({ generationId: 'new' }));
    const old = await wait(broker, ask({ generationId: 'old', waitedMs: 600_000 }));
    expect(old.place).toBe(1);
  });

  it('calls sleepers back a little before their turn, so that they are here when it comes', async () => {
    const { broker, clock } = setUp({ rpm: 1 });
    await slot(broker);
    const answer = await wait(broker, ask({ generationId: 'sleeper' }));
    await clock.advance(answer.ms);
    const pending = broker.acquire(ask({ generationId: 'sleeper' }));
    await settled();
    const newcomer = await broker.acquire(ask());
    await clock.advance(3000);
    expect((await pending).kind).toBe('slot');
    expect(newcomer.kind).toBe('wait');
  });

  it('a place is kept while its generation sleeps, and forgotten a minute after its turn', async () => {
    const { broker, clock } = setUp({ rpm: 1 });
    await slot(broker);
    const answer = await wait(broker);
    await clock.advance(answer.ms + 30_000);
    await slot(broker);
    expect(broker.stats().remembered).toBe(1);
    await clock.advance(2 * MINUTE);
    await slot(broker);
    expect(broker.stats().remembered).toBe(0);
  });

  it('a free slot is never kept for a sleeper', async () => {
    const { broker, clock } = setUp({ rpm: 1 });
    await slot(broker);
    await wait(broker);
    await clock.advance(SPAN);
    expect(broker.outlook(ask())).toEqual({ kind: 'go' });
    await slot(broker);
  });

  it('an interactive request overtakes, and the overtaken one stays served within its class', async () => {
    const { broker, clock } = setUp({ rpm: 6 });
    await slots(broker, clock, 2);
    const order: string[] = [];
    const start = (name: string, urgency: 'batch' | 'interactive' | 'standard') =>
      broker.acquire(ask({ urgency }), { maxWaitMs: 3 * MINUTE }).then(() => order.push(name));
    const all = [
      start('b', 'batch'),
      start('s1', 'standard'),
      start('s2', 'standard'),
      start('i', 'interactive'),
    ];
    await clock.advance(MINUTE);
    await Promise.all(all);
    expect(order).toEqual(['i', 's1', 's2', 'b']);
  });

  it('tenants take turns', async () => {
    const { broker, clock } = setUp({ rpm: 6 });
    await slots(broker, clock, 2);
    const order: string[] = [];
    const start = (tenant: string) =>
      broker.acquire(ask({ tenant }), { maxWaitMs: 5 * MINUTE }).then(() => order.push(tenant));
    const all = ['a', 'a', 'a', 'b', 'b', 'c'].map(start);
    await clock.advance(3 * MINUTE);
    await Promise.all(all);
    expect(order).toEqual(['a', 'b', 'c', 'a', 'b', 'a']);
  });

  it('a first one that needs many tokens is not starved by small ones behind it', async () => {
    const { broker, clock } = setUp({ tpm: 1000 });
    await slot(broker, ask({ tokens: 500 }));
    const order: string[] = [];
    const start = (name: string, tokens: number) =>
      broker.acquire(ask({ tokens }), { maxWaitMs: 5 * MINUTE }).then(() => order.push(name));
    const all = [start('big', 900), start('small', 1)];
    await settled();
    const told = broker.outlook(ask({ tokens: 1 }));
    expect(told).toMatchObject({ kind: 'wait', limit: 'tpm', place: 3 });
    await clock.advance(3 * MINUTE);
    await Promise.all(all);
    expect(order).toEqual(['big', 'small']);
  });

  it('an aborted caller leaves at once, with its place, and the next one moves up', async () => {
    const { broker, clock } = setUp({ rpm: 6 });
    await slots(broker, clock, 2);
    const abort = new AbortController();
    const gone = broker.acquire(ask(), { maxWaitMs: MINUTE, signal: abort.signal });
    const next = broker.acquire(ask(), { maxWaitMs: MINUTE });
    await settled();
    abort.abort(new Error('cancelled by the caller'));
    await expect(gone).rejects.toThrow('cancelled by the caller');
    expect(broker.stats()).toMatchObject({ waiting: 1, remembered: 0 });
    await clock.advance(11_000);
    expect((await next).kind).toBe('slot');
  });

  it('an aborted signal never takes a slot', async () => {
    const { broker } = setUp({ rpm: 1 });
    const aborted = AbortSignal.abort(new Error('too late'));
    await expect(broker.acquire(ask(), { signal: aborted })).rejects.toThrow('too late');
    await slot(broker);
  });

  it('nothing hangs: every caller is answered within its maxWaitMs, and no timer is left', async () => {
    const { broker, clock } = setUp({ rpm: 2 });
    const answers = Array.from({ length: 50 }, () => broker.acquire(ask(), { maxWaitMs: 3000 }));
    await clock.advance(3000);
    const kinds = (await Promise.all(answers)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'wait')).toHaveLength(49);
    expect(broker.stats().waiting).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('estimates grow by one spacing for each place', async () => {
    const { broker } = setUp({ rpm: 60 });
    const waits: QuotaWait[] = [];
    for (let i = 0; i < 203; i++) {
      const answer = await broker.acquire(ask(), { maxWaitMs: 0 });
      if (answer.kind === 'wait') waits.push(answer);
    }
    const last = waits.at(-1) as QuotaWait;
    expect(last.place).toBe(waits.length);
    expect(last.ms).toBeGreaterThan(195_000);
    expect(last.ms).toBeLessThan(206_000);
  });
});

describe('outlook', () => {
  it('has no effect: a thousand of them leave places and slots as they were', async () => {
    const { broker } = setUp({ rpm: 1 });
    await slot(broker);
    await wait(broker);
    const before = [broker.stats(), broker.limits()];
    for (let i = 0; i < 1000; i++) broker.outlook(ask());
    expect([broker.stats(), broker.limits()]).toEqual(before);
  });

  it('says go when acquire would be served within its default wait', async () => {
    const { broker, clock } = setUp({ rpm: 60 });
    await slots(broker, clock, 3);
    expect(broker.outlook(ask())).toEqual({ kind: 'go' });
    expect((await wait(broker)).limit).toBe('rpm');
  });

  it('tells a remembered generation its own place, not the last one', async () => {
    const { broker } = setUp({ rpm: 1 });
    await slot(broker);
    for (const generationId of ['a', 'b', 'c']) await wait(broker, ask({ generationId }));
    expect(broker.outlook(ask({ generationId: 'a' }))).toMatchObject({ place: 1 });
    expect(broker.outlook(ask({ generationId: 'd' }))).toMatchObject({ place: 4 });
  });
});

describe('clocks and options', () => {
  it('a clock that is set back neither stops the queue nor refills the window', async () => {
    const { broker, clock } = setUp({ rpm: 1 });
    await slot(broker);
    clock.set(-3_600_000);
    expect((await wait(broker)).limit).toBe('rpm');
    await clock.advance(SPAN);
    await slot(broker);
  });

  it('windows are scaled, hints are not', async () => {
    const { broker, clock } = setUp({ rpm: 1 }, { windowScale: 0.1 });
    broker.report(await slot(broker), { kind: 'used' });
    expect((await wait(broker, ask({ generationId: 'w' }))).ms).toBeLessThanOrEqual(6060);
    await clock.advance(6060);
    broker.report(await slot(broker, ask({ generationId: 'w' })), {
      kind: 'limited',
      violations: [],
      retryAfterMs: 40_000,
    });
    await clock.advance(39_000);
    expect((await wait(broker)).limit).toBe('pause');
  });

  it.each([
    [{ windowMs: 0 }, 'windowMs is 0: give a number above 0, or leave it out.'],
    [{ windowScale: Number.NaN }, 'windowScale is NaN'],
    [{ marginMs: -1 }, 'marginMs is -1: give milliseconds from 0'],
    [{ limits: { [MODEL]: { rpm: -2 } } }, "limits['gemini-3-pro-image'].rpm is -2"],
  ])('%j is refused by name', (options, message) => {
    expect(() => new LocalQuotaBroker(options)).toThrow(message);
  });

  it('with the real clock an idle broker keeps no process alive', () => {
    const module = new URL('../../src/quota/local-broker.ts', import.meta.url).href;
    const program = `
      const { LocalQuotaBroker } = await import(${JSON.stringify(module)});
      const request = (generationId) => ({
        generationId, route: ${JSON.stringify(route('m'))}, tokens: 1, images: 1, urgency: 'standard',
      });
      const limited = new LocalQuotaBroker({ limits: { m: { rpm: 1 } } });
      const quick = new LocalQuotaBroker({ limits: { m: { rpm: 1 } }, windowMs: 50 });
      const answers = [];
      for (const broker of [limited, quick]) {
        for (const id of ['a', 'b']) answers.push((await broker.acquire(request(id))).kind);
      }
      console.log(answers.join());
    `;
    const ran = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect([ran.status, ran.stdout.trim()]).toEqual([0, 'slot,wait,slot,slot']);
  });
});
