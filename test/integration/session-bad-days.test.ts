/**
 * Sessions on the bad day: too heavy for a request, too long for the model, files that are gone, a worker that dies
 * between the answer and the stored turn, a model that is gone. All real; the emulator's ledger is the witness.
 */
import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import type { TestContext } from 'vitest';
import { describe, it } from 'vitest';
import type { SessionHandle } from '../../src/client/session-handle.ts';
import type { LedgerEntry } from '../../src/emulator/index.ts';
import type { TurnDraft } from '../../src/schema/session.ts';
import type { StartWorkerOptions } from '../../src/worker/run.ts';
import { asked, BY, GONE, startOperatorRig, twoRoutes } from '../client/operator-rig.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

const MODEL = 'gemini-3-pro-image';
const SLOW = 240_000;

async function opened(
  onTestFinished: TestContext['onTestFinished'],
  worker: Partial<StartWorkerOptions> = {},
): Promise<Rig> {
  const rig = await startRig({ emulator: { signatureChecks: true, keepExpiredFiles: true } });
  onTestFinished(() => rig.close());
  await rig.worker(worker);
  return rig;
}

async function started(rig: Rig, settings: Parameters<Rig['images']['session']>[0] = {}) {
  return await rig.images.session({ model: MODEL, size: '1K', ...settings });
}

async function turn(session: SessionHandle, turnId: string, more: Partial<TurnDraft> = {}) {
  return await (await session.edit({ turnId, prompt: `draw ${turnId}`, ...more })).result();
}

function callsOf(rig: Rig, { id }: SessionHandle, turnId: string): readonly LedgerEntry[] {
  return rig.calls(`${id}/${turnId}`);
}

/** A picture that nothing makes smaller. */
async function noise(pixels: number) {
  const raw = { width: pixels, height: pixels, channels: 3 as const };
  return {
    bytes: await sharp(randomBytes(pixels * pixels * 3), { raw })
      .png()
      .toBuffer(),
  };
}

function uploads(rig: Rig): number {
  return rig.emulator.calls().filter(({ decision }) => decision === 'upload:file').length;
}

/** A model that takes five images or so. */
const SHORT = { catalogue: [{ endpoint: 'ai-studio', model: MODEL, inputTokenLimit: 2_000 }] } as const;

async function untilRefused(session: SessionHandle) {
  for (let n = 0; n < 12; n += 1) {
    const turnId = `t${n}`;
    const handle = await session.edit({ turnId, prompt: `draw ${turnId}` });
    const failure = await handle.result().then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    if (failure !== undefined) return { failure, turnId };
  }
  throw new Error('nothing was refused');
}

describe.concurrent('a session', { timeout: SLOW }, () => {
  it('beyond 20 MB: the oldest images lie in files, are used again, and are uploaded again once they are gone', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened(onTestFinished);
    const session = await started(rig);
    for (const turnId of ['a', 'b', 'c']) await turn(session, turnId, { inputs: [await noise(1_500)] });
    const heavy = callsOf(rig, session, 'c')[0];
    expect(heavy?.history).toMatchObject({ contents: 4, inFiles: 1 });
    expect(uploads(rig)).toBe(1);

    await turn(session, 'd');
    expect(callsOf(rig, session, 'd')[0]?.history?.inFiles).toBe(1);
    expect(uploads(rig)).toBe(1);

    // They last two days; nobody asks for three.
    expect(rig.emulator.expireFiles()).toBe(1);
    const after = await turn(session, 'e');
    expect(after.conversation?.use).toBe('verbatim');
    expect(callsOf(rig, session, 'e').at(-1)?.history).toMatchObject({ contents: 8, inFiles: 1 });
    expect(uploads(rig)).toBe(2);
    expect(rig.calls().filter(({ billed }) => billed)).toHaveLength(5);
  });

  it('a file that expires between the check and the call: one refusal, one upload more, the turn is delivered', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened(onTestFinished);
    const session = await started(rig);
    for (const turnId of ['a', 'b']) await turn(session, turnId, { inputs: [await noise(1_500)] });
    rig.emulator.addFaults({ match: { prompt: 'draw c' }, times: 1, action: 'file-403' });
    const { trail, conversation } = await turn(session, 'c', { inputs: [await noise(1_500)] });
    expect(trail.map(({ verdict }) => verdict.split('/')[0])).toEqual(['file', 'success']);
    expect(conversation?.use).toBe('verbatim');
    expect(uploads(rig)).toBe(2);
    expect(callsOf(rig, session, 'c').at(-1)?.history).toMatchObject({ contents: 4, inFiles: 1 });
  });

  it('longer than the model takes, overflow fail: the turn is refused before any call, with what to do', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened(onTestFinished, SHORT);
    const session = await started(rig);
    const { failure, turnId } = await untilRefused(session);
    expect(failure).toMatchObject({ branch: 'invalid-request', reason: 'too-many-tokens' });
    expect(failure.message).toMatch(
      /conversation.*at most 2000 tokens; fork the session at an earlier turn/s,
    );
    expect(callsOf(rig, session, turnId)).toEqual([]);
    // An earlier turn is short enough to go on from.
    const fork = await session.fork('t0');
    expect((await turn(fork, 'x')).conversation?.use).toBe('verbatim');
  });

  it('longer than the model takes, drop-oldest-images: it goes on without them, says so, and every signature fits', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened(onTestFinished, SHORT);
    const session = await started(rig, { overflow: 'drop-oldest-images' });
    const told: string[] = [];
    for (let n = 0; n < 10; n += 1) {
      const { warnings, conversation } = await turn(session, `t${n}`);
      if ((conversation?.leftOut ?? 0) > 0) told.push(warnings.join());
      expect(callsOf(rig, session, `t${n}`)[0]?.tokens?.prompt).toBeLessThanOrEqual(2_000);
    }
    expect(told.length).toBeGreaterThanOrEqual(1);
    expect(told.length).toBeLessThan(8);
    expect(told[0]).toMatch(/oldest images? (is|are) left out from now on/);
    expect(rig.calls().filter(({ decision }) => decision === 'invalid')).toEqual([]);
    // What is edited is always there.
    const last = callsOf(rig, session, 't9')[0]?.history;
    expect(last?.images).toBeGreaterThanOrEqual(1);
  });

  it('a worker killed between the answer and the stored turn: one retest, the conversation is whole', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await startRig({ emulator: { signatureChecks: true } });
    onTestFinished(() => rig.close());
    const first = await rig.workerProcess();
    const session = await started(rig, { callTimeoutMs: 5_000 });
    await turn(session, 'a');
    first.signal('SIGKILL');
    await first.ended;
    const doomed = await rig.workerProcess({ diesAt: 'answer-received' });
    const b = await session.edit({ turnId: 'b', prompt: 'draw b' });
    expect(await doomed.ended).toBe('SIGKILL');
    await rig.workerProcess();
    const { trail } = await b.result();
    expect(trail.map(({ verdict }) => verdict)).toEqual(['interrupted/no-answer', 'success']);
    expect((await turn(session, 'c')).conversation?.use).toBe('verbatim');
    expect(callsOf(rig, session, 'c')[0]?.history?.contents).toBe(4);
    expect((await session.turns()).map(({ status }) => status)).toEqual(['done', 'done', 'done']);
  });

  it('a worker killed after the answer was stored: the turn is not paid again', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await startRig({ emulator: { signatureChecks: true } });
    onTestFinished(() => rig.close());
    const doomed = await rig.workerProcess({ diesAt: 'outcome-stored' });
    const session = await started(rig, { callTimeoutMs: 5_000 });
    const a = await session.edit({ turnId: 'a', prompt: 'draw a' });
    expect(await doomed.ended).toBe('SIGKILL');
    await rig.workerProcess();
    await a.result();
    await turn(session, 'b');
    expect([callsOf(rig, session, 'a').length, rig.bills()]).toEqual([1, 2]);
    expect(callsOf(rig, session, 'b')[0]?.history?.contents).toBe(2);
  });

  it('an operator approves a route-out inside a turn: it begins anew there, and the session goes on', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await startOperatorRig({ emulator: { signatureChecks: true } });
    onTestFinished(() => rig.close());
    await rig.worker(twoRoutes(rig));
    const session = await started(rig);
    const before = await turn(session, 'a');
    const b = await session.edit({ turnId: 'b', prompt: `draw b ${GONE}` });
    const queued = await session.edit({ turnId: 'c', prompt: 'draw c' });
    const { ask } = await asked(rig, b.generationId, { choice: 'route-out backup' });
    await rig.images.decide(b.generationId, { ...BY, choice: 'route-out', evidence: ask.evidence });
    const result = await b.result();
    expect([result.route, result.conversation?.use]).toEqual(['backup', 'reseeded']);
    expect(callsOf(rig, session, 'b').at(-1)?.inputs).toMatchObject([{ sha256: before.images[0]?.sha256 }]);
    // The next one is asked at the first route again, which does not know the other's signatures.
    const next = await queued.result();
    expect([next.route, next.conversation?.use]).toEqual(['main', 'reseeded']);
    expect(callsOf(rig, session, 'c').at(-1)?.inputs).toMatchObject([{ sha256: result.images[0]?.sha256 }]);
    expect(rig.calls().filter(({ decision }) => decision === 'invalid')).toEqual([]);
  });

  it('an image of another session: it comes as the user’s, without that session’s signatures', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened(onTestFinished);
    const other = await started(rig);
    const theirs = await turn(other, 'a');
    const session = await started(rig);
    const [image] = theirs.images;
    await turn(session, 'x', { inputs: [{ artifact: image?.sha256 ?? '' }] });
    expect(callsOf(rig, session, 'x')[0]?.inputs).toMatchObject([{ sha256: image?.sha256 }]);
    await turn(session, 'y');
    expect(callsOf(rig, session, 'y')[0]?.history).toMatchObject({ contents: 2 });
    expect((await other.describe()).turns).toBe(1);
    expect(rig.calls().filter(({ decision }) => decision === 'invalid')).toEqual([]);
  });

  it('a worker fleet that was away: an edit says that nobody answered, and sent again with its id it is one turn', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await startRig({ emulator: { signatureChecks: true } });
    onTestFinished(() => rig.close());
    const first = await rig.worker();
    const session = await started(rig);
    await turn(session, 'a');
    await first.stop();
    const impatient = rig.anotherClient();
    const away = impatient.openSession(session.id).edit({ turnId: 'b', prompt: 'draw b' });
    expect(await errorOf(away)).toMatchObject({ name: 'NoSessionAnswered' });
    await rig.worker();
    await turn(session, 'b');
    expect(callsOf(rig, session, 'b')).toHaveLength(1);
    await eventually('two turns', async () => (await session.describe()).head === 'b');
  });
});
