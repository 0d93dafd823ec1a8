import { describe, expect, it } from 'vitest';
import type { BudgetLimit } from '../../src/contract/budget.ts';
import { LocalWallet } from '../../src/quota/wallet-local.ts';
import type { MoneyRequest } from '../../src/quota/wallet.ts';
import { VirtualTime } from './virtual-time.ts';

const DAY: BudgetLimit = { tenant: '*', usd: 1, period: 'day', timeZone: 'UTC' };
let calls = 0;
const call = (usd: number, tenant = 'acme'): MoneyRequest => ({
  key: `g${(calls += 1)}/1`,
  tenant,
  usd,
  callTimeoutMs: 180_000,
});

function local() {
  const time = new VirtualTime();
  return { time, wallet: new LocalWallet([DAY], time.clock()) };
}

async function soon<T>(time: VirtualTime, promise: Promise<T>): Promise<T> {
  await time.advance(1);
  return await promise;
}

describe('local wallet: the same caps within one process', () => {
  it('nothing is reserved beyond the cap by 50 calls at once, and all of it can be', async () => {
    const { time, wallet } = local();
    const answers = await soon(
      time,
      Promise.all(Array.from({ length: 50 }, () => wallet.reserve(call(0.1)))),
    );
    expect(answers.filter(({ kind }) => kind === 'reserved')).toHaveLength(10);
    const wait = answers.find((answer) => answer.kind === 'wait');
    expect(wait?.why).toBe('tenant acme: $0.00 of $1.00 spent today, $1.00 reserved for calls under way');
  });

  it('settled money is spent, the rest is free, and the view tells it', async () => {
    const { time, wallet } = local();
    const request = call(0.9);
    await soon(time, wallet.reserve(request));
    await soon(time, wallet.settle({ ...request, sureUsd: 0.2, possibleUsd: 0, sentAt: time.wall }));
    expect((await soon(time, wallet.reserve(call(0.8)))).kind).toBe('reserved');
    expect((await soon(time, wallet.reserve(call(0.1)))).kind).toBe('wait');
    const [view] = wallet.views();
    expect(view?.budgets[0]).toMatchObject({
      usd: 1,
      now: { label: '2026-11-26', sureUsd: 0.2 },
      leasedUsd: 0.8,
    });
  });

  it('each tenant has its own', async () => {
    const { time, wallet } = local();
    await soon(time, wallet.reserve(call(1, 'a')));
    expect((await soon(time, wallet.reserve(call(1, 'b')))).kind).toBe('reserved');
    expect(wallet.views().map(({ tenant }) => tenant)).toEqual(['a', 'b']);
  });

  it('the next day goes on with nothing spent', async () => {
    const { time, wallet } = local();
    const request = call(1);
    await soon(time, wallet.reserve(request));
    await soon(time, wallet.settle({ ...request, sureUsd: 1, possibleUsd: 0, sentAt: time.wall }));
    const full = await soon(time, wallet.reserve(call(1)));
    if (full.kind === 'reserved') throw new Error('the cap was passed');
    await time.advance(full.ms);
    expect((await soon(time, wallet.reserve(call(1)))).kind).toBe('reserved');
  });
});
