/**
 * The batch lane end to end: a real Temporal server, a worker, and the emulator's batches over HTTP. Its
 * ledger says what was paid.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerationHandle } from '../../src/client/generation-handle.ts';
import { GenerationFailed } from '../../src/client/errors.ts';
import type { LaneView } from '../../src/contract/lane.ts';
import { LANE_QUERIES, laneWorkflowId } from '../../src/contract/names.ts';
import type { GenerateRequest } from '../../src/schema/request.ts';
import { eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

const MODEL = 'gemini-3-pro-image';
const TENANT = 'acme';
/** A live call may cost $0.45 and costs $0.14; in a batch the half of it. */
const CAP_USD = 0.7;
const BY = { by: 'ann', why: 'the customer is waiting' };

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ emulator: { batch: { queuedMs: 200, runningMs: 600 } } });
  const budgets = [{ tenant: TENANT, usd: CAP_USD, period: 'day', timeZone: noonZone() }] as const;
  await rig.worker({ batch: { items: 3, ageMs: 2_000 }, budgets });
});
afterAll(() => rig.close());

function start(prompt: string, given: Partial<GenerateRequest> = {}): Promise<GenerationHandle> {
  const allow = { batch: true };
  return rig.images.start({ prompt, model: MODEL, urgency: 'batch', allow, ...given });
}

function items(id: string) {
  return rig.emulator
    .calls()
    .filter(({ method, generation }) => method === 'batch.item' && generation?.id === id);
}

function jobs() {
  return rig.emulator.calls().filter(({ method }) => method === 'batches.create');
}

async function phaseOf(handle: GenerationHandle, phase: string): Promise<void> {
  await eventually(phase, async () => (await handle.describe()).phase === phase);
}

describe('the batch lane', () => {
  it('three calls of urgency batch are one job, delivered like live ones at half the price', async () => {
    const before = jobs().length;
    const handles = await Promise.all(['a fox', 'an owl', 'a bear'].map((prompt) => start(prompt)));
    const live = await rig.images.generate({ prompt: 'a fox', model: MODEL });
    const results = await Promise.all(handles.map((handle) => handle.result()));
    expect(jobs().length - before).toBe(1);
    for (const [i, { id, images, cost, trail, model }] of results.entries()) {
      expect({ images: images.length, model, trail: trail.length }).toEqual({
        images: 1,
        model: MODEL,
        trail: 1,
      });
      expect(items(id)).toHaveLength(1);
      expect(rig.calls(id)).toHaveLength(0);
      expect(cost.sureUsd).toBeCloseTo(items(id)[0]?.usd ?? 0, 6);
      expect(cost.sureUsd).toBeLessThan(0.6 * live.cost.sureUsd);
      const [image] = images;
      const provenance = await rig.store.listRecords(`provenance/${image?.sha256}`);
      expect([i, provenance.length]).toEqual([i, 1]);
    }
  });

  it('says in which job it is, until when, and what leaving costs; nothing large is in the history', async () => {
    const handle = await start('a crane');
    await phaseOf(handle, 'batching');
    const { why, until } = await handle.describe();
    expect(why).toContain(MODEL);
    expect(until).toBeGreaterThan(Date.now() - 10_000);
    const view = await rig.client.workflow
      .getHandle(handle.id)
      .query<{ readonly phase: object }>('gemini.describe');
    expect(view.phase).toMatchObject({ leaving: { moreUsd: expect.any(Number) as number } });
    const lane = laneWorkflowId(rig.taskQueue, quotaOfRig(), MODEL);
    const seen = await rig.client.workflow.getHandle(lane).query<LaneView>(LANE_QUERIES.lane);
    expect(seen.waiting + seen.jobs.length).toBeGreaterThan(0);
    await handle.result();
    for (const id of [handle.id, lane]) {
      const { events } = await rig.client.workflow.getHandle(id).fetchHistory();
      for (const event of events ?? []) expect(JSON.stringify(event).length).toBeLessThan(64 * 1024);
    }
  });

  it('an error inside a job that succeeds is one item’s verdict; the others are delivered', async () => {
    const [good, bad] = await Promise.all([
      start('a heron'),
      start('a cat [[fault:prohibited-content*always@batch]]', { routeOut: 'never' }),
    ]);
    await expect(bad.result()).rejects.toThrow(GenerationFailed);
    expect((await good.result()).images).toHaveLength(1);
    expect(items(bad.id)).toHaveLength(1);
  });

  it('promoted while the lane collects: the same call goes live, nothing else was sent', async () => {
    const handle = await start('a wren');
    await phaseOf(handle, 'batching');
    await rig.images.promote(handle.id, BY);
    const { trail, cost } = await handle.result();
    expect(trail.map(({ n, verdict }) => [n, verdict])).toEqual([[1, 'success']]);
    expect(cost.possibleUsd).toBe(0);
    expect([items(handle.id).length, rig.calls(handle.id).length]).toEqual([0, 1]);
  });

  it('promoted out of a job: what the item may cost is booked, the live call is the next attempt of the same id', async () => {
    const handle = await start('a swift');
    await eventually('a job', async () => (await handle.describe()).why.startsWith('in a batch job'));
    await rig.images.promote(handle.id, BY);
    const { trail, cost, id } = await handle.result();
    const course = trail.map(({ n, verdict, billed }) => `${n} ${verdict} ${billed}`);
    // The job may have been faster: then its answer counts, and nothing is called live.
    if (course.length === 1) return expect(rig.calls(id)).toHaveLength(0);
    expect(course).toEqual(['1 interrupted/left-batch possible', '2 success yes']);
    expect(cost.possibleUsd).toBeGreaterThan(0);
    return expect(rig.calls(id)).toHaveLength(1);
  });

  it('leaves, fails live, and comes back: the same id, attempts and bounds', async () => {
    const handle = await start('a lark [[fault:capacity*always]]', { maxAttempts: 6 });
    await phaseOf(handle, 'batching');
    await rig.images.promote(handle.id, BY);
    await eventually('a live call', () => rig.calls(handle.id).length > 0);
    await rig.images.toBatch(handle.id, BY);
    const { trail, images } = await handle.result();
    expect(images).toHaveLength(1);
    expect(trail.map(({ n }) => n)).toEqual(trail.map((_, i) => i + 1));
    expect(trail.at(-1)?.verdict).toBe('success');
    expect(trail.slice(0, -1).every(({ verdict }) => verdict.startsWith('capacity/'))).toBe(true);
    expect(items(handle.id)).toHaveLength(1);
    expect(rig.calls(handle.id)).toHaveLength(trail.length - 1);
  });

  it('cancelled while the lane collects: nothing is sent for it, and its job goes without it', async () => {
    const [gone, stays] = await Promise.all([start('a gull'), start('a tern')]);
    await phaseOf(gone, 'batching');
    await rig.images.cancel(gone.id);
    expect((await stays.result()).images).toHaveLength(1);
    expect(items(gone.id)).toHaveLength(0);
    expect((await gone.describe()).cost).toEqual({ sureUsd: 0, possibleUsd: 0 });
  });

  it('without the permission, or for a route that takes no batches, it is a live call', async () => {
    const { id, images } = await rig.images.generate({ prompt: 'a rook', model: MODEL, urgency: 'batch' });
    expect(images).toHaveLength(1);
    expect([items(id).length, rig.calls(id).length]).toEqual([0, 1]);
  });

  it('a tenant’s budget holds for what is in the lane and what is called live, together', async () => {
    const asked = { tenant: TENANT, routeOut: 'never', deadlineMs: 45_000 } as const;
    const live = { ...asked, urgency: 'standard', allow: { batch: false } } as const;
    const handles = await Promise.all(
      Array.from({ length: 8 }, (_, i) => start(`picture ${i}`, i % 3 === 2 ? live : asked)),
    );
    const ended = await Promise.allSettled(handles.map((handle) => handle.result()));
    const paid = handles.map(({ id }) => [...items(id), ...rig.calls(id)].filter(({ billed }) => billed));
    const usd = paid.flat().reduce((sum, call) => sum + call.usd, 0);
    expect(usd).toBeLessThanOrEqual(CAP_USD);
    expect(paid.filter((calls) => calls.length > 1)).toEqual([]);
    // What nobody can pay ends at its deadline: the cap is used, and not all could be.
    const refused = ended.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(handles.length);
  }, 120_000);

  it('the day’s quota is gone: a standard generation that allows it goes on as a batch', async () => {
    const given = { urgency: 'standard', routeOut: 'never' } as const;
    const handle = await start('a dove [[fault:quota-day*always]]', given);
    const { trail, pathWhy } = await handle.result();
    expect(trail.map(({ verdict }) => verdict)).toEqual(['quota-day/rpd', 'success']);
    expect(pathWhy).toContain('batch');
    expect(items(handle.id)).toHaveLength(1);
    // Who hears of it before its call need not prove it again.
    const next = await (await start('a duck', given)).result();
    expect(next.trail.map(({ verdict }) => verdict)).toEqual(['success']);
    expect([items(next.id).length, rig.calls(next.id).length]).toEqual([1, 0]);
  });
});

/** A zone where it is about noon now: no midnight comes in the middle of a test. */
function noonZone(): string {
  const ahead = 12 - new Date().getUTCHours();
  return `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

function quotaOfRig(): string {
  return `google/custom/default/${rig.emulator.url}`;
}
