/**
 * The artifact store is full, read-only or away. I2: an answer that was paid for is held by the worker
 * and storing it is retried while the worker lives; nothing is sent while the fence cannot be closed;
 * `describe` tells why. Whatever happens: one bill.
 */
import type { TestContext } from 'vitest';
import { describe, it } from 'vitest';
import { StoreUnavailable } from '../../src/artifacts/errors.ts';
import { FileArtifactStore } from '../../src/artifacts/file-store.ts';
import { StillRunning } from '../../src/client/errors.ts';
import type { Description } from '../../src/client/describe.ts';
import { image } from '../artifacts/images.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import { FULL, MoodyStore } from '../support/moody-store.ts';
import type { Rig, RigOptions } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';
import { sickDisk } from '../support/sick-disk.ts';

/** Milliseconds; only a broken law or a very busy machine meets it. */
const SLOW = 120_000;

interface Opened {
  readonly rig: Rig;
  readonly store: MoodyStore;
}

async function opened(onTestFinished: TestContext['onTestFinished'], options?: RigOptions): Promise<Opened> {
  const rig = await startRig(options);
  onTestFinished(() => rig.close());
  const store = new MoodyStore(rig.directory);
  await rig.worker({ store });
  return { rig, store };
}

function described(rig: Rig, id: string, wanted: (seen: Description) => boolean): Promise<Description> {
  return eventually('the description', async () => {
    const seen = await rig.images.describe(id);
    return wanted(seen) ? seen : undefined;
  });
}

describe.concurrent('a store that is away', { timeout: SLOW }, () => {
  it('when the answer arrives: held, phase `storing` with the reason, stored when there is room, one bill', async ({
    expect,
    onTestFinished,
  }) => {
    const { rig, store } = await opened(onTestFinished);
    store.full = 'answers';
    const { id } = await rig.images.start({ prompt: 'a fox' });
    const seen = await described(rig, id, ({ phase }) => phase === 'storing');
    expect(seen.why).toContain(FULL);
    expect(seen.publicStatus).not.toContain('disk');
    expect(rig.bills(id)).toBe(1);

    const still = (await errorOf(rig.images.result(id, { waitMs: 100 }))) as StillRunning;
    expect(still).toBeInstanceOf(StillRunning);
    expect(still.phase).toBe('storing');

    const refusals = store.refused;
    await eventually('another try', () => store.refused > refusals);
    store.full = 'no';
    const { images, trail } = await rig.images.result(id);
    expect(trail.map(({ verdict }) => verdict)).toEqual(['success']);
    expect(await rig.store.get(images[0]?.sha256 ?? '')).toHaveLength(images[0]?.bytes ?? 0);
    expect(rig.calls(id)).toHaveLength(1);
  });

  it('when the images are taken out of a stored answer: `extracting` with the reason, then delivered', async ({
    expect,
    onTestFinished,
  }) => {
    const { rig, store } = await opened(onTestFinished);
    store.full = 'images';
    const { id } = await rig.images.start({ prompt: 'a fox' });
    const seen = await described(rig, id, ({ phase, why }) => phase === 'extracting' && why !== '');
    expect(seen.why).toContain(FULL);
    store.full = 'no';
    expect((await rig.images.result(id)).images).toHaveLength(1);
    expect(rig.calls(id)).toHaveLength(1);
  });

  it('before the call: nothing is sent until the fence can be closed', async ({ expect, onTestFinished }) => {
    const { rig, store } = await opened(onTestFinished);
    store.full = 'all';
    const { id } = await rig.images.start({ prompt: 'a fox' });
    const seen = await described(rig, id, ({ why }) => why.includes(FULL));
    expect(seen.status).toBe('running');
    const refusals = store.refused;
    await eventually('another try', () => store.refused > refusals);
    expect(rig.calls(id)).toEqual([]);

    store.full = 'no';
    expect((await rig.images.result(id)).images).toHaveLength(1);
    expect(rig.calls(id)).toHaveLength(1);
  });

  it('for a caller with inputs: StoreUnavailable with the cure, nothing is started', async ({
    expect,
    onTestFinished,
  }) => {
    const { rig, store } = await opened(onTestFinished);
    store.full = 'all';
    const images = rig.anotherClient(store);
    const request = { prompt: 'a hat', inputs: [{ bytes: await image('png') }], idempotencyKey: 'away' };
    const error = await errorOf(images.start(request));
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error.message).toContain('operator:');
    store.full = 'no';
    expect((await images.generate(request)).images).toHaveLength(1);
    expect(rig.calls()).toHaveLength(1);
  });

  it('twenty answers at once: all held, all stored, twenty bills', async ({ expect, onTestFinished }) => {
    const { rig, store } = await opened(onTestFinished);
    store.full = 'answers';
    const started = await Promise.all(
      Array.from({ length: 20 }, (_, i) => rig.images.start({ prompt: `fox ${i}` })),
    );
    await eventually('twenty answers', () => rig.bills() === 20);
    store.full = 'no';
    const results = await Promise.all(started.map((generation) => generation.result()));
    expect(new Set(results.map(({ images }) => images[0]?.sha256)).size).toBe(20);
    expect(rig.calls()).toHaveLength(20);
  });
});

// In series: where no disk can be mounted, the fault strikes every file handle of this process.
describe('a real disk', { timeout: SLOW }, () => {
  it.for(['full', 'read-only'] as const)(
    'that is %s when the answer arrives: held, and stored once it is healed; one bill',
    async (sickness, { expect, onTestFinished }) => {
      const disk = await sickDisk();
      onTestFinished(() => disk.dispose());
      const rig = await startRig({ emulator: { latencyMs: 3_000 } });
      onTestFinished(() => rig.close());
      const store = new FileArtifactStore(disk.directory);
      const images = rig.anotherClient(store);
      await rig.worker({ store });
      await images.generate({ prompt: 'the disk is well' });

      const { id } = await images.start({ prompt: 'a fox' });
      await eventually('the call', () => rig.calls(id).length === 1);
      await disk.fallIll(sickness);
      const seen = await described(rig, id, ({ phase }) => phase === 'storing');
      expect(seen.why).toContain(sickness === 'full' ? 'ENOSPC' : 'EROFS');
      expect(seen.why).toContain('operator:');
      await disk.heal();
      const result = await images.result(id);
      expect(await store.get(result.images[0]?.sha256 ?? '')).toHaveLength(result.images[0]?.bytes ?? 0);
      expect(rig.calls(id)).toHaveLength(1);
    },
  );
});
