/** What stops a route, in a process without a governor. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProbeOutcome } from '../../src/contract/exchange.ts';
import type { GovernorCommand, Probe } from '../../src/contract/standing.ts';
import type { Branch } from '../../src/domain/branch.ts';
import { quotaId } from '../../src/domain/path.ts';
import type { Slot } from '../../src/quota/broker.ts';
import type { LocalQuotaBrokerOptions } from '../../src/quota/broker-options.ts';
import { LocalQuotaBroker } from '../../src/quota/local-broker.ts';
import { FakeClock, settled } from './fake-clock.ts';
import { MODEL, ask, route, slot, slots, wait } from './fixtures.ts';
import { said } from './guard-fleet.ts';

const KEY = route().account.credential;
const EVIDENCE = 'e'.repeat(64);
const anna = { by: 'anna', why: 'a new key' };

class Local {
  readonly clock = new FakeClock();
  readonly broker: LocalQuotaBroker;
  readonly probes: Probe[] = [];
  /** How the probe ends. */
  outcome: Partial<ProbeOutcome> | Error | undefined = { ok: true };

  constructor(options: LocalQuotaBrokerOptions = {}) {
    const probe = async (asked: Probe): Promise<ProbeOutcome | undefined> => {
      this.probes.push(asked);
      if (this.outcome instanceof Error) throw this.outcome;
      return this.outcome && { ...asked, ok: false, why: 'it answered', ...this.outcome };
    };
    this.broker = new LocalQuotaBroker({ clock: this.clock, probe, ...options });
  }

  end(taken: Slot, branch?: Branch, reason = 'any'): void {
    this.broker.report(taken, {
      kind: 'used',
      ...(branch === undefined ? {} : { verdict: said(branch, reason) }),
    });
  }

  async call(branch?: Branch, reason?: string, request = ask()): Promise<void> {
    this.end(await slot(this.broker, request), branch, reason);
  }

  async acquire(request = ask(), maxWaitMs = 0) {
    return this.broker.acquire(request, { maxWaitMs });
  }

  resume(hold = 'h-1'): string | undefined {
    return this.broker.command({ kind: 'resume', hold, ...anna });
  }
}

async function leaked(options?: LocalQuotaBrokerOptions): Promise<Local> {
  const local = new Local(options);
  await local.call('permission', 'key-leaked');
  return local;
}

describe('a hold', () => {
  it('permission: one leaked key stops every model at once, for outlook and acquire alike', async () => {
    const local = await leaked();
    const held = { kind: 'held', hold: { id: 'h-1', branch: 'permission', scope: { key: KEY } } };
    expect(local.broker.outlook(ask({ route: route('other') }))).toMatchObject(held);
    expect(await local.acquire()).toMatchObject(held);
    expect(local.broker.standing().holds).toMatchObject([{ id: 'h-1', calls: 1, phase: 'held' }]);
  });

  it('answers those who wait for a slot here, too', async () => {
    const local = new Local({ limits: { [MODEL]: { rpm: 60 } } });
    const [taken] = await slots(local.broker, local.clock, 2);
    const waiting = local.acquire(ask(), 3_000);
    await settled();
    expect(local.broker.stats().waiting).toBe(1);
    local.end(taken!, 'permission', 'key-leaked');
    await local.clock.advance(3_000);
    expect((await waiting).kind).toBe('held');
    expect(local.clock.pending).toBe(0);
  });

  it('lets a call through that a person insists on', async () => {
    const local = await leaked();
    expect(local.broker.outlook(ask({ insists: true }))).toEqual({ kind: 'go' });
    await slot(local.broker, ask({ insists: true }));
    expect((await local.acquire()).kind).toBe('held');
  });

  it('of another project stops nobody here', async () => {
    const local = await leaked();
    const elsewhere = route(MODEL, 'other');
    const account = { ...elsewhere.account, credential: 'other' };
    await slot(local.broker, ask({ route: { ...elsewhere, account } }));
  });

  it('of a gateway stops the routes of every project behind it', async () => {
    const local = new Local();
    await slot(local.broker, ask({ route: route(MODEL, 'other') }));
    await local.call('gateway-denial', 'denied');
    expect((await local.acquire(ask({ route: route(MODEL, 'other') }))).kind).toBe('held');
  });

  it('takes its evidence from the witness', async () => {
    const local = await leaked();
    local.broker.witness({
      ...{ verdict: said('permission', 'key-leaked'), route: route(), generationId: 'g7' },
      ...{ evidence: EVIDENCE, sureUsd: 0, possibleUsd: 0 },
    });
    expect(local.broker.standing().holds).toMatchObject([
      { evidence: EVIDENCE, generationId: 'g7', calls: 1 },
    ]);
  });
});

describe('resume', () => {
  it('a text call probes, one generation goes first, then all go', async () => {
    const local = await leaked();
    expect(local.resume()).toBeUndefined();
    expect(local.probes).toEqual([{ hold: 'h-1', scope: { kind: 'credential', key: KEY } }]);
    expect(await local.acquire()).toMatchObject({ kind: 'wait', limit: 'trial', place: 1 });
    await settled();
    const first = await slot(local.broker);
    expect(await local.acquire()).toMatchObject({ kind: 'wait', limit: 'trial' });
    local.end(first);
    await slot(local.broker);
    expect(local.broker.standing()).toMatchObject({ holds: [] });
    expect(local.broker.standing().events.map(({ what }) => what)).toEqual([
      ...['hold-opened', 'hold-resumed', 'hold-resumed', 'hold-released'],
    ]);
  });

  it('who waits here while the trial goes well is served then', async () => {
    const local = await leaked();
    local.resume();
    await settled();
    const first = await slot(local.broker);
    const waiting = [local.acquire(ask(), 3_000), local.acquire(ask(), 3_000)];
    await local.clock.advance(1_000);
    expect(local.broker.stats().waiting).toBe(2);
    local.end(first);
    expect((await Promise.all(waiting)).map(({ kind }) => kind)).toEqual(['slot', 'slot']);
    expect(local.broker.stats().waiting).toBe(0);
    expect(local.clock.pending).toBe(0);
  });

  it('who waits here while the trial fails is told that it is held', async () => {
    const local = await leaked();
    local.resume();
    await settled();
    const first = await slot(local.broker);
    const waiting = local.acquire(ask(), 3_000);
    await local.clock.advance(1_000);
    local.end(first, 'permission', 'key-leaked');
    expect((await waiting).kind).toBe('held');
    expect(local.broker.standing().holds).toMatchObject([{ phase: 'held', calls: 2 }]);
  });

  it('a slot that is not used gives its trial to who waits', async () => {
    const local = await leaked();
    local.resume();
    await settled();
    const first = await slot(local.broker);
    const waiting = local.acquire(ask(), 3_000);
    await settled();
    local.broker.report(first, { kind: 'unused' });
    expect((await waiting).kind).toBe('slot');
  });

  it('a probe that ends in the cause holds again', async () => {
    const local = await leaked();
    local.outcome = { ok: false, verdict: { ...said('permission', 'denied'), generationId: 'probe' } };
    local.resume();
    await settled();
    expect(local.broker.standing().holds).toMatchObject([{ phase: 'held', reason: 'denied' }]);
  });

  it.each([
    ['finds no route', undefined],
    ['throws', new Error('no text model')],
  ])('a probe that %s says nothing: one generation goes first', async (_what, outcome) => {
    const local = await leaked();
    local.outcome = outcome;
    local.resume();
    await settled();
    expect(local.broker.standing().holds).toMatchObject([{ phase: 'trial' }]);
  });

  it('without a probe one generation goes first', async () => {
    const clock = new FakeClock();
    const broker = new LocalQuotaBroker({ clock });
    broker.report(await slot(broker), { kind: 'used', verdict: said('billing', 'spend-cap') });
    broker.command({ kind: 'resume', hold: 'h-1', ...anna });
    await settled();
    await slot(broker);
    expect((await wait(broker)).limit).toBe('trial');
  });
});

describe('a command', () => {
  const pause: GovernorCommand = {
    kind: 'pause',
    scope: { kind: 'model', key: MODEL },
    by: 'anna',
    why: 'tests',
  };

  it('pauses and resumes at once', async () => {
    const local = new Local();
    await local.call();
    expect(local.broker.command(pause)).toBeUndefined();
    expect(await local.acquire()).toMatchObject({
      kind: 'held',
      why: `h-1: model ${MODEL} is paused by anna: tests`,
    });
    await slot(local.broker, ask({ route: route('other') }));
    local.resume();
    await slot(local.broker);
    expect(local.probes).toEqual([]);
  });

  it('names its account where there are several, or none yet', async () => {
    const local = new Local();
    expect(local.broker.command(pause)).toBe('account: give one, such as google/ai-studio/my-project');
    await local.call();
    await local.call(undefined, undefined, ask({ route: route(MODEL, 'other') }));
    expect(local.broker.command(pause)).toBe(
      'account: give one of google/ai-studio/shop, google/ai-studio/other',
    );
    const other = quotaId(route(MODEL, 'other').account);
    expect(local.broker.command(pause, other)).toBeUndefined();
    await slot(local.broker);
    expect(local.broker.standing(other).holds).toHaveLength(1);
    expect(local.broker.standing().holds).toHaveLength(1);
  });

  it('that cannot be done is refused with words', async () => {
    const local = await leaked();
    expect(local.resume('h-7')).toBe('hold: there is no h-7; these are held: h-1');
  });
});

describe('a breaker', () => {
  async function broken(): Promise<Local> {
    const local = new Local();
    for (let n = 0; n < 5; n++) await local.call('capacity', 'overloaded');
    return local;
  }

  it('opens at the fifth capacity failure; outlook and acquire say when it may be tried', async () => {
    const local = await broken();
    expect(local.broker.outlook(ask())).toMatchObject({
      kind: 'wait',
      ms: 15_000,
      limit: 'breaker',
      place: 1,
    });
    expect(await wait(local.broker)).toMatchObject({ ms: 15_000, limit: 'breaker' });
    await slot(local.broker, ask({ route: { ...route(), tier: 'flex' } }));
  });

  it('half-open: one goes first; those who wait here are served when that went well', async () => {
    const local = await broken();
    await local.clock.advance(12_000);
    const waiting = [1, 2, 3].map(() => local.acquire(ask(), 10_000));
    await local.clock.advance(2_999);
    expect(local.broker.stats()).toMatchObject({ waiting: 3, open: 0 });
    await local.clock.advance(1);
    expect(local.broker.stats()).toMatchObject({ waiting: 2, open: 1 });
    local.end((await waiting[0]) as Slot);
    expect((await Promise.all(waiting)).map(({ kind }) => kind)).toEqual(['slot', 'slot', 'slot']);
    expect(local.clock.pending).toBe(0);
  });

  it('whose trial fails stays open for twice the time, and tells so who waits beyond its patience', async () => {
    const local = await broken();
    await local.clock.advance(15_000);
    const first = await slot(local.broker);
    const waiting = local.acquire(ask(), 3_000);
    await settled();
    local.end(first, 'capacity', 'overloaded');
    await local.clock.advance(3_000);
    expect(await waiting).toMatchObject({ kind: 'wait', ms: 27_000, limit: 'breaker', place: 1 });
    expect(local.broker.stats()).toMatchObject({ waiting: 0, remembered: 1 });
  });

  it('is quicker where the provider’s windows are scaled', async () => {
    const local = new Local({ windowScale: 0.1 });
    for (let n = 0; n < 5; n++) await local.call('capacity', 'overloaded');
    expect(await wait(local.broker)).toMatchObject({ ms: 1_500 });
    expect(local.broker.outlook(ask())).toEqual({ kind: 'go' });
  });

  it('an aborted caller leaves at once', async () => {
    const local = await broken();
    await local.clock.advance(14_000);
    const abort = new AbortController();
    const gone = local.broker.acquire(ask(), { maxWaitMs: 5_000, signal: abort.signal });
    await settled();
    abort.abort(new Error('cancelled by the caller'));
    await expect(gone).rejects.toThrow('cancelled by the caller');
    expect(local.broker.stats().waiting).toBe(0);
    await local.clock.advance(5_000);
    expect(local.clock.pending).toBe(0);
  });
});

describe('a credential that nothing has proved', () => {
  it('lets as many calls go as are configured, the others when an answer came', async () => {
    const local = new Local({ callsUnproved: 3 });
    expect(local.broker.outlook(ask())).toEqual({ kind: 'go' });
    const taken = [await slot(local.broker), await slot(local.broker), await slot(local.broker)];
    expect(await local.acquire()).toMatchObject({ kind: 'wait', limit: 'trial' });
    expect(local.broker.outlook(ask())).toEqual({ kind: 'go' });
    const waiting = [1, 2, 3, 4].map(() => local.acquire(ask(), 3_000));
    await settled();
    expect(local.broker.stats()).toMatchObject({ waiting: 4, open: 3 });
    local.end(taken[0]!);
    expect((await Promise.all(waiting)).map(({ kind }) => kind)).toEqual(['slot', 'slot', 'slot', 'slot']);
  });

  it('that leaked costs as many calls, and holds the rest', async () => {
    const local = new Local({ callsUnproved: 3 });
    const taken = [await slot(local.broker), await slot(local.broker), await slot(local.broker)];
    const waiting = Array.from({ length: 50 }, () => local.acquire(ask(), 3_000));
    await settled();
    for (const each of taken) local.end(each, 'permission', 'key-leaked');
    const kinds = new Set((await Promise.all(waiting)).map(({ kind }) => kind));
    expect([...kinds]).toEqual(['held']);
    expect(local.broker.standing().holds).toMatchObject([{ calls: 3 }]);
  });

  it.each([-1, 1.5])('callsUnproved %d is refused by name', (callsUnproved) => {
    expect(() => new LocalQuotaBroker({ callsUnproved })).toThrow(
      `callsUnproved is ${callsUnproved}: give a whole number from 0`,
    );
  });
});

describe('degraded mode and grants', () => {
  it('a route is degraded by its share of capacity failures, and calm after ten quiet minutes', async () => {
    const local = new Local();
    for (let n = 0; n < 20; n++) await local.call(n % 5 < 2 ? 'capacity' : undefined);
    await local.clock.advance(1_000);
    await local.call();
    expect(local.broker.degraded(route())).toMatchObject({ share: 8 / 21, calls: 21 });
    expect(local.broker.degraded(route('other'))).toBeUndefined();
    await local.clock.advance(10 * 60_000);
    expect(local.broker.degraded(route())).toBeUndefined();
  });

  it('a grant is used within its sum, once by a generation', async () => {
    const local = await leaked();
    const cause = { branch: 'permission', scope: { kind: 'credential', key: KEY } } as const;
    const grant = {
      kind: 'grant',
      cause,
      route: 'relay',
      maxCostUsd: 1,
      evidence: EVIDENCE,
      ...anna,
    } as const;
    expect(local.broker.command({ ...grant, until: local.clock.now() + 60_000 })).toBeUndefined();
    const take = (generationId: string) =>
      local.broker.takeGrant({
        ...{ generationId, route: route(), cause: { branch: 'permission' as const } },
        offers: [{ route: 'relay', worstUsd: 0.4 }],
      });
    expect(await take('a')).toMatchObject({ id: 'g-1', spentUsd: 0.4, uses: 1 });
    expect(await take('b')).toMatchObject({ spentUsd: 0.8, uses: 2 });
    expect(await take('c')).toBeUndefined();
    await local.clock.advance(60_000);
    expect(await take('a')).toBeUndefined();
  });
});

describe('who sleeps until its turn', () => {
  it('is counted by those behind it from its outlook on', async () => {
    const { broker } = new Local({ limits: { [MODEL]: { rpm: 1 } } });
    await slot(broker);
    const [first, second] = [ask(), ask()];
    expect(broker.outlook(first, { sleeps: true })).toMatchObject({ place: 1 });
    expect(broker.outlook(second)).toMatchObject({ place: 2 });
    expect(broker.outlook(first)).toMatchObject({ place: 1 });
    expect(broker.stats().remembered).toBe(1);
  });
});

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ acquire: fc.constantFrom(0, 500, 3_000, 20_000), flex: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      end: fc.nat(9),
      how: fc.constantFrom(undefined, 'capacity', 'capacity', 'permission', 'quota-zero', 'unused'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ advance: fc.integer({ min: 1, max: 20_000 }) }) },
  { weight: 1, arbitrary: fc.record({ resume: fc.constantFrom('h-1', 'h-2', 'h-3') }) },
);

describe('whatever stops and ends', () => {
  it('every caller is answered within its time, and no timer is left', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
        const local = new Local({ limits: { [MODEL]: { rpm: 300 } }, callsUnproved: 3 });
        const open: Slot[] = [];
        let waiting = 0;
        for (const each of steps) {
          if ('acquire' in each) {
            const tier = each.flex ? 'flex' : 'standard';
            const until = local.clock.elapsed + each.acquire;
            waiting += 1;
            void local.acquire(ask({ route: { ...route(), tier } }), each.acquire).then((answer) => {
              waiting -= 1;
              expect(local.clock.elapsed).toBeLessThanOrEqual(until);
              if (answer.kind === 'slot') open.push(answer);
            });
            await settled();
          } else if ('end' in each) {
            const [taken] = open.splice(each.end % Math.max(1, open.length), 1);
            if (taken === undefined) continue;
            if (each.how === 'unused') local.broker.report(taken, { kind: 'unused' });
            else local.end(taken, each.how, 'denied');
            await settled();
          } else if ('advance' in each) await local.clock.advance(each.advance);
          else local.resume(each.resume);
        }
        await local.clock.advance(20_000);
        expect(waiting).toBe(0);
        expect(local.broker.stats()).toMatchObject({ waiting: 0, open: open.length });
        expect(local.clock.pending).toBe(0);
      }),
      { numRuns: 150, interruptAfterTimeLimit: 10_000, markInterruptAsFailure: true },
    );
  });
});
