/** A batch's activities, with a provider that does what a real one does once in a thousand. */
import { describe, expect, it } from 'vitest';
import { AttemptRecords } from '../../activities/attempt-records.ts';
import type { Delivery } from '../../src/contract/generation.ts';
import { activityOutcomeOf } from '../support/activity-failure.ts';
import { image } from '../artifacts/images.ts';
import { BatchWorld } from './batch-world.ts';

const JPEG = await image('jpeg');

function answer(key: string): string {
  const data = Buffer.from(JPEG).toString('base64');
  const response = {
    candidates: [
      {
        content: { role: 'model', parts: [{ inlineData: { mimeType: 'image/jpeg', data } }] },
        finishReason: 'STOP',
      },
    ],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 1120, totalTokenCount: 1130 },
    modelVersion: 'gemini-3-pro-image',
  };
  return JSON.stringify({ key, response });
}

describe('submitting', () => {
  it('dies between create and record 20 times: one job', async () => {
    const world = new BatchWorld();
    const items = await world.enter('a', 'b');
    world.store.diesBefore = /^batches\/lane-1\/created$/;
    for (let death = 0; death < 20; death += 1) {
      await expect(world.submit('lane-1', items)).rejects.toThrow('died');
    }
    world.store.diesBefore = undefined;
    expect(await world.submit('lane-1')).toMatchObject({ kind: 'created', job: 'batches/1' });
    expect(world.provider.jobs).toHaveLength(1);
    expect(world.provider.keysIn(1)).toEqual(['a/1', 'b/1']);
  });

  it.each([
    ['an item and its fence', /\/fence$/],
    ['the claims and the list', /\/items$/],
    ['the list and the file', /\/file$/],
    ['the file and the creation', /\/create\/1$/],
  ])('dies between %s: one job with all its items', async (_where, diesBefore) => {
    const world = new BatchWorld();
    const items = await world.enter('a', 'b');
    world.store.diesBefore = diesBefore;
    await expect(world.submit('lane-1', items)).rejects.toThrow('died');
    world.store.diesBefore = undefined;
    expect(await world.submit('lane-1', items)).toMatchObject({ kind: 'created' });
    expect(world.provider.jobs).toHaveLength(1);
    expect(world.provider.keysIn(1)).toEqual(['a/1', 'b/1']);
  });

  it('a creation whose answer was lost is found by its name', async () => {
    const world = new BatchWorld();
    const items = await world.enter('a');
    world.provider.creations.push('lost');
    expect(await world.submit('lane-1', items)).toMatchObject({ kind: 'later' });
    expect(await world.submit('lane-1')).toMatchObject({ kind: 'created', job: 'batches/1' });
    expect(world.provider.jobs).toHaveLength(1);
  });

  it('a creation that was refused is sent again, with the file that is there', async () => {
    const world = new BatchWorld();
    const items = await world.enter('a');
    world.provider.creations.push('refused', 'refused');
    expect(await world.submit('lane-1', items)).toMatchObject({ kind: 'later' });
    expect(world.told.at(-1)?.news.standing).toMatchObject({ kind: 'submitted', why: /too many jobs/ });
    expect(await world.submit('lane-1')).toMatchObject({ kind: 'later' });
    expect(await world.submit('lane-1')).toMatchObject({ kind: 'created' });
    expect([...world.provider.files.keys()].filter((name) => name.startsWith('files/'))).toHaveLength(1);
  });

  it('what no other try can mend is the verdict of each item', async () => {
    const world = new BatchWorld();
    const items = await world.enter('a', 'b');
    world.provider.creations.push('denied');
    expect(await world.submit('lane-1', items)).toMatchObject({ kind: 'empty' });
    expect(world.told.map(({ generation, news }) => [generation, news.standing.kind])).toEqual([
      ['a', 'answered'],
      ['b', 'answered'],
    ]);
    const failed = await activityOutcomeOf(world.run('gemini.extract', await world.input('a')));
    expect(failed.attempt?.classification).toMatchObject({ branch: 'permission' });
    expect(failed.attempt).toMatchObject({ billed: 'no' });
  });

  it('two lanes that collected the same item: it is in one job', async () => {
    const world = new BatchWorld();
    const [a, b, c] = await world.enter('a', 'b', 'c');
    const [one, other] = await Promise.all([
      world.submit('lane-1', [a, b] as never),
      world.submit('other-1', [b, c] as never),
    ]);
    expect([one.kind, other.kind]).toEqual(['created', 'created']);
    const keys = [...world.provider.keysIn(1), ...world.provider.keysIn(2)];
    expect(keys.toSorted()).toEqual(['a/1', 'b/1', 'c/1']);
    expect([...one.elsewhere, ...other.elsewhere]).toHaveLength(1);
  });

  it('no call that was made live goes into a job', async () => {
    const world = new BatchWorld();
    const items = await world.enter('a', 'b');
    const live = { requestDigest: 'x', fingerprint: 'y', sentAt: 0, callTimeoutMs: 1, worker: 'live' };
    await new AttemptRecords(world.store, 'a', 1).closeFence(live);
    await world.submit('lane-1', items);
    expect(world.provider.keysIn(1)).toEqual(['b/1']);
  });
});

describe('leaving', () => {
  it('before a job has it costs nothing, and no job takes it any more', async () => {
    const world = new BatchWorld();
    const items = await world.enter('a', 'b');
    expect(await world.run('gemini.leaveLane', items[0] as never)).toEqual({ kind: 'free' });
    await world.submit('lane-1', items);
    expect(world.provider.keysIn(1)).toEqual(['b/1']);
    expect(await new AttemptRecords(world.store, 'a', 1).fence()).toBeUndefined();
  });

  it('and coming back is another entry of the same call', async () => {
    const world = new BatchWorld();
    await world.enter('a');
    await world.run('gemini.leaveLane', { generation: 'a', n: 1, entry: 1 });
    await world.run('gemini.enterLane', { ...(await world.input('a')), entry: 2 });
    await world.submit(
      'lane-1',
      [1, 2].map((entry) => ({ generation: 'a', n: 1, entry })),
    );
    expect(world.provider.keysIn(1)).toEqual(['a/1']);
  });

  it('once a job has it may cost an item in vain, at the price of batches', async () => {
    const world = new BatchWorld();
    const items = await world.enter('a', 'b');
    await world.submit('lane-1', items);
    expect(await world.run('gemini.leaveLane', items[0] as never)).toEqual({ kind: 'answered' });
    const input = await world.input('a');
    const { attempt } = await activityOutcomeOf(world.run('gemini.extract', input));
    const [worst = 0] = input.snapshot.rungs[0]?.worstUsd ?? [];
    expect(attempt?.classification).toMatchObject({ branch: 'interrupted', reason: 'left-batch' });
    expect(attempt?.classification.message).toContain('left the batch lane by choice');
    expect(attempt?.cost).toEqual({ sureUsd: 0, possibleUsd: worst / 2 });
  });

  it('cancels a job only where nobody waits for it any more', async () => {
    const world = new BatchWorld();
    const items = await world.enter('a', 'b');
    await world.submit('lane-1', items);
    const cancel = () => world.run('gemini.cancelBatch', { ...LANE_JOB, since: Date.now() });
    await world.run('gemini.leaveLane', items[0] as never);
    await cancel();
    expect(world.provider.cancelled).toEqual([]);
    await world.run('gemini.leaveLane', items[1] as never);
    await cancel();
    expect(world.provider.cancelled).toEqual(['batches/1']);
  });
});

const LANE_JOB = {
  ...{ route: 'default', model: 'gemini-3-pro-image', account: 'google/custom/default' },
  ...{ name: 'lane-1', job: 'batches/1' },
} as const;

describe('taking in', () => {
  async function ended(results: readonly string[], ending: object = { state: 'succeeded' }) {
    const world = new BatchWorld();
    await world.submit('lane-1', await world.enter('a', 'b', 'c'));
    world.provider.end(1, ending, results);
    const watched = await world.watch('lane-1', 1);
    const verdict = async (id: string): Promise<string> => {
      const { attempt, delivery } = await activityOutcomeOf<Delivery>(
        world.run('gemini.extract', await world.input(id)),
      );
      return delivery === undefined
        ? `${attempt?.classification.branch} ${attempt?.billed}`
        : `${delivery.images.length} image`;
    };
    return { world, watched, verdicts: [await verdict('a'), await verdict('b'), await verdict('c')] };
  }

  it('keys in another order, one that is nobody’s, one twice: each item its own, once', async () => {
    const { verdicts, watched, world } = await ended([
      answer('c/1'),
      answer('z/9'),
      answer('a/1'),
      answer('b/1'),
      answer('a/1'),
    ]);
    expect(verdicts).toEqual(['1 image', '1 image', '1 image']);
    expect(watched).toMatchObject({ kind: 'done', answered: 3, missing: 0 });
    expect(world.told.filter(({ news }) => news.standing.kind === 'answered')).toHaveLength(3);
  });

  it('an error inside a job that succeeded is that item’s verdict', async () => {
    const error = { code: 3, message: 'Request contains an invalid argument.' };
    const { verdicts } = await ended([answer('a/1'), JSON.stringify({ key: 'b/1', error }), answer('c/1')]);
    expect(verdicts).toEqual(['1 image', 'invalid-request no', '1 image']);
  });

  it('a missing key, and a line that is broken: it may have been billed', async () => {
    const { verdicts, watched } = await ended([answer('a/1'), '{"key":"b/1","response":{"candi']);
    expect(verdicts).toEqual(['1 image', 'interrupted possible', 'interrupted possible']);
    expect(watched).toMatchObject({ answered: 1, missing: 2 });
  });

  it('a job that failed: its own error, in its own words, for each item', async () => {
    const error = { code: 13, message: 'Internal error encountered.' };
    const { verdicts } = await ended([], { state: 'failed', error });
    expect(verdicts).toEqual(['internal no', 'internal no', 'internal no']);
  });

  it('a job that expired before it answered anything: a timeout, nothing billed', async () => {
    const counts = { total: 3, succeeded: 0, failed: 0 };
    const { verdicts } = await ended([], { state: 'expired', counts });
    expect(verdicts).toEqual(['timeout no', 'timeout no', 'timeout no']);
  });

  it('a job that expired after that, or does not say: each item may have been billed', async () => {
    const counts = { total: 3, succeeded: 1, failed: 0 };
    for (const given of [{ counts }, {}]) {
      const { verdicts } = await ended([], { state: 'expired', ...given });
      expect(verdicts).toEqual(Array(3).fill('interrupted possible'));
    }
  });

  it('a job that somebody cancelled: what was done by then counts, the rest may have been billed', async () => {
    const { verdicts } = await ended([answer('a/1')], { state: 'cancelled' });
    expect(verdicts).toEqual(['1 image', 'interrupted possible', 'interrupted possible']);
  });

  it('half the price', async () => {
    const world = new BatchWorld();
    await world.submit('lane-1', await world.enter('a'));
    world.provider.end(1, { state: 'succeeded' }, [answer('a/1')]);
    await world.watch('lane-1', 1);
    const input = await world.input('a');
    const batch = await world.run('gemini.extract', input);
    const live = await world.run('gemini.extract', { ...input, variation: { rung: 0 } });
    expect(batch.attempt.cost.sureUsd).toBeCloseTo(live.attempt.cost.sureUsd / 2, 9);
    expect(batch.attempt.fingerprint).not.toBe(live.attempt.fingerprint);
  });

  it('however often it is taken in, an outcome is written once', async () => {
    const world = new BatchWorld();
    await world.submit('lane-1', await world.enter('a'));
    world.provider.end(1, { state: 'succeeded' }, [answer('a/1')]);
    await world.watch('lane-1', 1);
    const first = await new AttemptRecords(world.store, 'a', 1).outcome();
    world.provider.end(1, { state: 'succeeded' }, []);
    await world.watch('lane-1', 1);
    expect(await new AttemptRecords(world.store, 'a', 1).outcome()).toEqual(first);
  });

  it('a job that runs is left to run; beyond its two days it is given up', async () => {
    const world = new BatchWorld();
    await world.submit('lane-1', await world.enter('a'));
    expect(await world.watch('lane-1', 1)).toEqual({ kind: 'running' });
    expect(await world.watch('lane-1', 1, Date.now() - 50 * 3_600_000)).toMatchObject({ kind: 'done' });
    expect(world.provider.cancelled).toEqual(['batches/1']);
  });
});
