/** `show --bundle`: a real generation's evidence as a zip that is opened again. */
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import type { Emulator } from '../../src/emulator/index.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import { foundIn } from '../support/secret-scan.ts';
import { sharedDevServer } from '../support/servers.ts';
import type { Running } from './program.ts';
import { DIRECTORY, onlyJson, run, start } from './program.ts';

const KEY = 'bundle-test-key-0123456789';
const queue = `bundle-${randomUUID()}`;

let emulator: Emulator;
let worker: Running;
let env: Record<string, string>;

beforeAll(async () => {
  emulator = await startEmulator({ keys: [KEY], seed: 'bundle', echoKey: true });
  const { address } = await sharedDevServer();
  env = {
    TEMPORAL_ADDRESS: address,
    GEMINI_IMAGES_TASK_QUEUE: queue,
    GEMINI_IMAGES_STORE: join(DIRECTORY, 'store'),
    GEMINI_API_KEY: KEY,
    GEMINI_BASE_URL: emulator.url,
    GEMINI_IMAGES_TIME_SCALE: '0.02',
  };
  worker = start(['worker', '--json'], { env });
  await worker.event('ready');
});

afterAll(async () => {
  worker?.signal('SIGKILL');
  await emulator?.close();
});

async function generated(prompt: string, ...options: readonly string[]): Promise<string> {
  const { stdout } = await run(['generate', prompt, '--json', ...options], { env });
  return String(onlyJson(stdout)['id']);
}

async function bundled(id: string, ...options: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const file = `${randomUUID()}.zip`;
  const { code, stdout, stderr } = await run(['show', id, '--bundle', file, '--json', ...options], { env });
  expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
  const entries = unzipSync(await readFile(join(DIRECTORY, file)));
  expect(onlyJson(stdout)).toEqual({ outcome: 'bundle', id, file, entries: Object.keys(entries) });
  return new Map(Object.entries(entries).map(([name, bytes]) => [name, strFromU8(bytes)]));
}

describe('a bundle', () => {
  test('of one that a person is asked about has each attempt whole, and no key in any encoding (I7)', async () => {
    // A leaked key is held in the worker that met it: this one has a worker of its own.
    const own = { ...env, GEMINI_IMAGES_TASK_QUEUE: `bundle-${randomUUID()}` };
    const leaked = start(['worker', '--json'], { env: own });
    await leaked.event('ready');
    const prompt = 'a fox in snow [[fault:key-leaked]]';
    const asked = await run(['generate', prompt, '--json', '--wait', '3s'], { env: own });
    const id = String(onlyJson(asked.stdout)['id']);
    const files = await bundled(id);
    leaked.signal('SIGKILL');
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        'README.txt',
        'request.json',
        'attempts/1/evidence.json',
        'attempts/1/headers.json',
        'attempts/1/response.json',
      ]),
    );
    expect(JSON.parse(files.get('attempts/1/response.json') ?? '')).toMatchObject({ error: { code: 403 } });
    expect(JSON.parse(files.get('request.json') ?? '')).toMatchObject({
      prompt,
    });
    expect(files.get('README.txt')).toContain('why the credential with this hash may not call this model');
    for (const [name, text] of files)
      expect(`${name}: ${foundIn(text, KEY) ?? 'clean'}`).toBe(`${name}: clean`);
  });

  test('of a dead letter names its error, and the request is known from Temporal or the store', async () => {
    const id = await generated('a fox [[fault:prohibited-content]]');
    const files = await bundled(id);
    expect(files.get('README.txt')).toContain(id);
    expect(files.get('README.txt')).toMatch(/error +policy\/prohibited/);
    expect(JSON.parse(files.get('trail.json') ?? '')).toHaveLength(1);
    expect(files.has('request.json')).toBe(true);
  });

  test('of a delivered one has no image in it, but the digest by which the store knows it', async () => {
    const id = await generated('a red fox', '--out', 'bundled');
    const shown = onlyJson((await run(['show', id, '--json'], { env })).stdout) as {
      ending: { images: readonly { sha256: string }[] };
    };
    const files = await bundled(id);
    const answer = files.get('attempts/1/response.json') ?? '';
    expect(answer).toContain(`sha256:${shown.ending.images[0]?.sha256}`);
    for (const [name, text] of files) expect(`${name} ${text.length < 300_000}`).toBe(`${name} true`);
  });

  test.each([
    ['--without-prompt', [], ['--without-prompt']],
    ['--hide-prompt at its start', ['--hide-prompt'], []],
  ])('%s: the prompt is nowhere in it', async (_, atStart, atShow) => {
    const prompt = `an unmistakable ${randomUUID()} fox`;
    const id = await generated(prompt, '--out', 'hidden', ...atStart);
    const files = await bundled(id, ...atShow);
    for (const [name, text] of files) expect(`${name} ${text.includes(prompt)}`).toBe(`${name} false`);
  });

  test('that cannot be written is an error that leaves nothing half', async () => {
    const id = await generated('a fox', '--out', 'unwritable');
    const { code, stderr } = await run(['show', id, '--bundle', 'no/such/place.zip'], { env });
    expect(code).toBe(EXIT.failed);
    expect(stderr).toContain('cannot write no/such/place.zip');
    expect((await readdir(DIRECTORY)).filter((name) => name.includes('partial'))).toEqual([]);
  });
});
