/** `models` and what the key sees, against the emulator; catalogues from files, for every command that takes them. */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { modelLines } from '../../src/cli/models/model-lines.ts';
import type { ModelLine } from '../../src/cli/models/model-lines.ts';
import { modelsWords } from '../../src/cli/models/models-words.ts';
import { DEFAULT_CATALOGUE, DEFAULT_CHAIN } from '../../src/domain/catalogue.ts';
import type { Emulator, EmulatorOptions } from '../../src/emulator/index.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import { sharedDevServer } from '../support/servers.ts';
import { DIRECTORY, onlyJson, run, start } from './program.ts';

const KEY = 'models-test-key-0123456789';
const NOW = Date.parse('2026-11-27T12:00:00Z');

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ keys: [KEY], seed: 'models' });
});
afterAll(() => emulator.close());

const environment = (url = emulator.url, key = KEY): Record<string, string> => ({
  GEMINI_API_KEY: key,
  GEMINI_BASE_URL: url,
});

interface Told {
  readonly models: readonly ModelLine[];
  readonly live: { readonly endpoint: string; readonly unknown: readonly string[] } | null;
}

async function told(args: readonly string[], env: Record<string, string> = {}): Promise<Told> {
  const { code, stdout, stderr } = await run(['models', '--json', ...args], { env });
  expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
  return onlyJson(stdout) as unknown as Told;
}

async function withEmulator<T>(options: EmulatorOptions, act: (of: Emulator) => Promise<T>): Promise<T> {
  const own = await startEmulator({ keys: [KEY], ...options });
  try {
    return await act(own);
  } finally {
    await own.close();
  }
}

async function catalogueFile(name: string, content: unknown): Promise<string> {
  await writeFile(join(DIRECTORY, name), typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}

describe('the table', () => {
  const lines = (now = NOW) => modelLines(DEFAULT_CATALOGUE, DEFAULT_CHAIN, now);
  const row = (model: string, words: string): string =>
    words.split('\n').find((line) => line.includes(` ${model} `)) ?? '';

  test('has a line for each model with its place in the chain, prices by size and in a batch, and its end', () => {
    const words = modelsWords({ lines: lines(), unknown: [] });
    expect(row('gemini-3-pro-image', words)).toMatch(
      /^ {2}1 +gemini-3-pro-image +– +0\.134 \/ 0\.067 +0\.134 \/ 0\.067 +0\.240 \/ 0\.120 +14 +standard, flex ×0\.5, priority ×1\.8 +available$/,
    );
    expect(row('gemini-3.1-flash-image', words)).toMatch(
      /^ {2}– +.*0\.045 \/ 0\.022.* +retired 29 days ago; use gemini-nano-banana-2\.1$/,
    );
    expect(
      row('gemini-3.1-flash-image', modelsWords({ lines: lines(Date.parse('2026-10-17')), unknown: [] })),
    ).toMatch(/ deprecated; retires in 12 days; use gemini-nano-banana-2\.1$/);
  });

  test('names what the account sees and the catalogue does not know', () => {
    const words = modelsWords({ lines: lines(), asked: 'Google', unknown: ['gemini-9-image'] });
    expect(words).toMatch(/^there and not in the catalogue .*: gemini-9-image$/m);
  });

  test('of Vertex tells no price in a batch, for no batch is sent there', () => {
    const vertex = lines().filter(({ endpoint }) => endpoint === 'vertex');
    expect(vertex.length).toBeGreaterThan(0);
    for (const { prices } of vertex) for (const { batchUsd } of prices) expect(batchUsd).toBeNull();
    expect(modelsWords({ lines: vertex, unknown: [] })).toContain('0.134 / –');
  });
});

describe('gemini-images models', () => {
  test('needs no key and no server; --endpoint shows one', async () => {
    const { code, stdout } = await run(['models']);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/^ai-studio$/m);
    expect(stdout).toMatch(/^vertex$/m);
    const { models, live } = await told(['--endpoint', 'vertex']);
    expect(new Set(models.map(({ endpoint }) => endpoint))).toEqual(new Set(['vertex']));
    expect(live).toBeNull();
  });

  test('--json: numbers, not words', async () => {
    const { models } = await told([]);
    const pro = models.find(({ model }) => model === 'gemini-3-pro-image');
    expect(pro).toMatchObject({ endpoint: 'ai-studio', chain: 1, live: null, life: { kind: 'lasting' } });
    expect(pro?.prices.map(({ size }) => size)).toEqual(['1K', '2K', '4K']);
    expect(pro?.prices[2]?.usd).toBeCloseTo(0.24, 9);
    expect(pro?.prices[2]?.batchUsd).toBeCloseTo(0.12, 9);
  });

  test.each([
    [['--endpoint', 'moon'], 'Allowed choices are ai-studio, vertex'],
    [['--live'], 'no Gemini API key: set GEMINI_API_KEY'],
    [['--live', '--endpoint', 'vertex'], 'GEMINI_VERTEX_PROJECT'],
  ])('%j is wrong usage', async (args, sentence) => {
    const { code, stdout, stderr } = await run(['models', ...args]);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
    expect(stderr).toContain(sentence);
  });
});

describe('gemini-images models --live', () => {
  test('marks what the account sees, what it does not, and what the catalogue does not know', async () => {
    const file = await catalogueFile('one-more.json', [{ ...DEFAULT_CATALOGUE[0], model: 'gemini-9-image' }]);
    const { models, live } = await told(['--live', '--catalogue', file], environment());
    const marks = Object.fromEntries(
      models.filter(({ endpoint }) => endpoint === 'ai-studio').map((line) => [line.model, line.live]),
    );
    expect(marks).toEqual({
      'gemini-3-pro-image': true,
      'gemini-nano-banana-2.1': true,
      'gemini-3.1-flash-lite-image': true,
      'gemini-3.1-flash-image': true,
      'gemini-2.5-flash-image': false,
      'gemini-9-image': false,
    });
    expect(live).toMatchObject({ endpoint: 'ai-studio', unknown: [] });
    for (const line of models) if (line.endpoint === 'vertex') expect(line.live).toBeNull();
    expect(emulator.calls().filter(({ billed }) => billed)).toEqual([]);
  });

  test('for people: a column of its own, and where it was asked', async () => {
    const { code, stdout } = await run(['models', '--live'], { env: environment() });
    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/gemini-3-pro-image .* sees it +available$/m);
    expect(stdout).toMatch(/gemini-2\.5-flash-image .* missing +retired /m);
    expect(stdout).toContain(`account: what the key sees at ${emulator.url}`);
    expect(stdout).not.toContain(KEY);
  });

  test('a model that the endpoint has retired is missing, whatever the catalogue says', async () => {
    const { models } = await withEmulator({ retiredModels: ['gemini-3-pro-image'] }, (own) =>
      told(['--live'], environment(own.url)),
    );
    expect(models[0]).toMatchObject({ model: 'gemini-3-pro-image', state: 'available', live: false });
  });

  test('an endpoint that does not answer as it should is a failure with its verdict, and no table', async () => {
    const wrong = await run(['models', '--live', '--json'], {
      env: environment(emulator.url, 'another-key'),
    });
    expect(wrong.code).toBe(EXIT.failed);
    expect(onlyJson(wrong.stdout)).toMatchObject({ outcome: 'error', exitCode: EXIT.failed });
    expect(wrong.stderr).toContain('permission/');
    const nowhere = await run(['models', '--live', '--timeout', '2s'], {
      env: environment('http://127.0.0.1:1'),
    });
    expect({ code: nowhere.code, stdout: nowhere.stdout }).toEqual({ code: EXIT.failed, stdout: '' });
    expect(nowhere.stderr).toContain('network/');
  });
});

describe('--catalogue', () => {
  test.each([
    [
      'that is not there',
      'nowhere.json',
      undefined,
      'nowhere.json cannot be read (ENOENT): give a JSON file',
    ],
    ['that is not JSON', 'bad.json', '[', 'bad.json is not JSON: give a list of entries'],
    ['with a wrong field', 'wrong.json', [{ size: '1K' }], 'wrong.json: catalogue[0].endpoint is missing'],
  ])('a file %s is wrong usage, in every command that takes one', async (_, file, content, sentence) => {
    if (content !== undefined) await catalogueFile(file, content);
    const commands = [['models'], ['estimate', 'a fox'], ['worker'], ['doctor']];
    for (const args of commands) {
      const { code, stdout, stderr } = await run([...args, '--catalogue', file], { env: environment() });
      expect({ args, code, stdout }).toEqual({ args, code: EXIT.usage, stdout: '' });
      expect(stderr).toContain(sentence);
    }
  });

  test('GEMINI_IMAGES_CATALOGUE does the same, and is named where it is wrong', async () => {
    const file = await catalogueFile('two.json', [
      { endpoint: 'ai-studio', model: 'gemini-3-pro-image', maxReferences: 2 },
    ]);
    const { models } = await told([], { GEMINI_IMAGES_CATALOGUE: file });
    expect(models[0]).toMatchObject({ model: 'gemini-3-pro-image', maxReferences: 2 });
    const { stderr } = await run(['models'], { env: { GEMINI_IMAGES_CATALOGUE: 'nowhere.json' } });
    expect(stderr).toContain('GEMINI_IMAGES_CATALOGUE: nowhere.json cannot be read');
  });

  test('an estimate warns of models that end, and reckons with the file', async () => {
    const model = 'gemini-3-pro-image';
    const file = await catalogueFile('ends.json', [
      { endpoint: 'ai-studio', model, shutdownDate: '2020-01-31', replacement: 'gemini-nano-banana-2.1' },
    ]);
    const where = ['--address', '127.0.0.1:1', '--connect-timeout', '300ms', '--catalogue', file];
    const named = await run(['estimate', 'a fox', '--model', model, ...where]);
    expect(named.code).toBe(EXIT.ok);
    expect(named.stdout).toMatch(
      /warning +gemini-3-pro-image retired \d+ days ago .*: name gemini-nano-banana-2\.1/,
    );
    const other = ['--allow-json', JSON.stringify({ models: [model] })];
    const listed = onlyJson((await run(['estimate', 'a fox', '--json', ...other, ...where])).stdout);
    expect(listed).toMatchObject({
      model: 'gemini-nano-banana-2.1',
      warnings: [
        expect.stringMatching(/^no fallback leads to a model that is past its date: gemini-3-pro-image/),
      ],
      ladder: [{ kind: 'asked', model: 'gemini-nano-banana-2.1' }],
    });
  });

  test('doctor warns of a model of the chain that ends within 30 days, and names what replaces it', async () => {
    const shutdownDate = new Date(Date.now() + 12 * 86_400_000).toISOString().slice(0, 10);
    const replacement = 'gemini-nano-banana-2.1';
    const file = await catalogueFile('soon.json', [
      { endpoint: 'ai-studio', model: 'gemini-3-pro-image', shutdownDate, replacement },
    ]);
    const where = ['--address', '127.0.0.1:1', '--connect-timeout', '300ms', '--catalogue', file];
    const { stdout } = await run(['doctor', '--json', ...where], { env: environment() });
    const { checks } = onlyJson(stdout) as { checks: readonly { name: string }[] };
    expect(checks.find(({ name }) => name === 'models')).toMatchObject({
      status: 'warning',
      seen: expect.stringMatching(
        /gemini-3-pro-image \(available; retires in 12 days; use gemini-nano-banana-2\.1\)/,
      ),
      cure: expect.stringContaining('take gemini-nano-banana-2.1 into the plugin option `chain`'),
    });
  });

  test('a worker serves the models of its file; who asks under an old id is told who answered', async () => {
    const model = 'gemini-9-image';
    const file = await catalogueFile('new.json', [{ ...DEFAULT_CATALOGUE[0], model }]);
    await withEmulator({ reroute: { [model]: 'gemini-3-pro-image' } }, async (own) => {
      const env = {
        ...environment(own.url),
        TEMPORAL_ADDRESS: (await sharedDevServer()).address,
        GEMINI_IMAGES_TASK_QUEUE: `models-${randomUUID()}`,
      };
      const worker = start(['worker', '--json', '--catalogue', file], { env });
      try {
        await worker.event('ready');
        const { code, stdout } = await run(['generate', 'a fox', '--model', model], { env });
        expect(code).toBe(EXIT.ok);
        expect(stdout).toMatch(/warning +asked gemini-9-image, answered by gemini-3-pro-image/);
      } finally {
        worker.signal('SIGTERM');
        await worker.ended;
      }
    });
  });

  test('generate says it of a model that it is told to use', async () => {
    const { adviceLines } = await import('../../src/cli/estimate/advice-lines.ts');
    const request = { prompt: 'a fox', model: 'gemini-3.1-flash-image', hidePrompt: true };
    expect(adviceLines(request, NOW)).toEqual([
      'advice: gemini-3.1-flash-image retired 29 days ago (announced for 2026-10-29): name gemini-nano-banana-2.1 instead',
    ]);
    expect(adviceLines(request, Date.parse('2026-08-01'))).toEqual([]);
  });
});
