/**
 * All dead letters of one cause come back, each once and each with who and why (I12); those of another cause stay.
 * Where the cause remains only the proof is paid for. The emulator's ledger is judge of what was sent.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GenerationFailed } from '../../src/client/errors.ts';
import type { CauseRevivalRequest } from '../../src/client/revive-cause.ts';
import { PROOF } from '../../src/client/revive-pace.ts';
import { InvalidRequest } from '../../src/schema/request.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import { ownNamespace } from '../support/namespaces.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';
import { BY } from './operator-rig.ts';

let rig: Rig;

beforeAll(async () => {
  // Of a namespace of its own: whatever died of the cause there comes back, whoever started it.
  rig = await startRig({ server: await ownNamespace() });
  await rig.worker();
});
afterAll(() => rig.close());

/** Milliseconds: several generations on a busy machine. */
const SLOW = 120_000;
const ONCE = '[[fault:invalid-request]]';
const ALWAYS = '[[fault:invalid-request*always]]';

async function dead(prompts: readonly string[]): Promise<readonly string[]> {
  const handles = await Promise.all(prompts.map((prompt) => rig.images.start({ prompt })));
  const errors = await Promise.all(handles.map(({ id }) => errorOf(rig.images.result(id))));
  for (const error of errors) expect(error).toBeInstanceOf(GenerationFailed);
  return handles.map(({ id }) => id);
}

/** Visibility knows them a moment after they ended. */
async function listed(ids: readonly string[]): Promise<void> {
  await eventually('dead letters in the list', async () => {
    const found = (await rig.images.list({ dead: true, limit: 1_000 })).map(({ id }) => id);
    return ids.every((id) => found.includes(id));
  });
}

const callsOf = (ids: readonly string[]): readonly number[] => ids.map((id) => rig.calls(id).length);

describe('revived by their cause', { timeout: SLOW }, () => {
  it('all of it, the oldest first, each once; another cause stays; told who and why', async () => {
    const ours = await dead(Array.from({ length: 6 }, (_, i) => `a heron, number ${i} ${ONCE}`));
    const [other = ''] = await dead(['a heron [[fault:prohibited-content]]']);
    await listed([...ours, other]);
    const told: string[] = [];
    const request = { cause: 'invalid-request', ...BY, onEach: ({ id }: { id: string }) => told.push(id) };
    const report = await rig.images.reviveCause(request);
    expect(report).toMatchObject({ revived: 6, refused: [], left: 0, complete: true });
    expect(report.why).toBeUndefined();
    expect(told.toSorted()).toEqual(ours.toSorted());
    await Promise.all(ours.map((id) => rig.images.result(id)));
    expect(callsOf([...ours, other])).toEqual([2, 2, 2, 2, 2, 2, 1]);
    for (const id of ours) expect((await rig.images.describe(id)).revival).toMatchObject(BY);

    expect(await rig.images.reviveCause(request)).toMatchObject({ revived: 0, refused: [], left: 0 });
    expect(callsOf(ours)).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it('stopped half-way and begun again, as by a console that ends: what is left comes back, and nobody twice', async () => {
    const ids = await dead(Array.from({ length: 8 }, (_, i) => `a crane, number ${i} ${ONCE}`));
    await listed(ids);
    const stop = new AbortController();
    const told: string[] = [];
    const onEach = ({ id }: { id: string }) => {
      if (told.push(id) === PROOF + 1) stop.abort();
    };
    const request = { cause: 'invalid-request', ...BY, onEach };
    const first = await rig.images.reviveCause({ ...request, signal: stop.signal });
    expect(first.left).toBeGreaterThan(0);
    await Promise.all(told.map((id) => rig.images.result(id)));
    const again = await rig.images.reviveCause(request);
    expect(again).toMatchObject({ refused: [], left: 0, complete: true });
    await Promise.all(ids.map((id) => rig.images.result(id)));
    expect(first.revived + again.revived).toBe(8);
    expect(callsOf(ids)).toEqual(ids.map(() => 2));
  });

  it('where the cause remains: the proof is tried, the rest is left as it is, and may be begun again', async () => {
    const ids = await dead(Array.from({ length: PROOF + 4 }, (_, i) => `a bittern, number ${i} ${ALWAYS}`));
    await listed(ids);
    const report = await rig.images.reviveCause({ cause: 'invalid-request', ...BY });
    expect(report).toMatchObject({
      revived: PROOF,
      left: 4,
      why: expect.stringContaining('none of the first'),
    });
    const calls = callsOf(ids);
    expect(calls.filter((n) => n === 2)).toHaveLength(PROOF);
    expect(calls.filter((n) => n === 1)).toHaveLength(4);

    const changed = await rig.images.reviveCause({
      ...{ cause: 'invalid-request', ...BY, limit: 2 },
      change: { prompt: 'a bittern in the reeds' },
    });
    expect(changed).toMatchObject({ revived: 2, why: 'the limit is reached' });
  });

  it('a broken use policy never travels: refused by name, unless the prompt is another one (I14)', async () => {
    const ids = await dead(['a stork [[fault:prohibited-content*always]]']);
    await listed(ids);
    const narrow = `WorkflowId = '${ids[0]}'`;
    const as = await rig.images.reviveCause({ cause: 'policy', ...BY, query: narrow });
    expect(as).toMatchObject({ revived: 0, refused: [{ id: ids[0] }], left: 0 });
    expect(as.refused[0]?.why).toContain('use policy');
    const change = { prompt: 'a stork on its nest' };
    expect(await rig.images.reviveCause({ cause: 'policy', ...BY, query: narrow, change })).toMatchObject({
      revived: 1,
    });
    await rig.images.result(ids[0] ?? '');
  });

  it.each<[Partial<CauseRevivalRequest> & { readonly cause: string }, string]>([
    [{ cause: 'weather' }, 'cause'],
    [{ cause: 'capacity/' }, 'cause'],
    [{ cause: 'capacity', limit: 0 }, 'limit'],
    [{ cause: 'capacity', perMinute: -1 }, 'perMinute'],
    [{ cause: 'capacity', query: 'Colour = ' }, 'query'],
    [{ cause: 'capacity', change: { prompt: '' } }, 'prompt'],
  ])('%j is refused and names %s', async (given, field) => {
    const error = await errorOf(rig.images.reviveCause({ ...BY, ...given }));
    expect(error).toBeInstanceOf(InvalidRequest);
    expect((error as InvalidRequest).problems[0]?.field).toContain(field);
  });
});
