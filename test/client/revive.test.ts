/**
 * A dead letter comes back as a new run of the same id: its attempts are numbered on, so that no fence is
 * met twice; its key still belongs to the request as it was first sent (I11); at most one variable is
 * changed (I4); and nothing is revived twice, within Temporal's retention or beyond it.
 */
import { WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  GenerationFailed,
  IdempotencyConflict,
  NotRevivable,
  UnknownGeneration,
} from '../../src/client/errors.ts';
import { FileArtifactStore } from '../../src/artifacts/file-store.ts';
import type { GeminiImages } from '../../src/client/gemini-images.ts';
import { revivedRecordName } from '../../src/contract/names.ts';
import type { DevServer } from '../../src/dev/server.ts';
import { startDevServer } from '../../src/dev/server.ts';
import { InvalidRequest } from '../../src/schema/request.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';
import { BY } from './operator-rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
  await rig.worker();
});
afterAll(() => rig.close());

/** Milliseconds; the dev server takes its time to forget. */
const SLOW = 180_000;
const REFUSED = '[[fault:invalid-request]]';

async function dead(prompt: string, more: object = {}): Promise<{ id: string; run: string }> {
  const { id } = await rig.images.start({ prompt, ...more });
  expect(await errorOf(rig.images.result(id))).toBeInstanceOf(GenerationFailed);
  return { id, run: (await rig.images.describe(id)).runId };
}

async function fences(id: string): Promise<readonly string[]> {
  return (await rig.store.listRecords(`attempts/${id}/`)).filter((name) => name.endsWith('/fence'));
}

describe('a dead letter', () => {
  it('is revived as it was: attempts are numbered on, each with a fence of its own', async () => {
    const { id, run } = await dead(`a fox ${REFUSED}`);
    const handle = await rig.images.revive(id, BY);
    const result = await handle.result();
    expect(handle.id).toBe(id);
    expect(result.trail.map(({ n }) => n)).toEqual([2]);
    expect(await fences(id)).toHaveLength(2);
    expect(rig.calls(id).map(({ generation }) => generation?.n)).toEqual([1, 2]);
    const { revival, runId } = await rig.images.describe(id);
    expect(revival).toMatchObject({ of: run, by: 'ann', why: BY.why, attempts: 1 });
    expect(revival?.evidence).toMatch(/^[0-9a-f]{64}$/);
    expect(await rig.store.readRecord(revivedRecordName(id, run))).toMatchObject({ by: 'ann', run: runId });
  });

  it('is revived with one variable changed, and an allowance of its own', async () => {
    const { id } = await dead(`a fox to change ${REFUSED}`, { maxPaidCalls: 2 });
    const { id: same } = await rig.images.revive(id, { ...BY, change: { size: '2K' }, maxPaidCalls: 1 });
    expect(await rig.images.result(same)).toMatchObject({ size: '2K' });
    expect(await rig.images.request(id)).toMatchObject({ size: '2K', maxPaidCalls: 1 });
    expect((await rig.images.describe(id)).revival?.changed).toBe('size');
  });

  it('with a long prompt, which goes through the store (I1)', async () => {
    const { id } = await dead(`a fox to say otherwise ${REFUSED}`);
    await rig.images.revive(id, { ...BY, change: { prompt: `an owl${' in the wood'.repeat(1_000)}` } });
    await rig.images.result(id);
    expect((await rig.images.request(id))?.prompt).toMatchObject({ bytes: expect.any(Number) });
    expect(rig.calls(id).at(-1)?.prompt).toContain('an owl');
  });

  it.each(['cancel', 'terminate'] as const)('after %s too, from its history', async (how) => {
    const { id } = await rig.images.start({ prompt: `a fox to ${how} [[fault:internal*2]]`, tags: [how] });
    await eventually('its back-off', async () => (await rig.images.describe(id)).phase === 'backing-off');
    await rig.client.workflow.getHandle(id)[how]();
    expect(await errorOf(rig.images.result(id))).toBeInstanceOf(GenerationFailed);
    const before = rig.calls(id).length;
    await rig.images.revive(id, BY);
    const { trail } = await rig.images.result(id);
    expect(Math.min(...trail.map(({ n }) => n))).toBeGreaterThan(before);
    expect(await rig.images.request(id)).toMatchObject({ tags: [how] });
    expect(await fences(id)).toHaveLength(rig.calls(id).length);
  });

  it('may die and be revived again and again, a number further each time', async () => {
    const { id } = await dead('a fox [[fault:invalid-request*3]]');
    for (const n of [2, 3]) {
      await rig.images.revive(id, BY);
      const error = (await errorOf(rig.images.result(id))) as GenerationFailed;
      expect(error.trail.map((line) => line.n)).toEqual([n]);
    }
    await rig.images.revive(id, BY);
    expect((await rig.images.result(id)).trail.map(({ n }) => n)).toEqual([4]);
  });
});

describe('what is not dead is not revived', () => {
  it('a delivered one', async () => {
    const { id } = await rig.images.generate({ prompt: 'a fox that was delivered' });
    const error = await errorOf(rig.images.revive(id, BY));
    expect(error).toBeInstanceOf(NotRevivable);
    expect(error.message).toContain('it was delivered');
    expect(rig.bills(id)).toBe(1);
  });

  it('a running one', async () => {
    const { id } = await rig.images.start({ prompt: 'a slow fox [[fault:slow-headers(3s)]]' });
    const error = await errorOf(rig.images.revive(id, BY));
    expect(error).toBeInstanceOf(NotRevivable);
    expect(error.message).toContain('it is running');
    await rig.images.result(id);
  });

  it('I14: one that broke the use policy, unless its prompt is what changes', async () => {
    const broken = { prompt: 'a fox that must not be drawn [[fault:prohibited-content]]' };
    const { id } = (await errorOf(rig.images.generate(broken))) as GenerationFailed;
    for (const change of [undefined, { model: 'gemini-nano-banana-2.1' as const }]) {
      const given = change === undefined ? BY : { ...BY, change };
      const error = await errorOf(rig.images.revive(id, given));
      expect(error).toBeInstanceOf(NotRevivable);
      expect(error.message).toContain('use policy');
    }
    expect(rig.calls(id)).toHaveLength(1);
    const revived = await rig.images.revive(id, { ...BY, change: { prompt: 'a fox in the snow' } });
    expect((await revived.result()).images).toHaveLength(1);
  });

  it('one that never was', async () => {
    expect(await errorOf(rig.images.revive('gemini-image/none', BY))).toBeInstanceOf(UnknownGeneration);
  });

  it('a run that was revived before, by name; the newer one is told', async () => {
    const { id, run } = await dead('a fox [[fault:invalid-request*2]]');
    await rig.images.revive(id, { ...BY, run });
    await errorOf(rig.images.result(id));
    const { runId } = await rig.images.describe(id);
    const error = (await errorOf(rig.images.revive(id, { ...BY, run }))) as NotRevivable;
    expect(error.message).toContain(`revived before, its newer run is ${runId}`);
    expect(error.run).toBe(runId);
    for (const none of ['no-run', '00000000-0000-4000-8000-000000000000']) {
      expect((await errorOf(rig.images.revive(id, { ...BY, run: none }))).message).toContain('has no run');
    }
  });

  it.each([
    ['by', { by: '', why: 'x' }],
    ['change', { ...BY, change: { size: '1K', seed: 1 } }],
    ['change', { ...BY, change: {} }],
    ['size', { ...BY, change: { size: '3K' } }],
    ['maxPaidCalls', { ...BY, maxPaidCalls: 0 }],
    ['maxPaidCalls', { ...BY, maxPaidCalls: 1, change: { maxPaidCalls: 2 } }],
  ])('bad input is refused by its field before anything is asked: %s', async (field, given) => {
    const error = (await errorOf(rig.images.revive('gemini-image/none', given as never))) as InvalidRequest;
    expect(error).toBeInstanceOf(InvalidRequest);
    expect(error.problems.map((problem) => problem.field)).toEqual([field]);
  });
});

/** Has seen that nobody revived it, and then takes its time. */
class SlowToRevive extends FileArtifactStore {
  readonly looked: Promise<void>;
  goOn: () => void = () => undefined;
  #seen: () => void = () => undefined;
  readonly #told = new Promise<void>((resolve) => (this.goOn = resolve));

  constructor(directory: string) {
    super(directory);
    this.looked = new Promise((resolve) => (this.#seen = resolve));
  }

  override async readRecord(name: string): Promise<unknown> {
    const record = await super.readRecord(name);
    if (name.includes('/revived/')) {
      this.#seen();
      await this.#told;
    }
    return record;
  }
}

async function atOnce(id: string, images = rig.images): Promise<readonly Error[]> {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 5 }, (_, i) => images.revive(id, { by: `operator ${i}`, why: 'now' })),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  return outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []));
}

describe('five revivals at once are one', () => {
  it('within retention', async () => {
    const { id } = await dead(`a fox for five ${REFUSED}`);
    for (const error of await atOnce(id)) expect(error).toBeInstanceOf(NotRevivable);
    await rig.images.result(id);
    expect(rig.calls(id)).toHaveLength(2);
  });

  it('although the first one’s run is over before the second one begins', async () => {
    const { id } = await dead('a fox, quick to die [[fault:invalid-request*9]]');
    const slow = new SlowToRevive(rig.directory);
    const second = rig.anotherClient(slow).revive(id, { by: 'bob', why: 'now' });
    await slow.looked;
    await rig.images.revive(id, BY);
    await errorOf(rig.images.result(id));
    const { runId } = await rig.images.describe(id);
    slow.goOn();
    const error = (await errorOf(second)) as NotRevivable;
    expect(error).toBeInstanceOf(NotRevivable);
    expect(error.run).toBe(runId);
    expect((await rig.images.describe(id)).status).toBe('terminated');
    expect(rig.calls(id)).toHaveLength(2);
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
    // A dead letter remembers the queue where it was.
    await later.worker({ store: rig.store, baseUrl: rig.emulator.url, taskQueue: rig.taskQueue });
  });
  afterAll(async () => {
    await later.close();
    await server.stop();
  });

  it('a dead letter is told and revived from the store, once', async () => {
    const { id, run } = await dead('a fox, long ago [[fault:invalid-request*2]]');
    expect(await errorOf(images.result(id))).toMatchObject({ branch: 'invalid-request' });
    expect(await images.request(id)).toEqual(await rig.images.request(id));
    await images.revive(id, { ...BY, run, change: { size: '2K' } });
    const error = (await errorOf(images.result(id))) as GenerationFailed;
    expect(error.trail.map(({ n }) => n)).toEqual([2]);

    // The first server still has that run as its latest dead letter: the record alone refuses.
    const newer = (await images.describe(id)).runId;
    const again = (await errorOf(rig.images.revive(id, BY))) as NotRevivable;
    expect(again).toBeInstanceOf(NotRevivable);
    expect(again.run).toBe(newer);

    await images.revive(id, { ...BY, run: newer });
    const result = await images.result(id);
    expect(result.trail.map(({ n }) => n)).toEqual([3]);
    // What was changed before stays changed.
    expect(result.size).toBe('2K');
    expect(rig.calls(id)).toHaveLength(3);
  });

  it('five at once are one', async () => {
    const { id } = await dead(`a fox for five, long ago ${REFUSED}`);
    for (const error of await atOnce(id, images)) expect(error).toBeInstanceOf(NotRevivable);
    await images.result(id);
    expect(rig.calls(id)).toHaveLength(2);
  });

  it('a delivered one is not revived', async () => {
    const { id } = await rig.images.generate({ prompt: 'a fox, delivered long ago' });
    const error = await errorOf(images.revive(id, BY));
    expect(error).toBeInstanceOf(NotRevivable);
    expect(error.message).toContain('it was delivered');
  });

  it('the key of a revived one finds it by its first request, as within retention', async () => {
    const { id, request, joined } = await revivedWithKey('long-ago');
    expect((await images.generate(request)).images).toEqual(joined.images);
    expect(await errorOf(images.start({ ...request, size: '2K' }))).toBeInstanceOf(IdempotencyConflict);
    expect(rig.calls(id)).toHaveLength(2);
  });
});

async function revivedWithKey(idempotencyKey: string) {
  const request = { prompt: `a fox with a key ${REFUSED}`, idempotencyKey };
  const { id } = await dead(request.prompt, request);
  await rig.images.revive(id, { ...BY, change: { size: '2K' } });
  return { id, request, joined: await rig.images.generate(request) };
}

describe('the idempotency key after a revival (I11)', () => {
  it('still finds it by the request as it was first sent, and by no other', async () => {
    const { id, request, joined } = await revivedWithKey('revived');
    expect([joined.id, joined.size]).toEqual([id, '2K']);
    const error = await errorOf(rig.images.start({ ...request, size: '2K' }));
    expect(error).toBeInstanceOf(IdempotencyConflict);
    expect(rig.calls(id)).toHaveLength(2);
  });
});

describe('an execution that somebody deleted', () => {
  it('is as one beyond retention', { timeout: SLOW }, async () => {
    const { id } = await dead(`a fox, deleted ${REFUSED}`);
    await rig.client.workflowService.deleteWorkflowExecution({
      namespace: rig.server.namespace,
      workflowExecution: { workflowId: id },
    });
    await eventually('that Temporal has forgotten it', () =>
      rig.client.workflow
        .getHandle(id)
        .describe()
        .then(
          () => false,
          (error: unknown) => error instanceof WorkflowNotFoundError,
        ),
    );
    expect(await errorOf(rig.images.describe(id))).toBeInstanceOf(UnknownGeneration);
    await rig.images.revive(id, BY);
    expect((await rig.images.result(id)).trail.map(({ n }) => n)).toEqual([2]);
  });
});
