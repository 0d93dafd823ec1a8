/** What needs somebody is found with a few words, also where the namespace lacks search attributes and with every worker down. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerUnreachable } from '../../src/client/errors.ts';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import type { Listed } from '../../src/client/listed.ts';
import { stuck } from '../../src/client/listed.ts';
import type { DevServer } from '../../src/dev/server.ts';
import { startDevServer } from '../../src/dev/server.ts';
import { InvalidRequest } from '../../src/schema/request.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { asked, LEAKED, startOperatorRig, twoRoutes } from './operator-rig.ts';

let plain: DevServer;
const rigs: Record<string, Rig> = {};

beforeAll(async () => {
  plain = await startDevServer();
  rigs['with search attributes'] = await startOperatorRig();
  rigs['without them'] = await startOperatorRig({ server: plain });
});
afterAll(async () => {
  for (const rig of Object.values(rigs)) await rig.close();
  await plain.stop();
});

function found(listing: readonly Listed[], id: string): Listed | undefined {
  return listing.find((each) => each.id === id);
}

const MOST = { limit: 1_000 } as const;

describe.for(['with search attributes', 'without them'])('in a namespace %s', (where) => {
  it('a held one is stuck, with its cause, its evidence and what may be chosen, and needs no worker', async () => {
    const rig = rigs[where] as Rig;
    const worker = await rig.worker(twoRoutes(rig));
    const { id: well } = await rig.images.generate({ prompt: 'a fox' });
    const { id: dead } = await rig.images.start({ prompt: 'a fox [[fault:prohibited-content]]' });
    await errorOf(rig.images.result(dead));
    // Last, because its hold stops everything else on that key.
    const { id } = await rig.images.start({ prompt: `a held fox ${LEAKED}` });
    const { ask, until } = await asked(rig, id);
    await worker.stop();

    const held = await eventually('it in the list', async () =>
      found(await rig.images.list({ stuck: true, ...MOST }), id),
    );
    expect(held).toMatchObject({
      status: 'running',
      phase: 'held',
      branch: 'permission',
      reason: 'key-leaked',
      evidence: ask.evidence,
      choices: ask.choices,
      until,
    });
    // Its worker held it by itself: no governor answers for it.
    const groups = await rig.images.causes();
    expect(groups.find(({ oldest }) => oldest === id)).toMatchObject({ branch: 'permission', isLocal: true });
    expect(held.why).not.toBe('');
    expect(held.since).toBeLessThanOrEqual(Date.now());

    const letter = await eventually('the dead letter', async () =>
      found(await rig.images.list({ dead: true, ...MOST }), dead),
    );
    expect(letter).toMatchObject({ status: 'failed', phase: 'dead', branch: 'policy' });
    expect(letter.evidence).toBeUndefined();

    const permission = await rig.images.list({ branch: 'permission', ...MOST });
    expect(found(permission, id)).toMatchObject({ branch: 'permission' });
    expect(permission.every(({ branch }) => branch === 'permission')).toBe(true);
    expect(found(await rig.images.list({ branch: 'policy', dead: true, ...MOST }), dead)).toBeDefined();
    for (const options of [{ stuck: true }, { dead: true }, { branch: 'permission' as const }]) {
      expect(found(await rig.images.list({ ...options, ...MOST }), well)).toBeUndefined();
    }
    expect(found(await rig.images.list(MOST), well)).toMatchObject({ status: 'completed', why: '' });
    await rig.client.workflow.getHandle(id).terminate('the test is over');
    const gone = await eventually('its end in the list', async () => {
      const each = found(await rig.images.list({ status: 'terminated', ...MOST }), id);
      return each?.status === 'terminated' && each;
    });
    expect(gone).toMatchObject({ phase: 'terminated', branch: 'permission' });
    expect(gone.choices).toBeUndefined();
  });

  it('looks at no more than it needs, and tells how much that was', async () => {
    const rig = rigs[where] as Rig;
    const one = await rig.images.list({ limit: 1 });
    expect([one.length, one.lookedAt]).toEqual([1, 1]);
    const all = await rig.images.list(MOST);
    expect(all.lookedAt).toBe(all.length);
    expect((await rig.images.list({ stuck: true, ...MOST })).lookedAt).toBeLessThanOrEqual(all.length);
  });
});

describe('stuck', () => {
  const NOW = Date.UTC(2026, 10, 21, 12);
  const MINUTE = 60_000;
  const open: Listed = {
    id: 'gemini-image/x',
    runId: 'run',
    status: 'running',
    startedAt: new Date(NOW - 60 * MINUTE).toISOString(),
    why: '',
  };
  const waiting = (since: number, estimate?: number): Listed => ({
    ...open,
    phase: 'waiting',
    why: '60 a minute',
    since: NOW - since * MINUTE,
    ...(estimate === undefined ? {} : { until: NOW + (estimate - since) * MINUTE }),
  });

  it.each([
    ['a wait of less than 15 minutes, whatever it estimated', waiting(14, 1), false],
    ['one of 15 minutes that was to take ten', waiting(15, 10), true],
    ['one of 15 minutes that was to take eleven', waiting(15, 11), false],
    ['one of 29 minutes that was to take 20', waiting(29, 20), false],
    ['one of 30 minutes that was to take 20', waiting(30, 20), true],
    ['one without an estimate, after 15 minutes', waiting(15), true],
    ['one that waits for a person, at once', { ...waiting(0, 600), phase: 'awaiting-operator' }, true],
    ['one that is held, at once', { ...waiting(0, 600), phase: 'held', why: '' }, true],
    ['one of an hour that nobody has reported on', open, true],
    ['one that has just begun', { ...open, startedAt: new Date(NOW - MINUTE).toISOString() }, false],
    ['one that has ended', { ...waiting(600), status: 'failed' }, false],
  ] as const)('%s', (_, generation, expected) => {
    const seen = stuck(generation, NOW);
    expect(seen !== undefined).toBe(expected);
    if (expected) expect(seen?.why).not.toBe('');
  });

  it('says of one without a memo that no worker has reported on it', () => {
    expect(stuck(open, NOW)?.why).toBe('no worker has reported on it');
  });
});

describe('bad input', () => {
  it.each([
    ['status', { status: 'stuck' }],
    ['branch', { branch: "x' OR WorkflowType = 'y" }],
    ['limit', { limit: 0 }],
    ['limit', { limit: 1.5 }],
  ])('%s is refused by name: %j', async (field, options) => {
    const rig = rigs['without them'] as Rig;
    const error = (await errorOf(rig.images.list(options as never))) as InvalidRequest;
    expect(error).toBeInstanceOf(InvalidRequest);
    expect(error.problems[0]?.field).toBe(field);
  });

  it('a page that does not come within the deadline is ServerUnreachable', async () => {
    const { client, store } = rigs['without them'] as Rig;
    const hurried = new GeminiImages({ client, store, rpcDeadlineMs: 0 });
    expect(await errorOf(hurried.list())).toBeInstanceOf(ServerUnreachable);
  });
});
