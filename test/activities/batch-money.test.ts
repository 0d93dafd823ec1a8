/** Money of a batch lane: whatever becomes of an item, its tenant's budget knew of it before anything was sent. */
import { describe, expect, it } from 'vitest';
import type { LaneItem } from '../../src/contract/lane.ts';
import type { LocalWallet } from '../../src/quota/wallet-local.ts';
import { activityOutcomeOf } from '../support/activity-failure.ts';
import { eventually } from '../support/eventually.ts';
import { image } from '../artifacts/images.ts';
import { BatchWorld } from './batch-world.ts';

const TENANT = 'acme';
const NOTHING = { sure: 0, possible: 0, awaited: 0 };
const JPEG = Buffer.from(await image('jpeg')).toString('base64');

/** A world whose tenant's day has room for so many items of a batch. */
async function budgeted(items: number) {
  const [rung] = (await new BatchWorld().input('any')).snapshot.rungs;
  const itemUsd = (rung?.worstUsd[0] ?? 0) / 2;
  const usd = itemUsd * (items + 0.1);
  const world = new BatchWorld({ budgets: [{ tenant: TENANT, usd, period: 'day', timeZone: 'UTC' }] });
  const input = (id: string) => world.input(id, { tenant: TENANT });
  const enter = async (id: string, entry = 1): Promise<LaneItem> => {
    await world.run('gemini.enterLane', { ...(await input(id)), entry });
    return { generation: id, n: 1, entry };
  };
  /** Once what is told in bulk was told. */
  const spent = async () => {
    const view = () => (world.wallet as LocalWallet).views()[0];
    await eventually('all told', () => (view()?.processes ?? []).every(({ heldUsd }) => heldUsd === 0));
    const [{ now = undefined, leasedUsd = 0 } = {}] = view()?.budgets ?? [];
    const { sureUsd = 0, possibleUsd = 0 } = now ?? {};
    // An item's price is the unit.
    return {
      sure: sureUsd / itemUsd,
      possible: Math.round((possibleUsd / itemUsd) * 1000) / 1000,
      awaited: Math.round((leasedUsd / itemUsd) * 1000) / 1000,
    };
  };
  const leave = (item: LaneItem) => world.run('gemini.leaveLane', { ...item, tenant: TENANT });
  const takeIn = async (id: string, entry = 1) =>
    await activityOutcomeOf(world.run('gemini.extract', { ...(await input(id)), entry }));
  return { world, input, enter, leave, spent, takeIn, itemUsd };
}

function answer(key: string): string {
  const parts = [{ inlineData: { mimeType: 'image/jpeg', data: JPEG } }];
  const candidates = [{ content: { role: 'model', parts }, finishReason: 'STOP' }];
  const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 1120, totalTokenCount: 1130 };
  return JSON.stringify({ key, response: { candidates, usageMetadata, modelVersion: 'gemini-3-pro-image' } });
}

describe('money of a batch lane', () => {
  it('is taken when an item enters, at the price of batches: who comes when none is left waits outside', async () => {
    const { enter, spent, world } = await budgeted(2);
    await enter('a');
    await enter('b');
    await expect(enter('c')).rejects.toMatchObject({ type: 'gemini.wait' });
    expect(await spent()).toEqual({ sure: 0, possible: 0, awaited: 2 });
    expect(world.joins.map(({ generation }) => generation)).toEqual(['a', 'b']);
  });

  it('is taken once, however often the activity is run', async () => {
    const { enter, spent } = await budgeted(3);
    await enter('a');
    await enter('a');
    expect(await spent()).toEqual({ sure: 0, possible: 0, awaited: 1 });
  });

  it('is taken once, though the run that took it died before it wrote that down', async () => {
    const { enter, spent, world } = await budgeted(3);
    world.store.diesBefore = /\/entered$/;
    await expect(enter('a')).rejects.toThrow('died');
    world.store.diesBefore = undefined;
    await enter('a');
    expect(await spent()).toEqual({ sure: 0, possible: 0, awaited: 1 });
  });

  it('comes back where that run was the last one, and its generation was cancelled', async () => {
    const { enter, leave, spent, world } = await budgeted(3);
    world.store.diesBefore = /\/entered$/;
    await expect(enter('a')).rejects.toThrow('died');
    world.store.diesBefore = undefined;
    expect(await leave({ generation: 'a', n: 1, entry: 1 })).toEqual({ kind: 'free' });
    expect(await spent()).toEqual(NOTHING);
  });

  it('comes back whole from who leaves before a job has it; the same call may then be paid live', async () => {
    const { enter, leave, spent, world, itemUsd } = await budgeted(2);
    const item = await enter('a');
    expect(await leave(item)).toEqual({ kind: 'free' });
    expect(await spent()).toEqual(NOTHING);
    const live = { key: 'a/1', tenant: TENANT, sureUsd: itemUsd, possibleUsd: 0, sentAt: Date.now() };
    await world.wallet.settle(live);
    expect((await spent()).sure).toBeCloseTo(1, 3);
  });

  it('of another entry of the same call is taken anew', async () => {
    const { enter, leave, spent } = await budgeted(2);
    await leave(await enter('a'));
    await enter('a', 2);
    expect(await spent()).toEqual({ sure: 0, possible: 0, awaited: 1 });
  });

  it('becomes what the answer cost', async () => {
    const { enter, spent, takeIn, world } = await budgeted(2);
    await world.submit('lane-1', [await enter('a')]);
    world.provider.end(1, { state: 'succeeded' }, [answer('a/1')]);
    await world.watch('lane-1', 1);
    await takeIn('a');
    await takeIn('a');
    const { sure, ...open } = await spent();
    expect(sure).toBeGreaterThan(0);
    expect(sure).toBeLessThan(1);
    expect(open).toEqual({ possible: 0, awaited: 0 });
  });

  it('is held where a creation’s answer was lost, and possible where an item left its job', async () => {
    const { enter, leave, spent, takeIn, world } = await budgeted(2);
    const items = [await enter('a'), await enter('b')];
    world.provider.creations.push('lost');
    await world.submit('lane-1', items);
    expect(await spent()).toEqual({ sure: 0, possible: 0, awaited: 2 });
    await leave(items[0] as LaneItem);
    await takeIn('a');
    expect(await spent()).toEqual({ sure: 0, possible: 1, awaited: 1 });
  });

  it('comes back from a job that failed or expired before it answered anything', async () => {
    const { enter, spent, takeIn, world } = await budgeted(2);
    await world.submit('lane-1', [await enter('a'), await enter('b')]);
    world.provider.end(1, { state: 'expired', counts: { total: 2, succeeded: 0, failed: 0 } });
    await world.watch('lane-1', 1);
    await takeIn('a');
    expect(await spent()).toEqual({ sure: 0, possible: 0, awaited: 1 });
    await takeIn('b');
    expect(await spent()).toEqual(NOTHING);
  });

  it('is nobody’s business where no budget applies', async () => {
    const { world } = await budgeted(0.5);
    await world.enter('a', 'b');
    expect((world.wallet as LocalWallet).views()).toEqual([]);
  });
});
