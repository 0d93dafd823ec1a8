/**
 * Dead letters by what they died of, counted by the server and read from memos: what was revived since is left out, a
 * namespace without search attributes and a store that is away are told as what they are.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.ts';
import type { DevServer } from '../../src/dev/server.ts';
import { startDevServer } from '../../src/dev/server.ts';
import { InvalidRequest } from '../../src/schema/request.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import { ownNamespace } from '../support/namespaces.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';
import { BY } from './operator-rig.ts';

let server: DevServer;
const rigs: Record<string, Rig> = {};
beforeAll(async () => {
  server = await startDevServer({ searchAttributes: SEARCH_ATTRIBUTES });
  rigs['with search attributes'] = await startRig({ server });
  rigs['without them'] = await startRig({ server: await ownNamespace(server) });
  for (const rig of Object.values(rigs)) await rig.worker();
});
afterAll(async () => {
  for (const rig of Object.values(rigs)) await rig.close();
  await server.stop();
});

const SLOW = 120_000;

async function dead({ images }: Rig, prompts: readonly string[]): Promise<readonly string[]> {
  const handles = await Promise.all(prompts.map((prompt) => images.start({ prompt })));
  await Promise.all(handles.map(({ id }) => errorOf(images.result(id))));
  return handles.map(({ id }) => id);
}

describe.for(['with search attributes', 'without them'])('in a namespace %s', { timeout: SLOW }, (where) => {
  it('tells how many died of what, since when, at what cost; a revived one is dead no more', async () => {
    const rig = rigs[where] as Rig;
    expect([...(await rig.images.deadCauses())]).toEqual([]);
    await dead(
      rig,
      [1, 2, 3].map((n) => `a heron, number ${n} [[fault:invalid-request]]`),
    );
    const [broke = ''] = await dead(rig, ['a heron [[fault:prohibited-content]]']);
    await rig.images.generate({ prompt: 'a heron' });
    const causes = await eventually('all of them in the list', async () => {
      const found = await rig.images.deadCauses();
      return found.total === 4 && found.lookedAt === 4 ? found : undefined;
    });
    expect(causes.map(({ branch, count }) => [branch, count])).toEqual([
      ['invalid-request', 3],
      ['policy', 1],
    ]);
    const [first, second] = causes;
    expect(second).toMatchObject({ name: `policy/${second?.reason}`, unread: 0, priced: 1 });
    expect(second?.examples.map(({ id }) => id)).toEqual([broke]);
    expect(second?.why).not.toBe('');
    expect(second?.message).not.toBe('');
    expect(first?.newest).toBeGreaterThanOrEqual(first?.oldest ?? Infinity);
    expect(causes.revived).toBe(0);

    const [letter] = first?.examples ?? [];
    await rig.images.revive(letter?.id ?? '', BY);
    const after = await rig.images.deadCauses({ cause: 'invalid-request', examples: 2 });
    expect(after.map(({ count, examples }) => [count, examples.length])).toEqual([[2, 2]]);
    expect(after.revived).toBe(1);
    expect(after[0]?.examples.map(({ runId }) => runId)).not.toContain(letter?.runId);
  });
});

describe('on a bad day', { timeout: SLOW }, () => {
  it('what is not read is told: of each branch the newest, and how many more there may be', async () => {
    const rig = rigs['with search attributes'] as Rig;
    const [newest = ''] = await dead(rig, ['one more heron [[fault:invalid-request]]']);
    const causes = await eventually('it in the list', async () => {
      const found = await rig.images.deadCauses({ lookAt: 1 });
      return found.some(({ examples }) => examples[0]?.id === newest) ? found : undefined;
    });
    expect(causes.find(({ branch }) => branch === 'invalid-request')).toMatchObject({ count: 1, unread: 3 });
    expect(causes.find(({ branch }) => branch === 'policy')).toMatchObject({ count: 1, unread: 0 });
  });

  it('a store that is away hides no dead letter: which were revived is unknown', async () => {
    const { client, store } = rigs['with search attributes'] as Rig;
    const away: ArtifactStore = Object.create(store, {
      readRecord: { value: () => Promise.reject(new Error('the store is away')) },
    });
    const causes = await new GeminiImages({ client, store: away }).deadCauses();
    expect(causes.revived).toBeUndefined();
    expect(causes.reduce((sum, { count }) => sum + count, 0)).toBe(causes.total);
  });

  it.each([
    [{ cause: 'weather' }, 'cause'],
    [{ cause: 'capacity/' }, 'cause'],
    [{ lookAt: 0 }, 'lookAt'],
  ])('%j is refused and names %s', async (options, field) => {
    const error = await errorOf((rigs['without them'] as Rig).images.deadCauses(options));
    expect(error).toBeInstanceOf(InvalidRequest);
    expect((error as InvalidRequest).problems[0]?.field).toBe(field);
  });
});
