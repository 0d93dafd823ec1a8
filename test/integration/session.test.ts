/**
 * Edit sessions with everything real: Temporal, HTTP, files on disk. The emulator refuses a model turn whose
 * signature is missing or another one, and its ledger tells what each call carried.
 */
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GenerationFailed } from '../../src/client/errors.ts';
import type { SessionHandle, TurnHandle } from '../../src/client/session-handle.ts';
import { SessionRefused, UnknownSession } from '../../src/client/session-errors.ts';
import type { LedgerEntry } from '../../src/emulator/index.ts';
import type { TurnDraft } from '../../src/schema/session.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

const MODEL = 'gemini-3-pro-image';
const SLOW = 60_000;
/** Longer than a view shows. */
const INSTRUCTION = 'Draw softly. '.repeat(200);

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ emulator: { signatureChecks: true, latencyMs: 10, keepExpiredFiles: true } });
  await rig.worker();
}, SLOW);
afterAll(() => rig.close());

async function started(settings: Parameters<Rig['images']['session']>[0] = {}): Promise<SessionHandle> {
  return await rig.images.session({ model: MODEL, size: '1K', ...settings });
}

async function turn(session: SessionHandle, turnId: string, prompt: string, more: Partial<TurnDraft> = {}) {
  return await (await session.edit({ turnId, prompt, ...more })).result();
}

/** Image calls of one turn, in their order. */
function callsOf(session: SessionHandle, turnId: string): readonly LedgerEntry[] {
  return rig.calls(`${session.id}/${encodeURIComponent(turnId)}`);
}

describe.concurrent('a session', { timeout: SLOW }, () => {
  it('sends back every part with its signature, and the image of each turn comes from the one before', async ({
    expect,
  }) => {
    const session = await started();
    const ids = ['one', 'two', 'three', 'four'];
    const turns: TurnHandle[] = [];
    for (const id of ids) turns.push(await session.edit({ turnId: id, prompt: `a fox, ${id}` }));
    expect(turns.at(-1)?.ahead).toBeGreaterThanOrEqual(1);
    const results = await Promise.all(turns.map((each) => each.result()));
    expect(results.map(({ conversation }) => conversation?.use)).toEqual([
      ...['none', 'verbatim', 'verbatim', 'verbatim'],
    ]);
    const [, second, third, fourth] = ids.map((id) => callsOf(session, id)[0]?.history);
    expect([second?.contents, third?.contents, fourth?.contents]).toEqual([2, 4, 6]);
    // Each model turn has a final image and words, both signed; drafts are not.
    expect(fourth?.signatures).toBe(3 * (second?.signatures ?? 0));
    expect(second?.signatures).toBeGreaterThanOrEqual(1);
    expect(rig.calls().filter(({ decision }) => decision === 'invalid')).toEqual([]);
    expect((await session.turns()).map(({ after }) => after)).toEqual([undefined, 'one', 'two', 'three']);
    expect(await session.describe()).toMatchObject({ status: 'open', head: 'four', turns: 4, queued: 0 });
  });

  it('begins with images of the caller’s', async ({ expect }) => {
    const session = await started();
    const bytes = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    await turn(session, 'a', 'a hat on it', { inputs: [{ bytes }] });
    await turn(session, 'b', 'a bigger one');
    expect(callsOf(session, 'a')[0]?.inputs).toHaveLength(1);
    const history = callsOf(session, 'b')[0]?.history;
    expect(history?.contents).toBe(2);
    expect(history?.images).toBeGreaterThanOrEqual(2);
  });

  it('two clients at once: one turn id is one turn, others queue', async ({ expect }) => {
    const session = await started();
    const other = rig.anotherClient().openSession(session.id);
    const draft = { turnId: 'a', prompt: 'a fox' };
    const [mine, theirs] = await Promise.all([session.edit(draft), other.edit(draft)]);
    expect(theirs.generationId).toBe(mine.generationId);
    const next = await other.edit({ turnId: 'b', prompt: 'in snow' });
    expect((await theirs.result()).id).toBe(mine.generationId);
    await next.result();
    expect(callsOf(session, 'a')).toHaveLength(1);
    expect(await errorOf(session.edit({ ...draft, prompt: 'a dog' }))).toMatchObject({
      name: 'SessionRefused',
      answer: expect.stringMatching(/a is another turn already/) as string,
    });
  });

  it('undone turns are not sent, a fork goes on from any, and both keep their images', async ({ expect }) => {
    const session = await started({ systemInstruction: INSTRUCTION });
    const first = await turn(session, 'a', 'a fox');
    await turn(session, 'b', 'make it blue');
    expect(await session.undo()).toEqual({ undone: 'b', head: 'a' });
    await turn(session, 'c', 'make it green');
    expect(callsOf(session, 'c')[0]?.history?.contents).toBe(2);

    const fork = await session.fork('b', { size: '2K' });
    const forked = await turn(fork, 'x', 'at night');
    expect(callsOf(fork, 'x')[0]?.history?.contents).toBe(4);
    expect(forked.size).toBe('2K');
    expect((await rig.images.request(forked.id))?.systemInstruction).toBe(INSTRUCTION);
    expect(await fork.describe()).toMatchObject({ from: { session: session.id, turnId: 'b' } });
    await fork.undo();
    await turn(fork, 'y', 'at noon');
    expect(callsOf(fork, 'y')[0]?.history?.contents).toBe(4);
    expect(await rig.store.stat(first.images[0]?.sha256 ?? '')).toBeDefined();
    expect((await session.turns()).find(({ turnId }) => turnId === 'b')?.undone).toBe(true);
  });

  it('a turn that failed leaves the conversation whole: it goes on, or the turn is revived with one change', async ({
    expect,
  }) => {
    const session = await started();
    await turn(session, 'a', 'a fox');
    const bad = await session.edit({
      turnId: 'b',
      prompt: 'as something prohibited [[fault:prohibited-content]]',
    });
    expect(await errorOf(bad.result())).toBeInstanceOf(GenerationFailed);
    const failed = await eventually('the failed turn', async () =>
      (await session.turns()).find(({ status }) => status === 'failed'),
    );
    expect(failed).toMatchObject({ turnId: 'b', failed: { branch: 'policy' } });

    await rig.images.revive(bad.generationId, {
      ...{ by: 'ann', why: 'the words were wrong' },
      change: { prompt: 'with a hat' },
    });
    await rig.images.result(bad.generationId);
    await eventually('the head', async () => (await session.describe()).head === 'b');
    await turn(session, 'c', 'in snow');
    expect(callsOf(session, 'c')[0]?.history?.contents).toBe(4);
  });

  it('that hides its prompts: none of their words is in its history', async ({ expect }) => {
    const session = await started({ hidePrompt: true });
    await turn(session, 'a', 'a secret fox');
    const { events } = await rig.client.workflow.getHandle(session.id).fetchHistory();
    // What the model answered is the turn's result, whoever asked for it.
    const asked = (events ?? []).filter(
      (event) => event.childWorkflowExecutionCompletedEventAttributes == null,
    );
    const bytes = asked.map((event) => Buffer.from(JSON.stringify(event)).toString());
    const words = bytes
      .join()
      .replaceAll(/"data":"([A-Za-z0-9+/=]+)"/g, (_, data: string) => Buffer.from(data, 'base64').toString());
    expect(words).toContain('gemini-3-pro-image');
    expect(words).not.toContain('secret');
  });

  it('closed: what was accepted runs, nothing more is accepted, and it can be forked', async ({ expect }) => {
    const session = await started();
    const last = await session.edit({ turnId: 'a', prompt: 'a fox' });
    expect(await session.close()).toMatchObject({ status: 'closing' });
    expect(await errorOf(session.edit({ turnId: 'b', prompt: 'no' }))).toBeInstanceOf(SessionRefused);
    await last.result();
    await eventually('its end', async () => (await session.describe()).status === 'closed');
    const refusal = await errorOf(session.edit({ turnId: 'b', prompt: 'no' }));
    expect(refusal).toMatchObject({
      name: 'SessionRefused',
      message: expect.stringMatching(/fork/) as string,
    });
    const fork = await session.fork();
    await turn(fork, 'b', 'in snow');
    expect(callsOf(fork, 'b')[0]?.history?.contents).toBe(2);
  });

  it('unknown, empty, and badly asked: each says which field, and what to do', async ({ expect }) => {
    const unknown = rig.images.openSession('never-started');
    expect(await errorOf(unknown.edit({ prompt: 'a fox' }))).toBeInstanceOf(UnknownSession);
    expect(await errorOf(unknown.describe())).toBeInstanceOf(UnknownSession);
    const session = await started({ id: `named-${Date.now()}` });
    expect((await rig.images.session({ id: session.id })).id).toBe(session.id);
    expect(await errorOf(session.undo())).toMatchObject({ answer: 'there is no turn to undo' });
    expect(await errorOf(session.fork())).toMatchObject({ answer: 'it has no turn to fork from' });
    expect((await errorOf(session.edit({ prompt: ' ' }))).message).toMatch(/prompt must not be empty/);
    expect((await errorOf(session.edit({ promt: 'x' } as never))).message).toMatch(/promt/);
    const missing = session.edit({ prompt: 'x', inputs: [{ artifact: 'f'.repeat(64) }] });
    expect((await errorOf(missing)).message).toMatch(/inputs\[0\]/);
  });

  it('cancelled in the middle of a turn: the call is booked, what waits is not begun', async ({ expect }) => {
    const session = await started();
    await turn(session, 'a', 'a fox');
    await session.edit({ turnId: 'b', prompt: 'slowly [[fault:slow-headers(20s)]]' });
    await session.edit({ turnId: 'c', prompt: 'never' });
    await eventually('the call', () => callsOf(session, 'b').length === 1);
    await rig.images.cancel(session.id);
    const turns = await eventually('both ended', async () => {
      const all = await session.turns();
      return all.every(({ status }) => status !== 'running' && status !== 'queued') && all;
    });
    expect(turns.map(({ status }) => status)).toEqual(['done', 'cancelled', 'cancelled']);
    expect(callsOf(session, 'c')).toEqual([]);
    await eventually(
      'its end',
      async () => (await rig.client.workflow.getHandle(session.id).describe()).status.name === 'CANCELLED',
    );
  });
});

it(
  'a turn whose generation was terminated has failed, and the next one begins',
  { timeout: SLOW },
  async () => {
    const session = await started();
    await turn(session, 'a', 'a fox');
    const doomed = await session.edit({ turnId: 'b', prompt: 'slowly [[fault:slow-headers(20s)]]' });
    const next = await session.edit({ turnId: 'c', prompt: 'in snow' });
    await eventually('the call', () => callsOf(session, 'b').length === 1);
    await rig.client.workflow.getHandle(doomed.generationId).terminate('by hand');
    await next.result();
    expect((await session.turns()).map(({ status }) => status)).toEqual(['done', 'failed', 'done']);
    expect((await session.turns())[1]?.failed).toMatchObject({ branch: 'interrupted', reason: 'terminated' });
    expect(callsOf(session, 'c')[0]?.history?.contents).toBe(2);
  },
);

describe.concurrent('signatures', { timeout: SLOW }, () => {
  it('refused once: the conversation is sent again as it is stored', async ({ expect }) => {
    const session = await started();
    await turn(session, 'a', 'a fox');
    const result = await turn(session, 'b', 'in snow [[fault:signature-corrupted*1]]');
    expect(result.trail.map(({ verdict }) => verdict)).toEqual(['signature/corrupted', 'success']);
    expect(result.conversation?.use).toBe('verbatim');
    expect(callsOf(session, 'b').map(({ history }) => history?.contents)).toEqual([2, 2]);
  });

  it('refused again: it begins anew with the last image as the user’s, and says so', async ({ expect }) => {
    const session = await started();
    const before = await turn(session, 'a', 'a fox');
    const result = await turn(session, 'b', 'in snow [[fault:signature-missing*2]]');
    expect(result.trail.map(({ move }) => move)).toEqual([
      'first call',
      'rebuild: read anew from the store',
      'reseed: history → its last image',
    ]);
    expect(result.conversation?.use).toBe('reseeded');
    expect(result.warnings.join()).toMatch(/began anew with its last image/);
    const call = callsOf(session, 'b').at(-1);
    expect(call?.history).toBeUndefined();
    expect(call?.inputs).toMatchObject([{ sha256: before.images[0]?.sha256 }]);
    await turn(session, 'c', 'at night');
    expect(callsOf(session, 'c')[0]?.history).toMatchObject({ contents: 2 });
  });

  it('of another model: stripped, the last image is the user’s, and from then on that route’s are kept', async ({
    expect,
  }) => {
    const session = await started({ allow: 'available' });
    const before = await turn(session, 'a', 'a fox');
    const result = await turn(session, 'b', 'in snow [[fault:capacity*4]]');
    expect(result.model).not.toBe(MODEL);
    expect(result.conversation?.use).toBe('reseeded');
    const call = callsOf(session, 'b').at(-1);
    expect(call?.history).toBeUndefined();
    expect(call?.inputs).toMatchObject([{ sha256: before.images[0]?.sha256 }]);
    const [, told] = await eventually('two turns', async () => {
      const turns = await session.turns();
      return turns[1]?.status === 'done' && turns;
    });
    expect(told?.done).toMatchObject({ use: 'reseeded', model: result.model });

    // Back on its own model: those signatures are foreign again.
    const back = await turn(session, 'c', 'at night');
    expect([back.model, back.conversation?.use]).toEqual([MODEL, 'reseeded']);
    const stays = await turn(session, 'd', 'at noon');
    expect(stays.conversation?.use).toBe('verbatim');
    expect(rig.calls().filter(({ decision }) => decision === 'invalid')).toEqual([]);
  });
});

describe.concurrent('what goes wrong with what is kept', { timeout: SLOW }, () => {
  it.each(['missing', 'altered'])(
    'an image that is %s: the turn says so, an earlier one goes on',
    async (how) => {
      const session = await started();
      await turn(session, 'a', 'a fox');
      const lost = await turn(session, 'b', 'make it blue');
      const { sha256 } = lost.images[0] ?? { sha256: '' };
      const path = `${rig.directory}/sha256/${sha256.slice(0, 2)}/${sha256.slice(2)}`;
      if (how === 'missing') await rm(path);
      else await writeFile(path, randomBytes(999));
      const doomed = await session.edit({ turnId: 'c', prompt: 'in snow' });
      const failure = await errorOf(doomed.result());
      expect(failure).toMatchObject({ branch: 'invalid-request', reason: 'bad-input' });
      expect(failure.message).toMatch(/conversation/);
      expect(callsOf(session, 'c')).toEqual([]);
      await session.undo();
      await turn(session, 'd', 'in snow');
      expect(callsOf(session, 'd')[0]?.history?.contents).toBe(2);
    },
  );
});
