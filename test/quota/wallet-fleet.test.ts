/** What a call hears of its tenant's budget, and how rarely a process speaks with it. */
import { describe, expect, it } from 'vitest';
import type { BudgetLimit } from '../../src/contract/budget.ts';
import { LEASE_TERM_MS, microsOf, USABLE_MS } from '../../src/governor/budget/index.ts';
import type { QuotaWait } from '../../src/quota/broker.ts';
import type { FleetWallet } from '../../src/quota/wallet-fleet.ts';
import type { MoneyRequest, Reservation } from '../../src/quota/wallet.ts';
import { quiet } from './virtual-time.ts';
import { FleetWorld, TENANT } from './wallet-fleet-world.ts';

const DAY: BudgetLimit = { tenant: TENANT, usd: 50, period: 'day', timeZone: 'Europe/Berlin' };
const HOUR = 3_600_000;
let calls = 0;

function call(usd: number, over: Partial<MoneyRequest> = {}): MoneyRequest {
  return { key: `g${(calls += 1)}/1`, tenant: TENANT, usd, callTimeoutMs: 180_000, ...over };
}

async function until<T>(world: FleetWorld, promise: Promise<T>, ms = 4_000): Promise<T> {
  await world.time.advance(ms);
  return await promise;
}

async function reserve(world: FleetWorld, wallet: FleetWallet, request: MoneyRequest): Promise<Reservation> {
  const answer = await until(world, wallet.reserve(request));
  if (answer.kind === 'wait') throw new Error(`expected money, got: ${answer.why}`);
  return answer;
}

async function refused(world: FleetWorld, wallet: FleetWallet, request: MoneyRequest): Promise<QuotaWait> {
  const answer = await until(world, wallet.reserve(request));
  if (answer.kind === 'reserved') throw new Error('expected a wait, got money');
  return answer;
}

async function spend(world: FleetWorld, wallet: FleetWallet, usd: number, possible = false): Promise<void> {
  const request = call(usd);
  await reserve(world, wallet, request);
  const cost = possible ? { sureUsd: 0, possibleUsd: usd } : { sureUsd: usd, possibleUsd: 0 };
  await until(world, wallet.settle({ ...request, ...cost, sentAt: world.time.wall }), 15_000);
}

function fleet(budgets: readonly BudgetLimit[] = [DAY], processes = 1) {
  const world = new FleetWorld({ budgets });
  const wallets = Array.from({ length: processes }, () => world.start().wallet);
  return { world, wallet: wallets[0] as FleetWallet, other: wallets[1] as FleetWallet };
}

describe('wallet: what a call hears', () => {
  it('the cap is reached: until when, how much of what, and how much of it possibly', async () => {
    const { world, wallet } = fleet();
    await spend(world, wallet, 48.8);
    await spend(world, wallet, 1.2, true);
    const request = call(0.134);
    const { ms, why, limit } = await refused(world, wallet, request);
    expect(limit).toBe('budget');
    expect(why).toBe(
      'tenant acme: $50.00 of $50.00 spent today ($1.20 of it possibly), until 2026-11-27T00:00:00+01:00',
    );
    const midnight = Date.UTC(2026, 10, 26, 23);
    expect(world.time.wall - 4_000 + ms - midnight).toBeGreaterThanOrEqual(0);
    expect(world.time.wall - 4_000 + ms - midnight).toBeLessThan(5_000);
    expect(wallet.outlook(request)?.why).toBe(why);
  });

  it('after midnight it goes', async () => {
    const { world, wallet } = fleet();
    await spend(world, wallet, 50);
    const { ms } = await refused(world, wallet, call(0.134));
    await world.time.advance(ms);
    await reserve(world, wallet, call(0.134));
  });

  it('something is left and it is too little: with the price', async () => {
    const { world, wallet } = fleet();
    await spend(world, wallet, 49.9);
    const { why } = await refused(world, wallet, call(0.4));
    expect(why).toBe(
      'tenant acme: $49.90 of $50.00 spent today, a call may cost $0.40, until 2026-11-27T00:00:00+01:00',
    );
  });

  it('others hold the rest: a short wait that grows with its age', async () => {
    const { world, wallet, other } = fleet([DAY], 2);
    await reserve(world, other, call(49.9));
    const { why, ms } = await refused(world, wallet, call(0.4));
    expect(why).toBe('tenant acme: $0.00 of $50.00 spent today, $49.90 reserved for calls under way');
    expect(ms).toBe(10_000);
    expect(await refused(world, wallet, call(0.4, { waitedMs: 4 * 60_000 }))).toMatchObject({ ms: 60_000 });
    expect(await refused(world, wallet, call(0.4, { waitedMs: HOUR }))).toMatchObject({ ms: 120_000 });
  });

  it('it fits in no period at all: told at once, longer than any deadline, without an exchange', async () => {
    const { world, wallet } = fleet([DAY, { ...DAY, usd: 40, period: 'month' }]);
    const { why, ms } = await refused(world, wallet, call(41));
    expect(why).toBe(
      'tenant acme: a call may cost $41.00, the budget of a month is $40.00: raise it or ask for less',
    );
    expect(ms).toBeGreaterThan(366 * 24 * HOUR);
    expect(wallet.outlook(call(41))?.why).toBe(why);
    expect(world.exchanges).toEqual([]);
  });

  it('the month is in the way for longer than the day', async () => {
    const { world, wallet } = fleet([DAY, { ...DAY, usd: 50, period: 'month' }]);
    await spend(world, wallet, 50);
    const { why } = await refused(world, wallet, call(1));
    expect(why).toContain('$50.00 of $50.00 spent this month, until 2026-12-01T00:00:00+01:00');
  });

  it('what a call came to less than its worst price is there for others at once', async () => {
    const { world, wallet } = fleet();
    const request = call(50);
    await reserve(world, wallet, request);
    const waiting = wallet.reserve(call(10));
    await world.time.advance(100);
    await until(world, wallet.settle({ ...request, sureUsd: 5, possibleUsd: 0, sentAt: world.time.wall }));
    expect((await waiting).kind).toBe('reserved');
  });

  it('released money is there for others; a second release does nothing', async () => {
    const { world, wallet } = fleet();
    const first = await reserve(world, wallet, call(50));
    first.release();
    const second = await reserve(world, wallet, call(50));
    first.release();
    expect((await refused(world, wallet, call(1))).limit).toBe('budget');
    second.release();
  });

  it('a wait ends with the signal, and asks for nothing any more', async () => {
    const { world, wallet, other } = fleet([DAY], 2);
    await reserve(world, other, call(50));
    const controller = new AbortController();
    const waiting = wallet.reserve(call(1), { signal: controller.signal });
    controller.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    await expect(wallet.reserve(call(1), { signal: controller.signal })).rejects.toThrow('cancelled');
  });
});

describe('wallet: where no budget applies', () => {
  it('a call costs nothing: no exchange, no record, no timer', async () => {
    const { world, wallet } = fleet();
    const request = call(1_000, { tenant: 'other' });
    expect(wallet.outlook(request)).toBeUndefined();
    expect((await wallet.reserve(request)).kind).toBe('reserved');
    await wallet.settle({ ...request, sureUsd: 900, possibleUsd: 0, sentAt: world.time.wall });
    await world.time.advance(HOUR);
    expect([world.exchanges, world.journal, world.time.pending]).toEqual([[], [], 0]);
  });
});

describe('wallet: how often a process exchanges', () => {
  /** @returns How many calls were told to wait. */
  async function busy(
    world: FleetWorld,
    wallet: FleetWallet,
    everyMs: number,
    forMs: number,
  ): Promise<number> {
    let waits = 0;
    for (let t = 0; t < forMs; t += everyMs) {
      const request = call(0.134);
      void wallet.reserve(request).then(async (answer) => {
        if (answer.kind === 'wait') return (waits += 1);
        await world.time.sleep(8_000);
        await wallet.settle({ ...request, sureUsd: 0.1, possibleUsd: 0, sentAt: world.time.wall });
      });
      await world.time.advance(everyMs);
    }
    return waits;
  }
  const gaps = ({ exchanges }: FleetWorld) =>
    exchanges.slice(1).map(({ at }, i) => at - (exchanges[i]?.at ?? 0));

  it('under load at most every five seconds on average, never two within half a second, and nobody waits', async () => {
    const world = new FleetWorld({ budgets: [{ ...DAY, usd: 5_000 }] });
    const { wallet } = world.start();
    expect(await busy(world, wallet, 200, 600_000)).toBe(0);
    expect(world.exchanges.length).toBeLessThanOrEqual(600 / 5 + 5);
    expect(Math.min(...gaps(world))).toBeGreaterThanOrEqual(500);
    await world.time.advance(60_000);
    expect(world.sums.sure).toBe(3_000 * microsOf(0.1));
  });

  it('near the cap no more often', async () => {
    const { world, wallet } = fleet([{ ...DAY, usd: 20 }]);
    await busy(world, wallet, 500, 300_000);
    expect(world.exchanges.length).toBeLessThanOrEqual(300 / 5 + 5);
    expect(world.sums.sure + world.sums.possible).toBeLessThanOrEqual(20_000_000);
    // All but less than one call's worst price was put to use.
    expect(world.sums.sure).toBeGreaterThan(20_000_000 - 134_000);
  });

  it('the peak is the process’s, over all its tenants', async () => {
    const world = new FleetWorld({ budgets: [{ ...DAY, tenant: '*' }] });
    const { wallet } = world.start();
    for (let i = 0; i < 20; i += 1) void wallet.reserve(call(1, { tenant: `t${i}` }), { maxWaitMs: 60_000 });
    await world.time.advance(20_000);
    expect(world.exchanges.length).toBeGreaterThanOrEqual(20);
    expect(Math.min(...gaps(world))).toBeGreaterThanOrEqual(500);
  });

  it('none when idle: what is not used goes back within half a minute, then there is silence', async () => {
    const { world, wallet } = fleet();
    await spend(world, wallet, 1);
    await world.time.advance(60_000);
    expect(world.leased).toBe(0);
    const before = world.exchanges.length;
    await world.time.advance(10 * HOUR);
    expect(world.exchanges.length).toBe(before);
    expect(world.time.pending).toBe(0);
  });

  it('a call that takes ten minutes keeps its lease alive', async () => {
    const { world, wallet } = fleet();
    const request = call(1, { callTimeoutMs: 600_000 });
    await reserve(world, wallet, request);
    await world.time.advance(610_000);
    expect(world.leased).toBe(microsOf(1));
    expect(world.exchanges.length).toBeLessThan(6);
    const bill = { ...request, sureUsd: 1, possibleUsd: 0, sentAt: world.time.wall };
    await until(world, wallet.settle(bill), 60_000);
    expect([world.leased, world.sums.sure]).toEqual([0, microsOf(1)]);
  });
});

describe('wallet: the entity is away', () => {
  it('what is held is used up, then calls wait and say why; when it is back they go', async () => {
    const { world, wallet } = fleet();
    const held = call(1);
    (await reserve(world, wallet, held)).release();
    world.isAway = true;
    await reserve(world, wallet, call(1));
    const request = call(5);
    const { why, limit } = await refused(world, wallet, request);
    expect([limit, why]).toEqual(['budget', "tenant acme: the budget's entity does not answer"]);
    expect(wallet.outlook(request)?.why).toBe(why);
    world.isAway = false;
    await world.time.advance(60_000);
    expect(wallet.outlook(request)).toBeUndefined();
    await reserve(world, wallet, request);
  });

  it('B5: after its usable time an allowance is not touched any more', async () => {
    const { world, wallet } = fleet();
    (await reserve(world, wallet, call(1))).release();
    world.isAway = true;
    await world.time.advance(USABLE_MS);
    expect((await refused(world, wallet, call(1))).why).toContain('does not answer');
  });
});

describe('wallet: settled', () => {
  it('is durable before it resolves: a process that dies then has told nobody, and its heir tells', async () => {
    const { world, wallet, other } = fleet([DAY], 2);
    const request = call(1);
    await reserve(world, wallet, request);
    const settled = wallet.settle({ ...request, sureUsd: 0.7, possibleUsd: 0, sentAt: world.time.wall });
    await world.time.advance(10);
    await settled;
    world.hosts[0]?.die();
    expect(world.sums.sure).toBe(0);
    for (let ms = 0; ms < LEASE_TERM_MS + 300_000; ms += 30_000) {
      (await reserve(world, other, call(0.01))).release();
      await world.time.advance(26_000);
    }
    expect(world.sums).toEqual({ sure: microsOf(0.7), possible: 0 });
    await world.time.advance(60_000);
    expect(world.leased).toBe(0);
  });

  it('twice, by the same process and by another, counts once', async () => {
    const { world, wallet, other } = fleet([DAY], 2);
    const request = call(1);
    await reserve(world, wallet, request);
    const bill = { ...request, sureUsd: 0.7, possibleUsd: 0, sentAt: world.time.wall };
    await until(world, Promise.all([wallet.settle(bill), wallet.settle(bill)]), 15_000);
    await until(world, other.settle(bill), 15_000);
    expect(world.sums.sure).toBe(microsOf(0.7));
    expect(world.journal).toHaveLength(1);
  });

  it('of a call that another process reserved: only once the budget has heard it', async () => {
    const { world, wallet } = fleet();
    world.isAway = true;
    let isTold = false;
    const bill = { key: 'foreign/1', tenant: TENANT, sureUsd: 0, possibleUsd: 1, sentAt: world.time.wall };
    const silent = wallet.settle(bill);
    silent.then(
      () => (isTold = true),
      () => undefined,
    );
    await world.time.advance(29_000);
    expect(isTold).toBe(false);
    await world.time.advance(2_000);
    await expect(silent).rejects.toThrow('tenant acme: the budget');
    world.isAway = false;
    await until(world, wallet.settle(bill), 31_000);
    expect(world.sums.possible).toBe(microsOf(1));
  });

  it('a journal that cannot be written rejects, and the second time writes', async () => {
    const { world, wallet } = fleet();
    const request = call(1);
    await reserve(world, wallet, request);
    const bill = { ...request, sureUsd: 1, possibleUsd: 0, sentAt: world.time.wall };
    world.isJournalFull = true;
    await expect(wallet.settle(bill)).rejects.toThrow('full');
    world.isJournalFull = false;
    await until(world, wallet.settle(bill), 10);
    expect(world.journal).toHaveLength(1);
  });

  it('never, by an activity that does not come back: possible after its time, sure when it turns out', async () => {
    const { world, wallet } = fleet();
    const request = call(1, { callTimeoutMs: 60_000 });
    await reserve(world, wallet, request);
    await world.time.advance(250_000);
    expect([world.sums.possible, world.leased]).toEqual([microsOf(1), 0]);
    await until(
      world,
      wallet.settle({ ...request, sureUsd: 0.4, possibleUsd: 0, sentAt: world.time.wall }),
      15_000,
    );
    expect(world.sums).toEqual({ sure: microsOf(0.4), possible: 0 });
  });

  it('before midnight in its own day, though it is told after it', async () => {
    const world = new FleetWorld({ budgets: [DAY], start: Date.UTC(2026, 10, 26, 22, 59, 50) });
    const { wallet } = world.start();
    const request = call(1);
    await reserve(world, wallet, request);
    await world.time.advance(60_000);
    await until(
      world,
      wallet.settle({ ...request, sureUsd: 1, possibleUsd: 0, sentAt: world.time.wall }),
      15_000,
    );
    const [budget] = world.state.budgets;
    expect([budget?.before?.sureMicros, budget?.now.sureMicros]).toEqual([microsOf(1), 0]);
  });
});

describe('wallet: its end', () => {
  it('tells what was settled and gives back what is left', async () => {
    const { world, wallet } = fleet();
    const request = call(1);
    await reserve(world, wallet, request);
    void wallet.settle({ ...request, sureUsd: 0.4, possibleUsd: 0, sentAt: world.time.wall });
    await until(world, wallet.close(), 2_000);
    expect([world.leased, world.sums.sure]).toEqual([0, microsOf(0.4)]);
    await world.time.advance(HOUR);
    expect(world.time.pending).toBe(0);
  });

  it('does not wait for an entity that is away', async () => {
    const { world, wallet } = fleet();
    await reserve(world, wallet, call(1));
    world.isAway = true;
    let isClosed = false;
    void wallet.close().then(() => (isClosed = true));
    await world.time.advance(5_000);
    await quiet();
    expect(isClosed).toBe(true);
  });
});
