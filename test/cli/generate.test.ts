/**
 * `worker`, `generate` and `show` together: real programs on a real server, the emulator as Gemini and
 * its ledger as judge of what was paid.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import type { Emulator } from '../../src/emulator/index.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import { eventually } from '../support/eventually.ts';
import { sharedDevServer } from '../support/servers.ts';
import { DIRECTORY, onlyJson, run, start } from './program.ts';
import type { Ended, Running } from './program.ts';

interface Image {
  readonly file: string | null;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
}

const KEY = 'cli-test-key-0123456789';
let emulator: Emulator;
let address: string;
let worker: Running;
let queue: string;

beforeAll(async () => {
  emulator = await startEmulator({ keys: [KEY], seed: 'cli' });
  ({ address } = await sharedDevServer());
  queue = `cli-${randomUUID()}`;
  worker = await workerOn(queue);
});

afterAll(async () => {
  worker?.signal('SIGKILL');
  await emulator?.close();
});

function environment(taskQueue: string): Record<string, string> {
  return {
    TEMPORAL_ADDRESS: address,
    GEMINI_IMAGES_TASK_QUEUE: taskQueue,
    GEMINI_IMAGES_STORE: join(DIRECTORY, 'store'),
    GEMINI_API_KEY: KEY,
    GEMINI_BASE_URL: emulator.url,
    GEMINI_IMAGES_TIME_SCALE: '0.02',
  };
}

async function workerOn(taskQueue: string): Promise<Running> {
  const program = start(['worker', '--json'], { env: environment(taskQueue) });
  await program.event('ready');
  return program;
}

const cli = (args: readonly string[], taskQueue = queue): Promise<Ended> =>
  run(args, { env: environment(taskQueue) });

function callsOf(id: unknown) {
  return emulator.calls().filter(({ generation }) => generation?.id === id);
}

describe('generate', () => {
  test('writes a decodable image, prints one JSON object, and progress on standard error', async () => {
    const { code, stdout, stderr } = await cli([
      'generate',
      'A red fox, in snow!',
      '--json',
      '--out',
      'foxes',
    ]);
    const result = onlyJson(stdout);
    const [image] = result['images'] as readonly Image[];
    expect(code).toBe(EXIT.ok);
    expect(result).toMatchObject({ outcome: 'done', route: 'default', warnings: [] });
    expect(image?.file).toMatch(/^foxes\/a-red-fox-in-snow-[0-9a-f]{8}\.jpg$/);
    const { format, width, height } = await sharp(join(DIRECTORY, image?.file ?? '')).metadata();
    expect({ format, width, height }).toEqual({ format: 'jpeg', width: image?.width, height: image?.height });
    expect(await readdir(join(DIRECTORY, 'foxes'))).toHaveLength(1);
    expect(callsOf(result['id'])).toHaveLength(1);
    expect(stderr).toMatch(/^ +\d+ s {2}\w/);
    expect(stdout + stderr).not.toContain(KEY);
  });

  test('for people: files, path and why, attempts, cost', async () => {
    const { code, stdout } = await cli([
      'generate',
      'a fox [[fault:capacity]]',
      '--image-only',
      '--hide-prompt',
    ]);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/^done {2}1 image, gemini-image\//);
    expect(stdout).toMatch(/images\/image-[0-9a-f]{8}\.jpg {2}1024×1024 {2}\d+ kB {2}image\/jpeg/);
    expect(stdout).toContain('path      default, gemini-3-pro-image');
    expect(stdout).toContain('attempts  2: capacity/overloaded → success');
    expect(stdout).toMatch(/cost {6}\d\.\d{3} USD/);
  });

  test('an input file is sent; one that is not there is named by its option', async () => {
    const first = await cli(['generate', 'a fox', '--json', '--out', 'inputs']);
    const file = (onlyJson(first.stdout)['images'] as readonly Image[])[0]?.file ?? '';
    const edited = await cli(['generate', 'make it blue', '--input', file, '--json', '--out', 'inputs']);
    expect(edited.code).toBe(EXIT.ok);
    const [call] = callsOf(onlyJson(edited.stdout)['id']);
    expect(call?.inputs).toEqual([expect.objectContaining({ mime: 'image/jpeg' })]);
    const missing = await cli(['generate', 'make it blue', '--input', 'nowhere.png']);
    expect(missing).toMatchObject({ code: EXIT.usage, stdout: '' });
    expect(missing.stderr).toContain('--input (inputs[0].path): nowhere.png does not exist');
  });

  test('a dead letter: branch, original words, owner and advice, evidence; `show --evidence` has it whole', async () => {
    // A leaked key is held in the worker that met it: this one has a worker of its own.
    const own = `cli-${randomUUID()}`;
    const leaked = await workerOn(own);
    const prompt = 'a fox [[fault:key-leaked]]';
    const { code, stdout } = await cli(['generate', prompt, '--route-out', 'never', '--json'], own);
    leaked.signal('SIGKILL');
    const failure = onlyJson(stdout);
    expect(code).toBe(EXIT.generationFailed);
    expect(failure).toMatchObject({
      outcome: 'failed',
      branch: 'permission',
      reason: 'key-leaked',
      owner: 'operator',
      cause: 'stop-branch',
      message: 'Your API key was reported as leaked. Please use another API key.',
      trail: [{ n: 1, verdict: 'permission/key-leaked', billed: 'no' }],
    });
    const id = failure['id'] as string;
    const words = await cli(['show', id]);
    expect(words.code).toBe(EXIT.ok);
    expect(words.stdout).toContain('verdict   permission/key-leaked, ended by stop-branch');
    expect(words.stdout).toContain('Your API key was reported as leaked.');
    const evidence = await cli(['show', id, '--evidence']);
    expect(JSON.parse(evidence.stdout)).toMatchObject({
      generation: id,
      n: 1,
      outcome: { kind: 'answer', status: 403 },
      verdict: { branch: 'permission', reason: 'key-leaked' },
    });
    const none = await cli(['show', id, '--evidence', '7']);
    expect(none.code).toBe(EXIT.usage);
    expect(none.stderr).toContain('attempt 7 of');
  });

  test('--wait that ends first: code 4 and how to look again; `show --wait --out` gets the images', async () => {
    const prompt = 'a slow fox [[fault:slow-headers(6s)]]';
    const early = await cli(['generate', prompt, '--wait', '1s', '--json']);
    const state = onlyJson(early.stdout);
    expect(early.code).toBe(EXIT.stillRunning);
    expect(state).toMatchObject({ outcome: 'running', phase: 'generating' });
    const id = state['id'] as string;
    expect(state['lookAgain']).toContain(`show ${id}`);
    const late = await cli(['show', id, '--wait', '1m', '--out', 'late', '--json']);
    expect(late.code).toBe(EXIT.ok);
    const { ending, provenance } = onlyJson(late.stdout) as {
      ending: { images: readonly Image[] };
      provenance: readonly object[];
    };
    expect(existsSync(join(DIRECTORY, ending.images[0]?.file ?? '-'))).toBe(true);
    expect(provenance).toEqual([
      expect.objectContaining({ generationId: id, image: ending.images[0]?.sha256 }),
    ]);
    expect(callsOf(id)).toHaveLength(1);
  });

  test('Ctrl-C leaves the generation running and says so', async () => {
    const program = start(['generate', 'a fox [[fault:slow-headers(3s)]]', '--json'], {
      env: environment(queue),
    });
    await eventually('progress', () => program.stderr().includes('generating'));
    program.signal('SIGINT');
    const { code, stdout, stderr } = await program.ended;
    const { id, outcome } = onlyJson(stdout);
    expect({ code, outcome }).toEqual({ code: EXIT.interrupted, outcome: 'interrupted' });
    expect(stderr).toContain(`${String(id)} was started and goes on; look again: `);
    const later = await cli(['show', String(id), '--wait', '1m', '--json']);
    expect(later.code).toBe(EXIT.ok);
    expect(onlyJson(later.stdout)).toMatchObject({ status: 'completed' });
  });

  test('the same key and request is the same generation; with another request it is a conflict (I11)', async () => {
    const key = ['--idempotency-key', randomUUID(), '--json', '--out', 'twice'];
    const [one, two] = [await cli(['generate', 'a fox', ...key]), await cli(['generate', 'a fox', ...key])];
    expect([one.code, two.code]).toEqual([EXIT.ok, EXIT.ok]);
    expect(two.stdout).toBe(one.stdout);
    expect(callsOf(onlyJson(one.stdout)['id'])).toHaveLength(1);
    const other = await cli(['generate', 'a wolf', ...key]);
    expect(other.code).toBe(EXIT.usage);
    expect(onlyJson(other.stdout)).toMatchObject({ error: { name: 'IdempotencyConflict' } });
  });

  test('an --out that cannot be written: code 1, and the images are still in the store', async () => {
    const { code, stderr } = await cli(['generate', 'a fox', '--out', '/dev/null/images']);
    expect(code).toBe(EXIT.failed);
    expect(stderr).toContain('cannot write to /dev/null/images');
    expect(stderr).toMatch(/gemini-image\/\S+ was started and is not lost; look again: \S/);
  });
});

describe('show', () => {
  test('a generation that does not exist is a mistake of the caller', async () => {
    const { code, stdout } = await cli(['show', 'gemini-image/none', '--json']);
    expect(code).toBe(EXIT.usage);
    expect(onlyJson(stdout)).toMatchObject({ error: { name: 'UnknownGeneration' } });
  });

  test('without any worker: what the server knows, and that no worker answered', async () => {
    const idle = `idle-${randomUUID()}`;
    const started = await cli(['generate', 'a fox', '--wait', '0', '--json'], idle);
    expect(started.code).toBe(EXIT.stillRunning);
    const { code, stdout } = await cli(['show', String(onlyJson(started.stdout)['id'])], idle);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('no worker answered');
  });
});

describe('server and store', () => {
  test.each([
    ['generate', ['generate', 'a fox']],
    ['show', ['show', 'gemini-image/any']],
    ['worker', ['worker']],
  ])('%s: no server, a clear error within the deadline', async (_, args) => {
    const { code, stdout, stderr } = await cli([
      ...args,
      '--address',
      '127.0.0.1:1',
      '--connect-timeout',
      '1s',
    ]);
    expect({ code, stdout }).toEqual({ code: EXIT.unreachable, stdout: '' });
    expect(stderr).toContain('no Temporal server at 127.0.0.1:1 within 1000 ms: start one');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test.each([
    ['generate', ['generate', 'a fox']],
    ['worker', ['worker']],
  ])('%s: a namespace that is not there is named', async (_, args) => {
    const { code, stderr } = await cli([...args, '--namespace', 'nowhere', '--connect-timeout', '2s']);
    expect(code).toBe(EXIT.unreachable);
    expect(stderr).toMatch(/nowhere.*: create (?:it|the namespace) or set TEMPORAL_NAMESPACE/);
  });

  test('a worker whose store cannot be written does not start', async () => {
    const { code, stderr } = await cli(['worker', '--store', '/dev/null/store']);
    expect(code).toBe(EXIT.unreachable);
    expect(stderr).toContain('/dev/null/store');
  });
});

describe('worker', () => {
  test('tells where it works, and never its key', async () => {
    const ready = await worker.event('ready');
    expect(ready).toMatchObject({ address, taskQueue: queue, gemini: emulator.url, timeScale: 0.02 });
    expect(isAbsolute(new URL(String(ready['store'])).pathname)).toBe(true);
    expect(worker.stdout() + worker.stderr()).not.toContain(KEY);
  });

  test('SIGTERM in mid-call drains: the answer is stored, no call is repeated, exit code 0', async () => {
    const drained = `drain-${randomUUID()}`;
    const first = await workerOn(drained);
    const key = randomUUID();
    const ask = ['generate', 'a fox [[fault:slow-headers(6s)]]', '--idempotency-key', key, '--json'];
    const started = await cli([...ask, '--wait', '0'], drained);
    const { id } = onlyJson(started.stdout);
    await eventually('the call', () => callsOf(id).some(({ delivered }) => delivered === 'pending'));
    first.signal('SIGTERM');
    const { code, stdout } = await first.ended;
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('{"event":"stopped"}');
    expect(callsOf(id).map(({ billed, delivered }) => ({ billed, delivered }))).toEqual([
      { billed: true, delivered: 'whole' },
    ]);

    const second = await workerOn(drained);
    const finished = await cli([...ask, '--out', 'drained'], drained);
    second.signal('SIGTERM');
    expect(finished.code).toBe(EXIT.ok);
    expect(callsOf(id)).toHaveLength(1);
    expect((await second.ended).code).toBe(EXIT.ok);
  });

  test('a second Ctrl-C cuts the call and says so', async () => {
    const cut = `cut-${randomUUID()}`;
    const program = await workerOn(cut);
    const { stdout } = await cli(['generate', 'a fox [[fault:hang]]', '--wait', '0', '--json'], cut);
    const { id } = onlyJson(stdout);
    await eventually('the call', () => callsOf(id).length === 1);
    program.signal('SIGINT');
    await eventually('draining', () => program.stderr().includes('SIGINT: draining'));
    // The echo of the first one does not count, so it may take more than one.
    await eventually('the end', () => {
      program.signal('SIGINT');
      return program.hasEnded();
    });
    expect((await program.ended).code).toBe(EXIT.interrupted);
    expect(program.stderr()).toContain('booked as possibly paid');
  });
});
