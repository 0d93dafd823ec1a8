/** `doctor` against what a worker really stands on: a Temporal server, an emulator, a directory. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FileArtifactStore } from '../../src/artifacts/file-store.ts';
import type { Check } from '../../src/cli/doctor/check.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { locateServer } from '../../src/dev/binaries.ts';
import { run as runProgram } from '../../src/dev/run.ts';
import { startDevServer } from '../../src/dev/server.ts';
import type { Emulator, EmulatorOptions } from '../../src/emulator/index.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import { sharedDevServer } from '../support/servers.ts';
import type { Ended, Running } from './program.ts';
import { DIRECTORY, onlyJson, run, start } from './program.ts';

const KEY = 'doctor-test-key-0123456789';
/** Nothing listens there. */
const NOWHERE = '127.0.0.1:1';

let emulator: Emulator;
let address: string;
let worker: Running;
const queue = `doctor-${randomUUID()}`;

beforeAll(async () => {
  emulator = await startEmulator({ keys: [KEY], seed: 'doctor' });
  ({ address } = await sharedDevServer());
  worker = start(['worker', '--json'], { env: environment() });
  await worker.event('ready');
});

afterAll(async () => {
  worker?.signal('SIGKILL');
  await emulator?.close();
});

function environment(gemini: Emulator = emulator): Record<string, string> {
  return {
    TEMPORAL_ADDRESS: address,
    GEMINI_IMAGES_TASK_QUEUE: queue,
    GEMINI_IMAGES_STORE: join(DIRECTORY, 'store'),
    GEMINI_API_KEY: KEY,
    GEMINI_BASE_URL: gemini.url,
  };
}

interface Examined {
  readonly ended: Ended;
  readonly healthy: boolean;
  check(name: string): Check;
}

async function doctor(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Examined> {
  const ended = await run(['doctor', '--json', ...args], { env: { ...environment(), ...env } });
  const { healthy, checks } = onlyJson(ended.stdout) as { healthy: boolean; checks: readonly Check[] };
  const find = (name: string): Check => {
    const found = checks.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no check ${name} in ${ended.stdout}`);
    return found;
  };
  return { ended, healthy, check: find };
}

/** With an emulator of its own, and no server to wait for. */
async function doctorOf(options: EmulatorOptions, args: readonly string[] = []): Promise<Examined> {
  const own = await startEmulator({ keys: [KEY], ...options });
  try {
    return await doctor(['--address', NOWHERE, '--connect-timeout', '600ms', ...args], environment(own));
  } finally {
    await own.close();
  }
}

describe('where all is well', () => {
  test('nothing failed, exit code 0, every check says what it saw, and the key is in none of it', async () => {
    const { ended, healthy, check } = await doctor();
    expect({ code: ended.code, healthy }).toEqual({ code: EXIT.ok, healthy: true });
    expect(check('temporal').seen).toMatch(/^Temporal \d+\.\d+\S* at 127\.0\.0\.1:\d+, namespace \S+, keeps/);
    for (const name of [
      'temporal',
      'search-attributes',
      'worker',
      'store',
      'key',
      'models',
      'clock',
      'packages',
    ]) {
      expect(check(name)).toMatchObject({ status: 'ok', seen: expect.stringMatching(/\S/) });
    }
    expect(check('worker').seen).toContain(`1 worker polls task queue ${queue}`);
    expect(ended.stdout + ended.stderr).not.toContain(KEY);
  });

  test('for people: one line a check, and a sum', async () => {
    const { code, stdout } = await run(['doctor'], { env: environment() });
    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/^ok +temporal +Temporal /m);
    expect(stdout).toMatch(/^nothing failed; \d+ warnings?, 0 skipped$/m);
  });
});

describe('Temporal', () => {
  test('no server: its checks fail or are skipped with the reason, the others are made all the same', async () => {
    const { ended, healthy, check } = await doctor(['--address', NOWHERE, '--connect-timeout', '1s']);
    expect({ code: ended.code, healthy }).toEqual({ code: EXIT.failed, healthy: false });
    expect(check('temporal')).toMatchObject({ status: 'failed', cure: expect.stringContaining('start one') });
    expect(check('search-attributes').status).toBe('skipped');
    expect(check('worker').status).toBe('skipped');
    expect(check('key').status).toBe('ok');
  });

  test('a port that takes connections and says nothing does not hang it', async () => {
    const mute = createServer(() => undefined);
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as AddressInfo;
    const began = performance.now();
    const { check } = await doctor(['--address', `127.0.0.1:${port}`, '--connect-timeout', '1s']);
    mute.close();
    expect(check('temporal').status).toBe('failed');
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  test('a namespace that is not there is named, with the command that makes it', async () => {
    const { check } = await doctor(['--namespace', 'nowhere']);
    expect(check('temporal')).toMatchObject({
      status: 'failed',
      seen: expect.stringContaining('has no namespace nowhere'),
      cure: expect.stringContaining('temporal operator namespace create --namespace nowhere'),
    });
  });

  test('nobody polls: a failure with the command that starts a worker', async () => {
    const { check } = await doctor(['--task-queue', `idle-${queue}`]);
    expect(check('worker')).toMatchObject({
      status: 'failed',
      cure: expect.stringContaining(`worker --task-queue idle-${queue}`),
    });
  });

  test('search attributes that are missing or of another type: the cure, run as it stands, cures', async () => {
    const { path } = await locateServer('temporal');
    const server = await startDevServer({ searchAttributes: { GeminiModel: 'Text' } });
    try {
      const where = ['--address', server.address, '--namespace', server.namespace];
      const ill = (await doctor(where)).check('search-attributes');
      expect(ill).toMatchObject({
        status: 'warning',
        seen: expect.stringMatching(/not registered: .*GeminiBranch.*GeminiModel is Text, not Keyword/),
      });
      const commands = (ill.cure ?? '').split(';')[0]?.split(' && ') ?? [];
      expect(commands).toHaveLength(2);
      for (const command of commands) {
        const [program, ...args] = command.split(' ');
        expect(program).toBe('temporal');
        const outcome = await runProgram(path, args, { deadlineMs: 30_000 });
        expect(outcome).toMatchObject({ kind: 'exited', code: 0 });
      }
      await expect
        .poll(async () => (await doctor(where)).check('search-attributes').status, { timeout: 60_000 })
        .toBe('ok');
    } finally {
      await server.stop();
    }
  });
});

describe('the store', () => {
  test('that cannot be written is a failure, and where it lies is then no question', async () => {
    const { check, healthy } = await doctor(['--store', '/dev/null/store']);
    expect(check('store')).toMatchObject({
      status: 'failed',
      seen: expect.stringContaining('/dev/null/store'),
      cure: expect.stringContaining('operator'),
    });
    expect(check('store-shared').status).toBe('skipped');
    expect(healthy).toBe(false);
  });

  test('holds one probe however often it is looked at', async () => {
    const store = join(DIRECTORY, `store-${randomUUID()}`);
    for (let i = 0; i < 2; i += 1)
      expect((await doctor(['--store', store])).check('store').status).toBe('ok');
    expect(await new FileArtifactStore(store).listRecords('')).toHaveLength(1);
  });
});

describe('the key', () => {
  test('that Google refuses: branch and reason, whose turn it is, what to do; the key itself is nowhere', async () => {
    const { ended, check } = await doctorOf({ leakedKeys: [KEY], echoKey: true });
    expect(ended.code).toBe(EXIT.failed);
    expect(check('key')).toMatchObject({
      status: 'failed',
      seen: expect.stringContaining('permission/key-leaked: Your API key was reported as leaked'),
      cure: expect.stringMatching(/^operator: \S/),
      facts: { branch: 'permission', reason: 'key-leaked' },
    });
    expect(ended.stdout + ended.stderr).not.toContain(KEY);
  });

  test('an endpoint that never answers ends at the deadline, and is told as a timeout', async () => {
    const { check } = await doctorOf({ faults: [{ action: 'hang' }] }, ['--check-timeout', '2s']);
    expect(check('key')).toMatchObject({ status: 'failed', seen: expect.stringContaining('timeout/') });
  });

  test('none at all: a failure, and what needs one is skipped', async () => {
    const { check } = await doctor(['--probe-image'], { GEMINI_API_KEY: '', GEMINI_BASE_URL: '' });
    expect(check('key')).toMatchObject({ status: 'failed', cure: expect.stringContaining('GEMINI_API_KEY') });
    for (const name of ['models', 'image', 'clock']) expect(check(name).status).toBe('skipped');
  });

  test('trouble with images is not trouble with the key', async () => {
    const faults = [{ action: 'capacity', match: { model: 'gemini-3.1-flash-lite-image' } }];
    const { check } = await doctorOf({ faults }, ['--probe-image', '--yes']);
    expect(check('key').status).toBe('ok');
    expect(check('image')).toMatchObject({ status: 'failed', seen: expect.stringContaining('capacity/') });
  });
});

test('a chain model that is gone is a failure that names it', async () => {
  const { check } = await doctorOf({ retiredModels: ['gemini-nano-banana-2.1'] });
  expect(check('models')).toMatchObject({
    status: 'failed',
    seen: expect.stringContaining('gemini-nano-banana-2.1'),
    facts: { gone: ['gemini-nano-banana-2.1'] },
  });
});

describe('--probe-image', () => {
  const images = (): number => emulator.totals().billed;

  test('tells the price and pays nothing without --yes', async () => {
    const before = images();
    const { check, healthy } = await doctor(['--probe-image']);
    expect(check('image')).toMatchObject({
      status: 'skipped',
      seen: expect.stringMatching(/would cost 0\.034 USD, at worst 0\.\d+ USD: say --probe-image --yes/),
    });
    expect(healthy).toBe(true);
    expect(images() - before).toBe(0);
  });

  test('with --yes makes one image, shows it, and keeps what was paid for', async () => {
    const before = images();
    const { check } = await doctor(['--probe-image', '--yes']);
    const { status, seen, facts } = check('image');
    expect({ status, seen }).toEqual({ status: 'ok', seen: expect.stringMatching(/1024×1024 image\/jpeg/) });
    expect(images() - before).toBe(1);
    const store = new FileArtifactStore(join(DIRECTORY, 'store'));
    expect(await store.has(String(facts?.['sha256']))).toBe(true);
  });

  test('--yes alone pays for nothing: a mistake of the caller', async () => {
    const { code, stderr } = await run(['doctor', '--yes'], { env: environment() });
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain('--probe-image');
  });
});
