/** What a generation writes down of itself as it ends, and that an earlier release's writes nothing. */
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEMO } from '../../src/contract/names.ts';
import type { Tally } from '../../src/domain/tally.ts';
import { tallySchema } from '../../src/schema/tally.ts';
import { failed, FLASH, PRO } from '../support/attempts.ts';
import { Courses } from '../support/course.ts';
import { LOOKING } from '../support/standing.ts';

let courses: Courses;
beforeAll(async () => {
  courses = await Courses.open('tally');
});
afterAll(() => courses.env.teardown());

const TALLIES = { tallies: true } as const;
const overloaded = failed('capacity', 'overloaded');

async function tallyOf(handle: WorkflowHandle): Promise<Tally> {
  const { memo } = await handle.describe();
  const tally = memo?.[MEMO.ended];
  expect(tallySchema.safeParse(tally).error).toBeUndefined();
  return tally as Tally;
}

async function eventsOf(handle: WorkflowHandle): Promise<number> {
  return (await handle.fetchHistory()).events?.length ?? 0;
}

describe('the tally of a generation', () => {
  it('clean: one event more, in the task that ends it, and history stays under 16 KiB', async () => {
    const { handle } = await courses.deliver(
      { calls: ['image'], snapshot: TALLIES },
      { tenant: 'acme', urgency: 'batch' },
    );
    expect(await eventsOf(handle)).toBe(13);
    expect((await handle.describe()).historySize ?? 0).toBeLessThan(16 * 1024);
    expect(await tallyOf(handle)).toEqual({
      v: 1,
      end: 'done',
      images: 1,
      drafts: 0,
      urgency: 'batch',
      deadlineMs: 72 * 3_600_000,
      tenant: 'acme',
      waitMs: {},
      calls: [
        {
          hour: 0,
          route: PRO.route,
          model: PRO.model,
          tier: PRO.tier,
          calls: 1,
          billed: 1,
          maybeBilled: 0,
          sureUsd: 0.1,
          possibleUsd: 0,
        },
      ],
    });
  });

  it('of an earlier release’s snapshot: none, and 12 events', async () => {
    const { handle } = await courses.deliver({ calls: ['image'] });
    expect(await eventsOf(handle)).toBe(12);
    expect((await handle.describe()).memo?.[MEMO.ended]).toBeUndefined();
  });

  it('alike calls are one group; waits are told by what was waited for', async () => {
    const quota = [{ kind: 'wait', ms: 300_000, why: '60 a minute', limit: 'rpm', place: 8 }] as const;
    const { handle } = await courses.deliver({
      calls: [overloaded, overloaded, 'image'],
      quota: [...quota],
      snapshot: { ...TALLIES, rungs: [PRO, FLASH] },
    });
    const { calls, waitMs } = await tallyOf(handle);
    expect(calls.map(({ model, verdict, calls: n }) => [model, verdict, n])).toEqual([
      [PRO.model, 'capacity/overloaded', 2],
      [FLASH.model, undefined, 1],
    ]);
    expect(Object.keys(waitMs).toSorted()).toEqual(['retest', 'rpm']);
    expect(waitMs.rpm).toBeGreaterThanOrEqual(300_000);
    expect(waitMs.retest).toBeGreaterThanOrEqual(20_000);
  });

  it('dead: what ended it, with every call of it, and no event more than without', async () => {
    const script = () => ({ calls: [failed('policy', 'prohibited-content')] });
    const { handle } = await courses.die({ ...script(), snapshot: TALLIES });
    const { handle: before } = await courses.die(script());
    expect(await eventsOf(handle)).toBe(await eventsOf(before));
    expect(await tallyOf(handle)).toMatchObject({
      end: 'dead',
      verdict: 'policy/prohibited-content',
      images: 0,
      calls: [{ verdict: 'policy/prohibited-content', calls: 1, billed: 0 }],
    });
  });

  it('cancelled while it backs off: the calls that were made', async () => {
    const handle = await courses.during({ calls: [overloaded], snapshot: TALLIES }, {}, async (started) => {
      await courses.until(started.handle, ({ phase }) => phase.phase === 'backing-off', 1_000);
      await started.handle.cancel();
      await expect(started.handle.result()).rejects.toThrow();
      return started.handle;
    });
    const tally = await tallyOf(handle);
    expect(tally).toMatchObject({ end: 'cancelled', images: 0, calls: [{ calls: 1 }] });
  });

  it('a text model’s call is one of its own kind', async () => {
    const withheld = failed('safety-image', 'image-safety');
    const prompts = [{ prompt: { sha256: '0'.repeat(64), bytes: 20 }, change: 'softer' }];
    const record = 'c'.repeat(64);
    const { handle } = await courses.deliver({
      calls: [withheld, withheld, 'image'],
      prompts: [{ remedy: 'rewrite', ok: true, prompts, techniques: ['art-style'], record }],
      snapshot: {
        ...LOOKING,
        ...TALLIES,
        permits: { rewrite: 'auto' },
        text: { route: 'default', model: 'gemini-flash-latest', worstUsd: 0.08 },
      },
    });
    const { calls } = await tallyOf(handle);
    expect(calls.find(({ text }) => text === true)).toMatchObject({
      model: 'gemini-flash-latest',
      tier: 'standard',
      calls: 1,
      sureUsd: 0.001,
    });
  });

  it('a revived one counts its own run alone', async () => {
    const revival = { of: 'run', by: 'ann', why: 'again', attempts: 3, requestDigest: 'digest' };
    const { handle, scripts } = await courses.startOnly(
      { calls: ['image'], snapshot: TALLIES },
      {},
      undefined,
      revival,
    );
    const worker = await courses.workerFor(scripts, handle.workflowId);
    await worker.runUntil(() => handle.result());
    expect(await tallyOf(handle)).toMatchObject({ revived: true, calls: [{ calls: 1 }] });
  });
});
