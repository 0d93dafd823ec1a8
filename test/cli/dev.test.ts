/** `dev` and `emulator`: up with one command, and gone without a trace. */
import { randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GoogleGenAI } from '@google/genai';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { answers } from '../../src/dev/ports.ts';
import { eventually } from '../support/eventually.ts';
import { DIRECTORY, onlyJson, run, start } from './program.ts';

function portOf(url: unknown): number {
  return Number(String(url).split(':').at(-1));
}

describe('dev', () => {
  test('serves a generation, and Ctrl-C stops all of it although a call hangs', async () => {
    const queue = `dev-${randomUUID()}`;
    const args = [
      'dev',
      '--json',
      '--port',
      '0',
      '--ui-port',
      '0',
      '--console-port',
      '0',
      '--task-queue',
      queue,
      '--store',
      'dev-store',
    ];
    const hook = { name: 'ops', url: 'http://127.0.0.1:9/a-token', secret: 'a-secret-of-at-least-24-bytes' };
    const hooks = JSON.stringify({ webhooks: [{ ...hook, events: ['stuck'] }] });
    writeFileSync(join(DIRECTORY, 'hooks.json'), hooks);
    const scaled = ['--time-scale', '0.02', '--db', 'dev/temporal.db'];
    const dev = start([...args, ...scaled, '--webhooks', 'hooks.json']);
    const ready = await dev.event('ready');
    expect(ready['webhooks']).toMatchObject([{ name: 'ops', host: '127.0.0.1:9', events: ['stuck'] }]);
    expect(dev.stdout()).not.toMatch(/a-token|a-secret/);
    const { address, ui, console: room, emulator, generate } = ready;
    expect(ready).toMatchObject({ namespace: 'default', taskQueue: queue, timeScale: 0.02 });
    expect(generate).toContain(`TEMPORAL_ADDRESS=${String(address)}`);
    expect(generate).toContain('GEMINI_IMAGES_STORE=dev-store');
    expect((await fetch(String(ui))).status).toBe(200);
    expect((await fetch(String(room))).status).toBe(200);

    const env = {
      TEMPORAL_ADDRESS: String(address),
      GEMINI_IMAGES_TASK_QUEUE: queue,
      GEMINI_IMAGES_STORE: 'dev-store',
    };
    const fox = await run(['generate', 'a fox [[fault:capacity]]', '--json', '--out', 'dev-out'], { env });
    expect(fox.code).toBe(EXIT.ok);
    expect(onlyJson(fox.stdout)).toMatchObject({ outcome: 'done' });
    expect(existsSync(join(DIRECTORY, 'dev/temporal.db'))).toBe(true);

    await run(['generate', 'a fox [[fault:hang]]', '--wait', '0'], { env });
    await eventually('the hanging call', async () => {
      const ledger = await fetch(`${String(emulator)}/__emulator/calls`);
      const { calls } = (await ledger.json()) as { calls: readonly { delivered: string }[] };
      return calls.some(({ delivered }) => delivered === 'pending');
    });
    dev.signal('SIGINT');
    const { code, stdout } = await dev.ended;
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('{"event":"stopped"}');
    for (const url of [address, ui, room, emulator])
      expect(await answers('127.0.0.1', portOf(url))).toBe(false);
  });

  test('with a key it calls Gemini only if told so by that key, and never prints it (I7)', async () => {
    const key = 'dev-test-key-0123456789';
    const env = { GEMINI_API_KEY: key, GEMINI_BASE_URL: 'http://127.0.0.1:9/path?and=more' };
    const dev = start(
      ['dev', '--port', '0', '--ui-port', '0', '--console-port', '0', '--store', 'keyed-store'],
      { env },
    );
    await eventually('the addresses', () => dev.stdout().includes('In another terminal:'));
    dev.signal('SIGTERM');
    const { code, stdout, stderr } = await dev.ended;
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('Gemini    http://127.0.0.1:9\n');
    expect(stdout).not.toContain('ledger');
    expect(stdout + stderr).not.toContain(key);
  });
});

describe('emulator', () => {
  test('serves Gemini until SIGTERM, and tells what was called and billed', async () => {
    const program = start(['emulator', '--port', '0', '--json', '--seed', 'one', '--fault', 'capacity=0']);
    const { url, ledger } = await program.event('ready');
    const client = new GoogleGenAI({ apiKey: 'any-key', httpOptions: { baseUrl: String(url) } });
    const { candidates } = await client.models.generateContent({
      model: 'gemini-3-pro-image',
      contents: 'a fox',
    });
    expect(candidates?.[0]?.content?.parts?.some(({ inlineData }) => inlineData !== undefined)).toBe(true);
    expect((await fetch(String(ledger))).status).toBe(200);
    program.signal('SIGTERM');
    expect((await program.ended).code).toBe(EXIT.ok);
    expect(await program.event('stopped')).toMatchObject({ calls: 1, billed: 1 });
    expect(await answers('127.0.0.1', portOf(url))).toBe(false);
  });

  test('a port that is taken is said so', async () => {
    const first = start(['emulator', '--port', '0', '--json']);
    const { url } = await first.event('ready');
    const second = await run(['emulator', '--port', String(portOf(url))]);
    first.signal('SIGTERM');
    expect(second.code).toBe(EXIT.failed);
    expect(second.stderr).toContain(`port ${portOf(url)} is taken: choose another`);
    expect((await first.ended).code).toBe(EXIT.ok);
  });

  test.each([
    ['{"latencyMs":-1,"limtis":{}}', 'latencyMs'],
    ['{"faults":[{"action":"capcity"}]}', 'unknown fault "capcity"'],
    ['[]', 'must hold one JSON object'],
    ['{', 'It is not JSON'],
  ])('a configuration of %s is refused by name: %s', async (text, sentence) => {
    const file = join(DIRECTORY, `emulator-${randomUUID()}.json`);
    writeFileSync(file, text);
    const { code, stdout, stderr } = await run(['emulator', '--port', '0', '--config', file]);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
    expect(stderr).toContain(sentence);
  });

  test.each([
    [['--config', 'nowhere.json'], 'there is no such file'],
    [['--fault', 'capacity=2'], 'with a share from 0 to 1'],
    [['--fault', 'capcity'], 'unknown fault "capcity"'],
  ])('%j: %s', async (args, sentence) => {
    const { code, stderr } = await run(['emulator', '--port', '0', ...args]);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain(sentence);
  });
});
