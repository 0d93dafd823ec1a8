/**
 * I11: one idempotency key is one generation, whoever starts it and however often: at once, after its
 * end, and when Temporal has long forgotten it. Another request under the same key is told so.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GenerationFailed, IdempotencyConflict, UnknownGeneration } from '../../src/client/errors.ts';
import type { GeminiImages } from '../../src/client/gemini-images.ts';
import type { DevServer } from '../../src/dev/server.ts';
import { startDevServer } from '../../src/dev/server.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

let rig: Rig;
let other: GeminiImages;

beforeAll(async () => {
  rig = await startRig({ emulator: { latencyMs: 300 } });
  other = rig.anotherClient();
  await rig.worker();
});
afterAll(() => rig.close());

describe('one key, one request', () => {
  it('twenty starts at once from two clients are one generation, one call, one result', async () => {
    const request = { prompt: 'a fox, once', idempotencyKey: 'at-once' };
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? rig.images : other).generate(request)),
    );
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
    expect(new Set(results.map(({ images }) => images[0]?.sha256)).size).toBe(1);
    expect(rig.calls(results[0]?.id)).toHaveLength(1);
  });

  it('a start in mid-call joins the call', async () => {
    const request = { prompt: 'a fox, joined', idempotencyKey: 'mid-call' };
    const { id } = await rig.images.start(request);
    await eventually('the call', () => rig.calls(id).length === 1);
    const joined = await other.generate(request);
    expect(joined.id).toBe(id);
    expect(rig.bills(id)).toBe(1);
  });

  it('a start after its end gets the same result without a call', async () => {
    const request = { prompt: 'a fox, again', idempotencyKey: 'after' };
    const first = await rig.images.generate(request);
    const again = await other.generate(request);
    expect(again).toEqual(first);
    expect(rig.bills(first.id)).toBe(1);
  });

  it('a start after its failure gets the same failure without a call', async () => {
    const request = { prompt: 'x [[fault:prohibited-content*always]]', idempotencyKey: 'failed' };
    const first = (await errorOf(rig.images.generate(request))) as GenerationFailed;
    const again = (await errorOf(other.generate(request))) as GenerationFailed;
    expect(again).toBeInstanceOf(GenerationFailed);
    expect([again.id, again.branch, again.evidence]).toEqual([first.id, 'policy', first.evidence]);
    expect(rig.calls(first.id)).toHaveLength(1);
  });

  it('two tenants with one key are two generations', async () => {
    const request = { prompt: 'a fox for two', idempotencyKey: 'shared' };
    const [a, b] = await Promise.all([
      rig.images.generate({ ...request, tenant: 'a' }),
      rig.images.generate({ ...request, tenant: 'b' }),
    ]);
    expect(a.id).not.toBe(b.id);
  });

  it('a key may hold anything: slashes, dots, spaces, other scripts', async () => {
    for (const idempotencyKey of ['../../etc/passwd', 'a/b//c', '.', ' ', '狐狸 🦊', 'k'.repeat(200)]) {
      const request = { prompt: 'a fox with a strange key', idempotencyKey };
      const first = await rig.images.generate(request);
      expect(await other.generate(request)).toEqual(first);
      expect(rig.bills(first.id)).toBe(1);
    }
  });
});

describe('one key, two requests', () => {
  it('is a conflict while the first is under way, and starts nothing', async () => {
    const { id } = await rig.images.start({ prompt: 'a fox', idempotencyKey: 'twice-running' });
    const conflict = await errorOf(other.start({ prompt: 'an owl', idempotencyKey: 'twice-running' }));
    expect(conflict).toBeInstanceOf(IdempotencyConflict);
    expect(conflict.message).toContain('idempotencyKey');
    await rig.images.result(id);
    expect(rig.calls(id).map(({ prompt }) => prompt)).toEqual(['a fox']);
  });

  it('is a conflict after the first has ended, delivered or not', async () => {
    const ends = ['a fox', 'x [[fault:prohibited-content*always]]'];
    for (const [i, prompt] of ends.entries()) {
      const idempotencyKey = `twice-ended-${i}`;
      await rig.images.generate({ prompt, idempotencyKey }).catch(() => undefined);
      const conflict = await errorOf(other.start({ prompt: 'an owl', idempotencyKey }));
      expect(conflict).toBeInstanceOf(IdempotencyConflict);
    }
  });

  it('two requests at once: one is served, the other hears of the conflict, nobody gets the wrong picture', async () => {
    const key = { idempotencyKey: 'race' };
    const asked = ['a fox', 'an owl'];
    const started = await Promise.allSettled([
      rig.images.start({ prompt: 'a fox', ...key }),
      other.start({ prompt: 'an owl', ...key }),
    ]);
    const served = started.flatMap((one, i) => (one.status === 'fulfilled' ? [{ ...one.value, i }] : []));
    expect(served).toHaveLength(1);
    expect(started.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { name: 'IdempotencyConflict' },
    });
    const { id, i } = served[0] as { id: string; i: number };
    await rig.images.result(id);
    expect(rig.calls(id).map(({ prompt }) => prompt)).toEqual([asked[i]]);
  });

  it('a changed size, tenant-less or not, is another request', async () => {
    const idempotencyKey = 'size';
    await rig.images.generate({ prompt: 'a fox', size: '1K', idempotencyKey });
    const conflict = await errorOf(other.start({ prompt: 'a fox', size: '2K', idempotencyKey }));
    expect(conflict).toBeInstanceOf(IdempotencyConflict);
  });

  it('a default that is spelled out is the same request', async () => {
    const idempotencyKey = 'default';
    const first = await rig.images.generate({ prompt: 'a fox', idempotencyKey });
    const spelled = { prompt: 'a fox', idempotencyKey, allow: 'exact', urgency: 'standard' } as const;
    expect((await other.generate(spelled)).images).toEqual(first.images);
    expect(rig.bills(first.id)).toBe(1);
  });
});

describe('beyond Temporal’s retention: a server that knows nothing, the same store', () => {
  let server: DevServer;
  let later: Rig;
  let images: GeminiImages;

  beforeAll(async () => {
    server = await startDevServer();
    later = await startRig({ server });
    images = later.anotherClient(rig.store);
    await later.worker({ store: rig.store, baseUrl: rig.emulator.url });
  });
  afterAll(async () => {
    await later.close();
    await server.stop();
  });

  it('a delivered generation is answered from the store, without a call or an execution', async () => {
    const request = { prompt: 'a fox, long ago', idempotencyKey: 'forgotten' };
    const first = await rig.images.generate(request);
    const again = await images.generate(request);
    expect([again.id, again.images]).toEqual([first.id, first.images]);
    expect(await images.result(first.id)).toEqual(again);
    expect(await errorOf(images.describe(first.id))).toBeInstanceOf(UnknownGeneration);
    expect(rig.bills(first.id)).toBe(1);
    const conflict = await errorOf(images.start({ ...request, prompt: 'an owl' }));
    expect(conflict).toBeInstanceOf(IdempotencyConflict);
  });

  it('a failed one comes to the same verdict from its stored answer, without a call', async () => {
    const request = { prompt: 'y [[fault:prohibited-content*always]]', idempotencyKey: 'forgotten-failure' };
    const first = (await errorOf(rig.images.generate(request))) as GenerationFailed;
    const again = (await errorOf(images.generate(request))) as GenerationFailed;
    expect([again.id, again.branch, again.reason]).toEqual([first.id, 'policy', first.reason]);
    expect(rig.calls(first.id)).toHaveLength(1);
  });

  it('another request under the key of a forgotten failure is a conflict, and calls nothing', async () => {
    const idempotencyKey = 'forgotten-conflict';
    const failing = { prompt: 'z [[fault:prohibited-content*always]]', idempotencyKey };
    const first = (await errorOf(rig.images.generate(failing))) as GenerationFailed;
    const conflict = await errorOf(images.generate({ prompt: 'an owl', idempotencyKey }));
    expect(conflict).toBeInstanceOf(IdempotencyConflict);
    expect(rig.calls(first.id)).toHaveLength(1);
  });

  it('one that was in mid-call when the server was lost is not paid for in silence', async () => {
    const request = { prompt: 'a fox, cut off', idempotencyKey: 'cut-off', callTimeoutMs: 4_000 };
    const { id } = await rig.images.start(request);
    await eventually('the call', () => rig.calls(id).length === 1);
    // The old server's worker stores the answer; the new server's generation goes on from it.
    const { images: delivered } = await images.generate(request);
    expect(delivered).toEqual((await rig.images.result(id)).images);
    expect(rig.calls(id)).toHaveLength(1);
  });
});
