/** The lines of a worker's log: one for each thing, one line each, nothing in them that does not belong there. */
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { logLine } from '../../src/cli/worker-log.ts';
import { withoutSecrets } from '../../src/cli/secrets.ts';
import { failureType, WORKFLOW_TYPES } from '../../src/contract/names.ts';
import { freePort } from '../../src/dev/ports.ts';
import { eventually } from '../support/eventually.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import { sharedDevServer } from '../support/servers.ts';
import { jsonLines, onlyJson, run, start } from './program.ts';

const KEY = 'log-test-key-0123456789';
const AT = 1_795_000_000_000_000_000n;

function line(message: string, meta: Readonly<Record<string, unknown>>, format: 'json' | 'text' = 'json') {
  const told = logLine({ level: 'WARN', message, meta: { ...meta }, timestampNanos: AT }, format);
  return told === undefined ? undefined : withoutSecrets(told, { GEMINI_API_KEY: KEY });
}

describe('a line of the log', () => {
  test('is one JSON object with what the entry tells', () => {
    const text =
      line('attempt 2 failed: capacity', { generation: 'g', attempt: 2, branch: 'capacity' }) ?? '';
    expect(JSON.parse(text)).toEqual({
      time: new Date(Number(AT / 1_000_000n)).toISOString(),
      level: 'warn',
      message: 'attempt 2 failed: capacity',
      generation: 'g',
      attempt: 2,
      branch: 'capacity',
    });
  });

  test.each(['json', 'text'] as const)('holds no key and no line break of anybody (%s, I7)', (format) => {
    const hostile = `a fox\n2026 ERROR all is lost \u001b[31m ${KEY} ${Buffer.from(KEY).toString('base64')}`;
    const error = new Error(hostile);
    const text = line(hostile, { workflowId: hostile, deep: { er: hostile }, error }, format) ?? '';
    for (const sign of ['\n', '\r', '\u001b']) expect(text).not.toContain(sign);
    expect(text).not.toContain(KEY);
    expect(text).not.toContain(Buffer.from(KEY).toString('base64'));
    expect(text).toContain('a fox');
  });

  test("leaves out what the generation tells itself, with the provider's words in it", () => {
    const verdict = ApplicationFailure.create({ type: failureType('capacity'), message: 'a secret fox' });
    expect(line('Activity failed', { error: verdict })).toBeUndefined();
    const dead = { error: new Error('a secret fox'), workflowType: WORKFLOW_TYPES.generation };
    expect(line('Workflow failed', dead)).toBeUndefined();
    const store = ApplicationFailure.create({
      type: 'gemini.store-unavailable',
      message: 'the disk is full',
    });
    expect(line('Activity failed', { error: store })).toContain('the disk is full');
    expect(line('Workflow failed', { ...dead, workflowType: 'yours' })).toBeDefined();
  });
});

describe('worker --log json --metrics', () => {
  test('tells each failed attempt once at its level, without prompt and key, and serves metrics', async () => {
    const emulator = await startEmulator({ keys: [KEY] });
    const { address, namespace } = await sharedDevServer();
    const metrics = `127.0.0.1:${await freePort()}`;
    const env = {
      ...{ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace },
      ...{ GEMINI_API_KEY: KEY, GEMINI_BASE_URL: emulator.url, GEMINI_IMAGES_STORE: 'log-store' },
      ...{ GEMINI_IMAGES_TASK_QUEUE: `log-${process.pid}`, GEMINI_IMAGES_TIME_SCALE: '0.02' },
    };
    const worker = start(['worker', '--json', '--log', 'json', '--metrics', metrics], { env });
    try {
      expect(await worker.event('ready')).toMatchObject({ metrics: `http://${metrics}/metrics` });
      const prompt = 'an embarrassing fox\n2026 ERROR forged [[fault:prohibited-content]]';
      const ended = await run(['generate', prompt, '--json', '--route-out', 'never'], { env });
      expect(onlyJson(ended.stdout)).toMatchObject({ outcome: 'failed' });
      const told = await eventually('the dead letter in the log', () => {
        const all = jsonLines(worker.stderr());
        return all.some(({ message }) => String(message).startsWith('dead letter')) ? all : undefined;
      });
      const ours = told.filter(({ branch }) => branch === 'policy');
      expect(ours.map(({ message, level }) => [String(message).split(':')[0], level])).toEqual([
        ['attempt 1 failed', 'warn'],
        ['dead letter', 'warn'],
      ]);
      expect(ours[0]).toMatchObject({ attempt: 1, reason: 'prohibited-content', billed: expect.any(String) });
      expect(worker.stderr()).not.toContain('embarrassing');
      expect(worker.stderr()).not.toContain(KEY);
      const scraped = await (await fetch(`http://${metrics}/metrics`)).text();
      expect(scraped).toMatch(/gemini_images_attempts_total\{[^}]*branch="policy"[^}]*\} 1\n/);
      expect(scraped).not.toContain('embarrassing');
    } finally {
      worker.signal('SIGTERM');
      await worker.ended;
      await emulator.close();
    }
  });

  test.each([
    [['--metrics', 'localhost'], 'Give an IP address and a port'],
    [['--log', 'xml'], 'text, json'],
  ])('refuses %j and says what to give', async (args, cure) => {
    const { code, stderr } = await run(['worker', ...args]);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain(cure);
  });

  test('refuses an address that is taken, and names the option', async () => {
    const emulator = await startEmulator({ keys: [KEY] });
    const taken = emulator.url.replace('http://', '');
    const env = { GEMINI_API_KEY: KEY };
    const { code, stderr } = await run(['worker', '--metrics', taken, '--address', '127.0.0.1:9'], { env });
    await emulator.close();
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain(`--metrics ${taken}`);
  });
});
