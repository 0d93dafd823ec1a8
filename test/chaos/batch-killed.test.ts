/** Processes that are killed between the creation of a batch job and its record: no job is there twice. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { ItemRecords } from '../../activities/lane-records.ts';
import { FileArtifactStore } from '../../src/artifacts/file-store.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import { requestLine } from '../../src/gemini/batch-request.ts';
import { eventually } from '../support/eventually.ts';
import { startRig } from '../support/rig.ts';

const PROGRAM = fileURLToPath(new URL('../support/batch-submitter.ts', import.meta.url));
const DEATHS = 20;

const emulator = await startEmulator({ keys: ['emulated-key-0123456789'] });
const directory = await mkdtemp(join(tmpdir(), 'batch-killed-'));
const rig = await startRig({ emulator: { batch: { queuedMs: 100, runningMs: 300 } } });
afterAll(async () => {
  await Promise.all([emulator.close(), rig.close()]);
  await rm(directory, { recursive: true, force: true });
});

/** `SIGKILL`, or what it printed. */
function submitter(name: string, course: 'die' | 'live'): Promise<string> {
  return new Promise((resolve) => {
    const given = [PROGRAM, emulator.url, directory, name, course];
    execFile(process.execPath, given, (error, stdout) => resolve(error?.signal ?? stdout));
  });
}

async function enter(): Promise<void> {
  const store = new FileArtifactStore(directory);
  for (const generation of ['g1', 'g2']) {
    const call = { model: 'gemini-3-pro-image', tier: 'standard', modalities: ['TEXT', 'IMAGE'] } as const;
    const line = Buffer.from(await requestLine(`${generation}/1`, { ...call, prompt: 'a fox', inputs: [] }));
    const { sha256 } = await store.put(line, 'application/jsonl');
    const of = { route: 'default', model: 'gemini-3-pro-image', account: 'a', lane: 'l', queue: 'q' };
    const entered = { ...of, line: sha256, bytes: line.length, requestDigest: 'd', fingerprint: 'f' };
    await new ItemRecords(store, { generation, n: 1, entry: 1 }).enter(entered);
  }
}

it.concurrent(
  `killed between create and record ${DEATHS} times: one job`,
  async () => {
    await enter();
    const created = () => emulator.calls().filter(({ method }) => method === 'batches.create');
    for (let death = 1; death <= DEATHS; death += 1) {
      expect(await submitter('lane-1', 'die')).toBe('SIGKILL');
      expect(created()).toHaveLength(1);
    }
    expect(JSON.parse(await submitter('lane-1', 'live'))).toMatchObject({ kind: 'created' });
    expect(created()).toHaveLength(1);
  },
  180_000,
);

it.concurrent(
  'a worker that is killed there: another one finds the job, each image comes once',
  async () => {
    const mortal = await rig.workerProcess({ diesAt: 'batch-created', batch: { items: 2, ageMs: 1_000 } });
    const request = { model: 'gemini-3-pro-image', urgency: 'batch', allow: { batch: true } } as const;
    const prompts = ['a fox', 'an owl'];
    const handles = await Promise.all(prompts.map((prompt) => rig.images.start({ prompt, ...request })));
    await eventually('the kill', () => mortal.hasEnded());
    await rig.worker({ batch: { items: 2, ageMs: 1_000 } });
    const results = await Promise.all(handles.map((handle) => handle.result()));
    expect(results.map(({ images }) => images.length)).toEqual([1, 1]);
    const methods = rig.emulator.calls().map(({ method }) => method);
    expect(methods.filter((method) => method === 'batches.create')).toHaveLength(1);
    expect(methods.filter((method) => method === 'batch.item')).toHaveLength(2);
    expect(rig.calls()).toHaveLength(0);
  },
  120_000,
);
