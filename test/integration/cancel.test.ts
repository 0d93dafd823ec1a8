/**
 * I10: a generation can be cancelled in each of its phases. The execution is Cancelled, no further call
 * is made, and what may have been billed is booked.
 */
import type { TestContext } from 'vitest';
import { describe, it } from 'vitest';
import { GenerationFailed } from '../../src/client/errors.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import { FULL, MoodyStore } from '../support/moody-store.ts';
import type { Rig, RigOptions } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

/** Milliseconds; only a broken law or a very busy machine meets it. */
const SLOW = 120_000;

type Finished = TestContext['onTestFinished'];

async function opened(onTestFinished: Finished, options?: RigOptions): Promise<Rig> {
  const rig = await startRig(options);
  onTestFinished(() => rig.close());
  return rig;
}

function phase(rig: Rig, id: string, wanted: string): Promise<unknown> {
  return eventually(`phase ${wanted}`, async () => (await rig.images.describe(id)).phase === wanted);
}

/** Cancels, and resolves with what the caller hears of it and what Temporal says. */
async function cancelled(rig: Rig, id: string) {
  await rig.images.cancel(id);
  const error = await errorOf(rig.images.result(id));
  if (!(error instanceof GenerationFailed)) throw error;
  return { error, description: await rig.images.describe(id) };
}

describe.concurrent('cancelled', { timeout: SLOW }, () => {
  it('before any worker exists: when one comes it calls nothing', async ({ expect, onTestFinished }) => {
    const rig = await opened(onTestFinished);
    const { id } = await rig.images.start({ prompt: 'a fox' });
    await rig.images.cancel(id);
    await rig.worker();
    const { error, description } = await cancelled(rig, id);
    expect(error.branch).toBe('cancelled');
    expect(description.status).toBe('cancelled');
    expect(rig.emulator.calls()).toEqual([]);
  });

  it('while it waits for quota: at once, and its turn is not called', async ({ expect, onTestFinished }) => {
    const rig = await opened(onTestFinished);
    await rig.worker({ limits: { 'gemini-3-pro-image': { rpm: 1 } } });
    await rig.images.generate({ prompt: 'the first takes the minute' });
    const { id } = await rig.images.start({ prompt: 'a fox' });
    await phase(rig, id, 'waiting');
    const { error, description } = await cancelled(rig, id);
    expect(error.branch).toBe('cancelled');
    expect(description.status).toBe('cancelled');
    expect(rig.calls(id)).toEqual([]);
  });

  it('while it backs off: no retest', async ({ expect, onTestFinished }) => {
    const rig = await opened(onTestFinished);
    await rig.worker({ timeScale: 1 });
    const { id } = await rig.images.start({ prompt: 'a fox [[fault:capacity*always]]' });
    await phase(rig, id, 'backing-off');
    const { error, description } = await cancelled(rig, id);
    expect(error.branch).toBe('cancelled');
    expect(description).toMatchObject({ status: 'cancelled', phase: 'cancelled' });
    expect(rig.calls(id)).toHaveLength(1);
  });

  it('in mid-call: the call is aborted and booked as possible', async ({ expect, onTestFinished }) => {
    const rig = await opened(onTestFinished);
    await rig.worker();
    const { id } = await rig.images.start({ prompt: 'a fox [[fault:hang]]' });
    await eventually('the call', () => rig.bills(id) === 1);
    const { error, description } = await cancelled(rig, id);
    expect(error.branch).toBe('cancelled');
    expect(description.status).toBe('cancelled');
    expect(description.trail).toMatchObject([{ billed: 'possible', verdict: 'cancelled/caller' }]);
    expect(description.cost?.possibleUsd).toBeGreaterThan(0);
    expect(rig.calls(id)).toHaveLength(1);
  });

  it('while its answer waits for a full store: kept until it is stored, then Cancelled', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened(onTestFinished);
    const store = new MoodyStore(rig.directory);
    store.full = 'answers';
    await rig.worker({ store });
    const { id } = await rig.images.start({ prompt: 'a fox' });
    await phase(rig, id, 'storing');
    await rig.images.cancel(id);
    const refusals = store.refused;
    await eventually('another try to store', () => store.refused > refusals);
    const waiting = await rig.images.describe(id);
    expect(waiting).toMatchObject({
      status: 'running',
      phase: 'storing',
      why: expect.stringContaining(FULL),
    });

    store.full = 'no';
    const { error, description } = await cancelled(rig, id);
    expect(error.branch).toBe('cancelled');
    expect(description.status).toBe('cancelled');
    // It was paid for, so it is in the store and in the books.
    expect(description.trail).toMatchObject([{ verdict: 'success', billed: 'yes' }]);
    expect(description.cost?.sureUsd).toBeGreaterThan(0);
    expect(await rig.store.readRecord(`attempts/${id}/1/outcome`)).toMatchObject({
      kind: 'answer',
      status: 200,
    });
    expect(rig.calls(id)).toHaveLength(1);
  });

  it('after its end: nothing changes, the result stays', async ({ expect, onTestFinished }) => {
    const rig = await opened(onTestFinished);
    await rig.worker();
    const { id, images } = await rig.images.generate({ prompt: 'a fox' });
    await rig.images.cancel(id).catch(() => undefined);
    expect((await rig.images.result(id)).images).toEqual(images);
    expect((await rig.images.describe(id)).status).toBe('completed');
  });
});
