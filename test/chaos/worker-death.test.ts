/**
 * Workers die: politely (SIGTERM) and not (SIGKILL), in mid-call, between the answer and its storing,
 * between the stored answer and the completed task. Real processes; what was paid is counted by the
 * emulator's ledger. All cases wait for the same heartbeat timeout, side by side.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { describe, it } from 'vitest';
import type { Fence } from '../../activities/attempt-records.ts';
import { GenerationFailed } from '../../src/client/errors.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import type { Rig, RigOptions } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

/** Heartbeat timeout, a retest, and a busy machine. */
const SLOW = 150_000;
/** Over before the server notices a lost worker, so that nobody waits for the client timeout too. */
const CALL = { callTimeoutMs: 5_000 };

async function opened(onTestFinished: TestContext['onTestFinished'], options?: RigOptions): Promise<Rig> {
  const rig = await startRig(options);
  onTestFinished(() => rig.close());
  return rig;
}

function called(rig: Rig, id: string): Promise<unknown> {
  return eventually('the call', () => rig.calls(id).length > 0);
}

function verdicts(trail: readonly { readonly verdict: string; readonly billed: string }[]) {
  return trail.map(({ verdict, billed }) => `${verdict} ${billed}`);
}

describe.concurrent('a worker that is killed', { timeout: SLOW }, () => {
  // First, because it takes longest.
  it('twice in the same generation: I13, no third call without a person', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened(onTestFinished);
    const first = await rig.workerProcess({ diesAt: 'answer-received' });
    const { id } = await rig.images.start({ prompt: 'a fox', ...CALL });
    expect(await first.ended).toBe('SIGKILL');
    const second = await rig.workerProcess({ diesAt: 'answer-received' });
    expect(await second.ended).toBe('SIGKILL');
    await rig.worker();
    const asked = await eventually('a question', async () => {
      const seen = await rig.images.describe(id);
      return seen.phase === 'awaiting-operator' ? seen : undefined;
    });
    expect(asked.cost?.possibleUsd).toBeGreaterThan(0);
    expect(verdicts(asked.trail)).toEqual([
      'interrupted/no-answer possible',
      'interrupted/no-answer possible',
    ]);
    expect(rig.calls(id)).toHaveLength(2);
    await rig.images.decide(id, { choice: 'reject', by: 'ann', why: 'paid for twice already' });
    const error = (await errorOf(rig.images.result(id))) as GenerationFailed;
    expect(error).toBeInstanceOf(GenerationFailed);
    expect([error.branch, error.failure.cause]).toEqual(['interrupted', 'rejected']);
    expect(rig.calls(id)).toHaveLength(2);
  });

  it('in mid-call, with another one alive: interrupted, one retest, delivered by the other', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened(onTestFinished, { emulator: { latencyMs: 2_000 } });
    const workers = await Promise.all([rig.workerProcess(), rig.workerProcess()]);
    const { id } = await rig.images.start({ prompt: 'a fox', ...CALL });
    await called(rig, id);
    const { worker: pid } = (await rig.store.readRecord(`attempts/${id}/1/fence`)) as Fence;
    workers.find((worker) => `${worker.pid}` === pid)?.signal('SIGKILL');

    const { images, trail, cost } = await rig.images.result(id);
    expect(images).toHaveLength(1);
    expect(verdicts(trail)).toEqual(['interrupted/no-answer possible', 'success yes']);
    expect(cost.possibleUsd).toBeGreaterThan(0);
    expect(rig.calls(id)).toHaveLength(2);
    expect(workers.filter((worker) => worker.hasEnded())).toHaveLength(1);
  });

  it('between the answer and its storing: booked as possible, one retest', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened(onTestFinished);
    const doomed = await rig.workerProcess({ diesAt: 'answer-received' });
    const { id } = await rig.images.start({ prompt: 'a fox', ...CALL });
    expect(await doomed.ended).toBe('SIGKILL');
    await rig.worker();
    const { trail } = await rig.images.result(id);
    expect(verdicts(trail)).toEqual(['interrupted/no-answer possible', 'success yes']);
    expect(rig.bills(id)).toBe(2);
  });

  it('between the stored answer and the completed task: the stored answer is used, one bill', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened(onTestFinished);
    const doomed = await rig.workerProcess({ diesAt: 'outcome-stored' });
    const { id } = await rig.images.start({ prompt: 'a fox', ...CALL });
    expect(await doomed.ended).toBe('SIGKILL');
    await rig.worker();
    const { images, trail } = await rig.images.result(id);
    expect(images).toHaveLength(1);
    expect(verdicts(trail)).toEqual(['success yes']);
    expect(rig.calls(id)).toHaveLength(1);
  });

  it('a failure stored before the worker died is not asked for again', async ({ expect, onTestFinished }) => {
    const rig = await opened(onTestFinished);
    const doomed = await rig.workerProcess({ diesAt: 'outcome-stored' });
    const { id } = await rig.images.start({ prompt: 'a fox [[fault:prohibited-content*always]]', ...CALL });
    expect(await doomed.ended).toBe('SIGKILL');
    await rig.worker();
    expect(await errorOf(rig.images.result(id))).toMatchObject({ branch: 'policy' });
    expect(rig.calls(id)).toHaveLength(1);
  });

  it('while it holds an answer for a full store: booked as possible, one retest', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened(onTestFinished);
    const sign = join(rig.directory, 'full');
    await writeFile(sign, '');
    const doomed = await rig.workerProcess({ fullWhile: sign });
    const { id } = await rig.images.start({ prompt: 'a fox', ...CALL });
    await eventually('the answer', () => rig.bills(id) === 1);
    doomed.signal('SIGKILL');
    await rm(sign);
    await rig.worker();
    const { trail } = await rig.images.result(id);
    expect(verdicts(trail)).toEqual(['interrupted/no-answer possible', 'success yes']);
    expect(rig.calls(id)).toHaveLength(2);
  });

  it('in mid-call, and then cancelled: Cancelled, booked as possible, no retest', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened(onTestFinished);
    const doomed = await rig.workerProcess();
    const { id } = await rig.images.start({ prompt: 'a fox [[fault:hang]]', ...CALL });
    await called(rig, id);
    doomed.signal('SIGKILL');
    await rig.images.cancel(id);
    await rig.worker();
    const error = await errorOf(rig.images.result(id));
    expect(error).toMatchObject({ name: 'GenerationFailed', branch: 'cancelled' });
    const { status, trail, cost } = await rig.images.describe(id);
    expect(status).toBe('cancelled');
    expect(verdicts(trail)).toEqual(['interrupted/no-answer possible']);
    expect(cost?.possibleUsd).toBeGreaterThan(0);
    expect(rig.calls(id)).toHaveLength(1);
  });
});

describe.concurrent('a worker that is told to stop', { timeout: SLOW }, () => {
  it('SIGTERM in mid-call: the answer is waited for and stored, exit code 0, no extra call', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened(onTestFinished, { emulator: { latencyMs: 4_000 } });
    const worker = await rig.workerProcess();
    const { id } = await rig.images.start({ prompt: 'a fox' });
    await called(rig, id);
    worker.signal('SIGTERM');
    expect(await worker.ended).toBe('exit code 0');
    expect(worker.output()).toContain('drained');
    expect(await rig.store.readRecord(`attempts/${id}/1/outcome`)).toMatchObject({
      kind: 'answer',
      status: 200,
    });

    await rig.worker();
    const { images, trail } = await rig.images.result(id);
    expect(images).toHaveLength(1);
    expect(verdicts(trail)).toEqual(['success yes']);
    expect(rig.calls(id)).toHaveLength(1);
  });

  it('SIGTERM while an answer waits for a full store: it stays until the answer is stored', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened(onTestFinished);
    const sign = join(rig.directory, 'full');
    await writeFile(sign, '');
    const worker = await rig.workerProcess({ fullWhile: sign });
    const { id } = await rig.images.start({ prompt: 'a fox' });
    await eventually('phase storing', async () => (await rig.images.describe(id)).phase === 'storing');
    worker.signal('SIGTERM');
    await eventually('draining', () => worker.output().includes('DRAINING'));
    expect(worker.hasEnded()).toBe(false);
    await rm(sign);
    expect(await worker.ended).toBe('exit code 0');

    await rig.worker();
    expect(verdicts((await rig.images.result(id)).trail)).toEqual(['success yes']);
    expect(rig.calls(id)).toHaveLength(1);
  });
});
