/**
 * A session of 60 turns at 2K on its worst day: its worker is killed twice in mid-call, the server once, its model is
 * overloaded once, it goes on in a new run with a queue. And one that nobody asks for 49 hours, when its files are gone.
 * The emulator checks every signature that comes back; its ledger is the witness.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import type { SessionHandle, TurnHandle } from '../../src/client/session-handle.ts';
import { startDevServer } from '../../src/dev/server.ts';
import type { LedgerEntry } from '../../src/emulator/index.ts';
import { eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';
import { timeSkippingEnv } from '../support/servers.ts';

const MODEL = 'gemini-3-pro-image';
const TURNS = 60;
const HOUR = 3_600_000;
const SLOW = 600_000;
const EMULATOR = { signatureChecks: true, keepExpiredFiles: true } as const;

class Story {
  readonly rig: Rig;
  readonly session: SessionHandle;
  #asked = 0;

  constructor(rig: Rig, session: SessionHandle) {
    this.rig = rig;
    this.session = session;
  }

  /** Queues so many turns more. */
  async ask(turns: number, remark = ''): Promise<readonly TurnHandle[]> {
    const handles: TurnHandle[] = [];
    for (const until = this.#asked + turns; this.#asked < until; this.#asked += 1)
      handles.push(
        await this.session.edit({ turnId: `t${this.#asked}`, prompt: `turn ${this.#asked}${remark}` }),
      );
    return handles;
  }

  async play(turns: number): Promise<void> {
    const handles = await this.ask(turns);
    await handles.at(-1)?.result();
  }

  calls({ turnId }: Pick<TurnHandle, 'turnId'>): readonly LedgerEntry[] {
    return this.rig.calls(`${this.session.id}/${turnId}`);
  }

  async runId(): Promise<string> {
    return (await this.rig.client.workflow.getHandle(this.session.id).describe()).runId;
  }

  /** The worker is killed while it waits for an answer, and another one takes over. */
  async loseWorker(worker: Awaited<ReturnType<Rig['workerProcess']>>) {
    const [slow] = await this.ask(1, ' [[fault:slow-headers(6s)*1]]');
    const queued = await this.ask(2);
    await eventually('the slow call', () => this.calls(slow as TurnHandle).length === 1);
    worker.signal('SIGKILL');
    await worker.ended;
    const next = await this.rig.workerProcess();
    const { trail } = (await slow?.result()) ?? { trail: [] };
    expect(trail.map(({ verdict }) => verdict)).toEqual(['interrupted/no-answer', 'success']);
    await queued.at(-1)?.result();
    return next;
  }

  /** The same edit again and again, until its run is over; turns wait meanwhile. */
  async goOn(): Promise<void> {
    const before = await this.runId();
    const [slow] = await this.ask(1, ' [[fault:slow-headers(8s)*1]]');
    const queued = await this.ask(3);
    const again = { turnId: queued.at(-1)?.turnId ?? '', prompt: `turn ${this.#asked - 1}` };
    for (let n = 0; n < 220 && (await this.runId()) === before; n += 1)
      for (let each = 0; each < 10; each += 1) await this.session.edit(again);
    expect(await this.runId()).not.toBe(before);
    expect(await this.session.describe()).toMatchObject({ running: slow?.turnId, queued: 3 });
    await queued.at(-1)?.result();
    expect(this.calls(slow as TurnHandle)).toHaveLength(1);
  }
}

test(
  `${TURNS} turns at 2K: two kills, a server restart, a route change, a new run with a queue; every signature came back`,
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'session-server-'));
    const server = await startDevServer({ dbFile: join(directory, 'temporal.db') });
    onTestFinished(async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    });
    const rig = await startRig({ server, emulator: EMULATOR });
    onTestFinished(() => rig.close());
    let worker = await rig.workerProcess();
    const settings = { model: MODEL, size: '2K', allow: 'available', callTimeoutMs: 30_000 } as const;
    const story = new Story(rig, await rig.images.session(settings));
    const { session } = story;

    await story.play(12);
    worker = await story.loseWorker(worker);
    await story.goOn();

    const [away] = await story.ask(1, ' [[fault:capacity*4]]');
    const elsewhere = await away?.result();
    expect([elsewhere?.conversation?.use, elsewhere?.model === MODEL]).toEqual(['reseeded', false]);
    await story.play(10);

    const through = await story.ask(6);
    await eventually('the second of them', () => story.calls(through[1] as TurnHandle).length > 0);
    await server.kill();
    await server.restart();
    await through.at(-1)?.result();

    await story.loseWorker(worker);
    const asked = (await session.describe()).turns;
    await story.play(TURNS - asked);

    const turns = await eventually('every turn', async () => {
      const all = await session.turns();
      return all.every(({ status }) => status === 'done') && all;
    });
    expect(turns).toHaveLength(TURNS);
    expect(turns.map(({ after }) => after)).toEqual([
      undefined,
      ...turns.slice(0, -1).map(({ turnId }) => turnId),
    ]);
    const began = turns.filter(({ done }) => done?.use !== 'verbatim').map(({ turnId }) => turnId);
    // The first one, the one that went elsewhere, and the one that came back.
    expect(began).toHaveLength(3);

    // No signature was refused; each call carried all that was said since the conversation began, signed.
    expect(rig.calls().filter(({ decision }) => decision === 'invalid')).toEqual([]);
    let said = 0;
    for (const turn of turns) {
      const history = story.calls(turn).at(-1)?.history;
      said = began.includes(turn.turnId) ? 0 : said + 1;
      expect([turn.turnId, history?.contents ?? 0]).toEqual([turn.turnId, said * 2]);
      expect(history?.signatures ?? 0).toBeGreaterThanOrEqual(said);
    }
    // Once for each turn, and once more for each of the two whose answer died with its worker.
    const answered = rig.calls().filter(({ decision }) => decision === 'image');
    expect(answered.length).toBeLessThanOrEqual(TURNS + 2);
    // I1: the last turn's generation carries references, however long the conversation.
    const last = rig.client.workflow.getHandle(turns.at(-1)?.generationId ?? '');
    const { events } = await last.fetchHistory();
    const sizes = (events ?? []).map((event) => JSON.stringify(event).length);
    expect(Math.max(...sizes)).toBeLessThan(16 * 1024);
    for (const { done } of turns) {
      const bytes = await rig.store.get(done?.images[0]?.sha256 ?? '');
      expect((await sharp(bytes).metadata()).width).toBeGreaterThanOrEqual(2_000);
    }
  },
  SLOW,
);

test(
  '49 hours without a turn: its files are gone, they are uploaded again, and no signature is refused',
  async () => {
    const env = await timeSkippingEnv();
    onTestFinished(() => env.teardown());
    const server = { address: env.address, namespace: 'default' };
    const rig = await startRig({ server, emulator: EMULATOR });
    onTestFinished(() => rig.close());
    await rig.worker();
    const session = await rig.images.session({ model: MODEL, size: '4K' });
    for (const turnId of ['a', 'b', 'c', 'd'])
      await (await session.edit({ turnId, prompt: turnId })).result();
    const uploads = () => rig.emulator.calls().filter(({ decision }) => decision === 'upload:file').length;
    const before = uploads();
    expect(before).toBeGreaterThanOrEqual(1);

    const from = await env.currentTimeMs();
    await env.sleep(49 * HOUR);
    expect((await env.currentTimeMs()) - from).toBeGreaterThanOrEqual(49 * HOUR);
    expect(rig.emulator.expireFiles()).toBe(before);

    const { conversation } = await (await session.edit({ turnId: 'e', prompt: 'e' })).result();
    expect(conversation?.use).toBe('verbatim');
    expect(uploads()).toBeGreaterThan(before);
    expect(rig.calls(`${session.id}/e`).at(-1)?.history).toMatchObject({ contents: 8 });
    // The worker's clock has not moved: a file that is gone is found by its 403, a signature would be by a 400.
    expect(rig.calls().filter(({ status }) => status === 400)).toEqual([]);
  },
  SLOW,
);
