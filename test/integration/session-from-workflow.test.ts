/** Edit sessions from a caller's own workflow, with everything real: Temporal, HTTP, files on disk. */
import { randomUUID } from 'node:crypto';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowBundle } from '@temporalio/worker';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { GenerationFailure } from '../../src/contract/generation.ts';
import { FAILURES } from '../../src/contract/names.ts';
import { sessionId } from '../../src/contract/session-id.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import type * as callers from '../support/caller-workflows.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';
import { ROOT } from '../support/root.ts';

const SLOW = 90_000;
const CALLERS = `${ROOT}/test/support/caller-workflows.ts`;

let rig: Rig;
let bundle: WorkflowBundle;
beforeAll(async () => {
  rig = await startRig({ emulator: { signatureChecks: true, latencyMs: 10 } });
  await symlink(`${ROOT}/node_modules`, join(rig.directory, 'node_modules'));
  const workflowsPath = join(rig.directory, 'workflows.ts');
  await writeFile(workflowsPath, `export * from '${CALLERS}';\n${await documented()}`);
  bundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  await rig.worker({ worker: { workflowBundle: bundle } });
}, SLOW);
afterAll(() => rig.close());

type Callers = typeof callers;
type Workflows = {
  [K in keyof Callers]: Callers[K] extends (...args: never[]) => Promise<unknown> ? Callers[K] : never;
};

/** The workflow of the documents as it stands there, but for where a user has installed us. */
async function documented(): Promise<string> {
  const document = await readFile(`${ROOT}/docs/sessions.md`, 'utf8');
  const [, example = ''] = /```ts\n(export \* from[\s\S]*?)```\n/.exec(document) ?? [];
  return example
    .replaceAll('temporal-gemini-images/workflows', `${ROOT}/workflows/index.ts`)
    .replace(/^export \*.*$/m, '');
}

async function start<K extends keyof Workflows>(name: K, ...args: Parameters<Workflows[K]>) {
  const workflowId = `caller-${randomUUID()}`;
  const options = { workflowId, taskQueue: rig.taskQueue, args };
  return await rig.client.workflow.start<Workflows[K]>(name, options as never);
}

async function run<K extends keyof Workflows>(name: K, ...args: Parameters<Workflows[K]>) {
  return await (await start(name, ...args)).result();
}

const callsOf = (session: string, turnId: string) => rig.calls(`${session}/${turnId}`);
const statusOf = async (id: string) => (await rig.client.workflow.getHandle(id).describe()).status.name;

describe.concurrent('a session from a workflow', { timeout: SLOW }, () => {
  it('turns that are asked at once run in the order in which they were asked, and come to references', async ({
    expect,
  }) => {
    const id = randomUUID();
    const turns = ['a', 'b', 'c', 'd'].map((turnId) => ({ turnId, prompt: `a fox, ${turnId}` }));
    const results = await run('edits', { id }, turns);
    expect(results.map(({ turnId }) => turnId)).toEqual(['a', 'b', 'c', 'd']);
    expect(results.map(({ use }) => use)).toEqual(['none', 'verbatim', 'verbatim', 'verbatim']);
    const session = rig.images.openSession(id);
    expect((await session.turns()).map(({ after }) => after)).toEqual([undefined, 'a', 'b', 'c']);
    expect(callsOf(session.id, 'd')[0]?.history?.contents).toBe(6);
    for (const { images } of results) expect(await rig.store.stat(images[0]?.sha256 ?? '')).toBeDefined();
    expect(JSON.stringify(results).length).toBeLessThan(16 * 1024);
  });

  it('a turn id that is asked twice is one turn, and both are told', async ({ expect }) => {
    const id = randomUUID();
    const turn = { turnId: 'a', prompt: 'a fox' };
    const [one, other] = await run('edits', { id }, [turn, turn]);
    expect(other).toEqual(one);
    expect(await run('edits', { id }, [turn])).toEqual([one]);
    expect(callsOf(sessionId(id), 'a')).toHaveLength(1);
  });

  it('a failed turn is caught as a failed generation is, asked again too, and the conversation goes on', async ({
    expect,
  }) => {
    const id = randomUUID();
    const { turn, again, generation, next } = await run('goesOnAfterAFailure', id);
    for (const each of [turn, again, generation]) {
      expect(each).toMatchObject({ name: 'ApplicationFailure', type: 'gemini.policy', isChildFailure: true });
    }
    const failures = [turn, again, generation].map(({ details }) => details?.[0] as GenerationFailure);
    const [whole, kept, childs] = failures;
    expect(whole?.id).toBe(`${sessionId(id)}/b`);
    expect(Object.keys(whole ?? {}).sort()).toEqual(Object.keys(childs ?? {}).sort());
    expect({ ...whole?.classification, message: '' }).toEqual({ ...childs?.classification, message: '' });
    expect(whole?.trail).toHaveLength(1);
    expect(kept).toMatchObject({
      ...{ id: whole?.id, cost: whole?.cost, trail: [] },
      classification: { branch: 'policy', reason: whole?.classification.reason, owner: 'caller' },
    });
    expect(callsOf(sessionId(id), 'b')).toHaveLength(1);
    expect(next.use).toBe('verbatim');
    expect(callsOf(sessionId(id), 'c')[0]?.history?.contents).toBe(2);
  });

  it('what a session does not take is refused in its own words, and what is undone twice is undone once', async ({
    expect,
  }) => {
    const id = randomUUID();
    const { undone, closed, ...refusals } = await run('isRefused', id);
    for (const each of Object.values(refusals)) {
      expect(each).toMatchObject({ type: FAILURES.session, isChildFailure: false });
    }
    const { otherWords, badField, notLast, unknown, badFix, afterClose, nowhere } = refusals;
    const client = await errorOf(rig.images.openSession(id).edit({ turnId: 'z', prompt: 'no' }));
    expect(client.message).toContain('fork it to go on');
    expect(otherWords.message).toBe('turnId: a is another turn already; give a new id');
    expect(badField.message).toBe('inputs: must be a list of objects');
    expect(notLast.message).toMatch(/a is not the last turn of the conversation, b is/);
    expect(unknown.message).toBe('turnId: must be a turn of this session');
    expect(badFix.message).toMatch(/^right: must not be empty/);
    expect(undone).toEqual([
      { undone: 'b', head: 'a' },
      { undone: 'b', head: 'a' },
    ]);
    expect(closed).toMatchObject({ id: sessionId(id), head: 'a', turns: 2 });
    expect(afterClose.message).toMatch(/fork it/);
    expect(nowhere.message).toMatch(/gemini-session\/never-started: it has ended, or was never started/);
  });

  it('a workflow that continues as new goes on with the same session, and no turn runs twice', async ({
    expect,
  }) => {
    const id = randomUUID();
    const handle = await start('continues', id);
    const results = await handle.result();
    expect(results.map(({ turnId }) => turnId)).toEqual(['b', 'c']);
    for (const turnId of ['a', 'b', 'c']) expect(callsOf(sessionId(id), turnId)).toHaveLength(1);
    expect(callsOf(sessionId(id), 'c')[0]?.history?.contents).toBe(4);
    expect(await statusOf(sessionId(id))).toBe('RUNNING');
  });

  it('cancelled in the middle of a turn: the call is aborted and booked, what waits is not begun, the session lives', async ({
    expect,
  }) => {
    const id = randomUUID();
    const handle = await start('edits', { id }, [
      { turnId: 'a', prompt: 'a fox' },
      { turnId: 'b', prompt: 'slowly [[fault:slow-headers(20s)]]' },
      { turnId: 'c', prompt: 'never' },
    ]);
    await eventually('the call', () => callsOf(sessionId(id), 'b').length === 1);
    await handle.cancel();
    await errorOf(handle.result());
    expect(await statusOf(handle.workflowId)).toBe('CANCELLED');
    const session = rig.images.openSession(id);
    expect((await session.turns()).map(({ status }) => status)).toEqual(['done', 'cancelled', 'cancelled']);
    expect((await session.turns())[1]?.failed?.cost?.possibleUsd).toBeGreaterThan(0);
    expect(callsOf(session.id, 'c')).toEqual([]);
    await (await session.edit({ turnId: 'd', prompt: 'in snow' })).result();
    expect(callsOf(session.id, 'd')[0]?.history?.contents).toBe(2);
  });

  it('a session that does not outlive its workflow is cancelled with it, one that does stays open', async ({
    expect,
  }) => {
    const [stays, goes] = await Promise.all([
      run('leaves', { id: randomUUID() }),
      run('leaves', { id: randomUUID(), outlives: false }),
    ]);
    await eventually('its end', async () => (await statusOf(goes)) === 'CANCELLED');
    expect(await statusOf(stays)).toBe('RUNNING');
  });

  it('a session that is terminated under a waiting workflow refuses: nobody waits for ever', async ({
    expect,
  }) => {
    const id = randomUUID();
    const handle = await start('edits', { id }, [
      { turnId: 'a', prompt: 'slowly [[fault:slow-headers(20s)]]' },
    ]);
    await eventually('the call', () => callsOf(sessionId(id), 'a').length === 1);
    await rig.client.workflow.getHandle(sessionId(id)).terminate('by hand');
    expect(await errorOf(handle.result())).toMatchObject({ cause: { type: FAILURES.session } });
  });
});

describe.concurrent('what was done', { timeout: SLOW }, () => {
  it('the example of the documents runs as it stands', async ({ expect }) => {
    const id = randomUUID();
    const options = { workflowId: `caller-${id}`, taskQueue: rig.taskQueue, args: [id] };
    const [sha256] = (await rig.client.workflow.execute('drawFox', options)) as string[];
    const [, , last] = await rig.images.openSession(id).turns();
    expect(last).toMatchObject({ turnId: 'scene-1', after: 'scene-0', done: { images: [{ sha256 }] } });
  });

  it('is replayed from history alike, of the workflow that asks and of the session', async ({ expect }) => {
    const id = randomUUID();
    const handle = await start('goesOnAfterAFailure', id);
    await handle.result();
    const session = rig.client.workflow.getHandle(sessionId(id));
    for (const each of [handle, session]) {
      const replayed = Worker.runReplayHistory(
        { workflowBundle: bundle },
        await each.fetchHistory(),
        each.workflowId,
      );
      await expect(replayed).resolves.toBeUndefined();
    }
  });
});

describe.concurrent('letters that are wrong', { timeout: SLOW }, () => {
  it('of a generation are corrected in a session that begins with its image, from a workflow', async ({
    expect,
  }) => {
    const id = randomUUID();
    const fixed = await run('correctsAPoster', id);
    const [call] = callsOf(sessionId(id), 'letters');
    expect(call?.inputs).toHaveLength(1);
    expect(fixed.images).toHaveLength(1);
    const { prompt } = (await rig.images.request(fixed.generationId)) ?? {};
    expect(prompt).toContain('it must read exactly “GRAND OPENING”.');
    expect(prompt).toContain('Now it wrongly reads “GRAND OPENNING”.');
    await eventually('its end', async () => (await statusOf(sessionId(id))) === 'COMPLETED');
  });

  it('of a generation are corrected by the client, on that path only unless more is allowed', async ({
    expect,
  }) => {
    const poster = await rig.images.generate({ prompt: 'a poster', model: 'gemini-3-pro-image', size: '1K' });
    const session = await rig.images.session({ model: poster.model, size: '1K', allow: 'available' });
    const inputs = [{ artifact: poster.images[0]?.sha256 ?? '' }];
    const turn = await session.fixText({ turnId: 'letters', inputs, right: 'OPEN', where: 'the door' });
    await turn.result();
    expect(callsOf(session.id, 'letters')[0]?.inputs).toMatchObject([{ sha256: inputs[0]?.artifact }]);
    expect((await rig.images.request(turn.generationId))?.allow).toMatchObject({
      models: [],
      rewrite: 'never',
    });
    await session.undo();
    const wider = await session.fixText({ inputs, right: 'OPEN', spelled: true, allow: 'available' });
    await wider.result();
    expect((await rig.images.request(wider.generationId))?.allow.models).toBe('chain');
    expect(await errorOf(session.fixText({ right: 'x'.repeat(101) }))).toMatchObject({
      name: 'InvalidRequest',
    });
    expect((await errorOf(session.fixText({ rigth: 'x' } as never))).message).toMatch(/rigth is not a field/);
  });
});
