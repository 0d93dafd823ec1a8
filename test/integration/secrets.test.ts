/**
 * I7: the key of the configuration is found in no history, artifact, log, error or console output, in no
 * encoding, although the provider and the gateways before it repeat it wherever they can.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GenerationFailed } from '../../src/client/errors.ts';
import type { GenerationResult } from '../../src/contract/generation.ts';
import { freePort } from '../../src/dev/ports.ts';
import type { FaultRuleInput } from '../../src/emulator/index.ts';
import { image } from '../artifacts/images.ts';
import type { Running } from '../cli/program.ts';
import { run, start } from '../cli/program.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';
import { filesHolding, foundIn, leaves } from '../support/secret-scan.ts';

/** With everything in it that an encoder changes. */
const KEY = 'AQ.secret/key+with=odd&characters~0123456789';

const lowerCase = (text: string) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
const everyByte = [...Buffer.from(KEY)].map((byte) => `%${byte.toString(16)}`).join('');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const FORMS: Readonly<Record<string, string>> = {
  raw: KEY,
  'in a query': `https://relay.example/v1?key=${encodeURIComponent(KEY)}&alt=json`,
  'in a query, lower case': lowerCase(encodeURIComponent(KEY)),
  'every byte percent-encoded': everyByte,
  base64: base64(KEY),
  'base64, one letter before it': base64(`x${KEY}!`),
  'base64, two letters before it': base64(`xy${KEY}!`),
  base64url: Buffer.from(`x-goog-api-key: ${KEY}\n`).toString('base64url'),
  'a Basic header': `Basic ${base64(`user:${KEY}`)}`,
};
const ESCAPED = `Consumer 'api_key:${KEY.replace('/', '\\/').replace('=', '\\u003d').replace('&', '\\u0026')}'`;
const ECHO = Object.values(FORMS).join(' | ');

/** Where a provider or a gateway may repeat what it was sent. */
const ECHOES: Readonly<Record<string, FaultRuleInput['action']>> = {
  'a refusal': { status: 400, body: { error: { code: 400, status: 'INVALID_ARGUMENT', message: ECHO } } },
  'an error’s details': {
    status: 403,
    body: {
      error: {
        code: 403,
        status: 'PERMISSION_DENIED',
        message: 'denied',
        details: [{ reason: 'API_KEY_INVALID', metadata: { consumer: ECHO, [ECHO]: 'as a name' } }],
      },
    },
  },
  'a web page': { status: 403, body: `<html><title>403</title><!-- ${ECHO} --></html>` },
  'response headers': {
    status: 404,
    body: 'not found',
    headers: { 'x-echo': ECHO, 'set-cookie': `k=${ECHO}` },
  },
  'a redirect': { status: 302, body: '', headers: { location: `https://relay.example/?key=${KEY}` } },
  'JSON of an encoder that escapes': {
    status: 400,
    headers: { 'content-type': 'application/json' },
    body: `{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"${ESCAPED}"}}`,
  },
  'an error inside a 200': { status: 200, body: { error: { code: 400, message: ECHO } } },
};

/** Their verdicts hold the key or the gateway, for the whole fleet where there is one: nothing else is called then. */
const STOPS: readonly string[] = ['an error’s details', 'a web page', '[[fault:key-leaked*always]]'];

let rig: Rig;
/** The last one goes on. */
const workers: Running[] = [];
const outcomes = new Map<string, GenerationFailed | GenerationResult>();

function settings(): readonly string[] {
  const { server, taskQueue, directory } = rig;
  return ['--address', server.address, '--task-queue', taskQueue, '--store', directory];
}

async function outcomeOf(
  images: Rig['images'],
  prompt: string,
): Promise<GenerationFailed | GenerationResult> {
  return await images
    .generate({ prompt, maxAttempts: 2, routeOut: 'never' }, { waitMs: 60_000 })
    .catch((error: unknown) => {
      if (error instanceof GenerationFailed) return error;
      throw error;
    });
}

beforeAll(async () => {
  rig = await startRig({ apiKey: KEY, emulator: { echoKey: true, latencyMs: 10 } });
  const data = (await image('png', 900)).toString('base64');
  const picture = { inlineData: { mimeType: 'image/png', data } };
  const answer = (...parts: object[]) => ({
    responseId: ECHO.slice(0, 300),
    candidates: [{ finishReason: 'STOP', finishMessage: ECHO, content: { parts } }],
  });
  const bodies: typeof ECHOES = {
    ...ECHOES,
    'an answer in words': { status: 200, body: answer({ text: ECHO }) },
    'an answer of megabytes': { status: 200, body: answer(picture, { text: ECHO }, picture) },
  };
  for (const [name, action] of Object.entries(bodies))
    rig.emulator.addFaults({ match: { prompt: name }, action });

  const env = { GEMINI_API_KEY: KEY, GEMINI_BASE_URL: rig.emulator.url, GEMINI_IMAGES_DEBUG: '1' };
  const startOne = async (more: Readonly<Record<string, string>> = {}) => {
    const scaled = { ...env, GEMINI_IMAGES_TIME_SCALE: '0.02', ...more };
    const worker = start(['worker', '--json', ...settings()], { env: scaled });
    workers.push(worker);
    await worker.event('ready');
    return worker;
  };
  const ask = async (prompt: string) => outcomes.set(prompt, await outcomeOf(rig.images, prompt));
  for (const prompt of STOPS) {
    const worker = await startOne({ GEMINI_IMAGES_QUOTA: 'local' });
    await ask(prompt);
    worker.signal('SIGTERM');
    await worker.ended;
  }
  await startOne();
  const prompts = [
    ...Object.keys(bodies),
    ...['capacity', 'invalid-request', 'gateway-502', 'reset-after', 'cut-body'].map(
      (fault) => `[[fault:${fault}*always]]`,
    ),
  ];
  await Promise.all(prompts.filter((prompt) => !STOPS.includes(prompt)).map(ask));

  // A route that cannot be reached fails in the words of the network.
  const dead = await startRig({ apiKey: KEY });
  try {
    await dead.worker({ store: rig.store, baseUrl: `http://127.0.0.1:${await freePort()}/v1` });
    outcomes.set('unreachable', await outcomeOf(dead.images, 'a fox'));
  } finally {
    await dead.close();
  }
}, 180_000);
afterAll(async () => {
  workers.at(-1)?.signal('SIGTERM');
  await Promise.all(workers.map(({ ended }) => ended));
  await rig.close();
});

describe('the scan itself', () => {
  it.each(Object.entries(FORMS))('finds the key %s', (_, form) => {
    expect(foundIn(`some words before ${form} and after`, KEY)).toBeDefined();
  });

  it('finds it in JSON, and nothing where there is nothing', () => {
    expect(foundIn(JSON.stringify({ a: [KEY] }), KEY)).toBe('raw');
    expect(foundIn(`"${KEY.replace('/', '\\/')}"`, KEY)).toBe('JSON-escaped');
    expect(foundIn('[redacted] '.repeat(100) + base64('words'.repeat(50)), KEY)).toBeUndefined();
  });
});

describe('I7: a key that everybody echoes', () => {
  it('every echo was met, and each generation came to its verdict', () => {
    const verdicts = [...outcomes].map(([prompt, outcome]) =>
      outcome instanceof GenerationFailed ? `${prompt}: ${outcome.branch}` : `${prompt}: success`,
    );
    expect(verdicts).toContain('a refusal: invalid-request');
    expect(verdicts).toContain('an answer of megabytes: success');
    expect(verdicts).toContain('[[fault:key-leaked*always]]: permission');
    expect(verdicts).toContain('unreachable: network');
    expect(verdicts.filter((verdict) => verdict.includes('unknown'))).toEqual([]);
    const unsent = [...outcomes].filter(([, { id }]) => rig.calls(id).length === 0);
    expect(unsent.map(([prompt]) => prompt)).toEqual(['unreachable']);
  });

  it('is in no history, payloads decoded', async () => {
    const found: string[] = [];
    for (const [prompt, { id }] of outcomes) {
      const handle = rig.client.workflow.getHandle(id);
      for (const seen of [await handle.fetchHistory(), (await handle.describe()).raw]) {
        for (const leaf of leaves(seen)) {
          const how = foundIn(leaf, KEY);
          if (how !== undefined) found.push(`${prompt}: ${how}`);
        }
      }
    }
    expect(found).toEqual([]);
  });

  it('is in no file of the store, although the echo was kept', async () => {
    expect(await filesHolding(rig.directory, KEY)).toEqual([]);
    expect(await filesHolding(rig.directory, '[redacted]')).not.toEqual([]);
  });

  it('is in no error and no description that a caller gets', async () => {
    const found: string[] = [];
    for (const [prompt, outcome] of outcomes) {
      const words =
        outcome instanceof Error ? [outcome.message, outcome.stack, `${String(outcome.cause)}`] : [];
      for (const leaf of leaves([outcome, words, await rig.images.describe(outcome.id)])) {
        if (foundIn(leaf, KEY) !== undefined) found.push(prompt);
      }
    }
    expect(found).toEqual([]);
  });

  it('is in nothing the worker printed, with debugging on', () => {
    for (const worker of workers) {
      const printed = worker.stdout() + worker.stderr();
      expect(printed).toContain('ready');
      expect(foundIn(printed, KEY)).toBeUndefined();
    }
  });

  it('is in nothing the commands print: show, generate, diagnose of an answer that echoes it', async () => {
    const env = { GEMINI_API_KEY: KEY, GEMINI_IMAGES_DEBUG: '1' };
    const failed = outcomes.get('a refusal') as GenerationFailed;
    const answer = JSON.stringify({ error: { code: 400, status: 'INVALID_ARGUMENT', message: ECHO } });
    const runs = await Promise.all([
      run(['show', failed.id, ...settings()], { env }),
      run(['show', failed.id, '--json', ...settings()], { env }),
      run(['generate', 'a refusal', '--json', ...settings()], { env }),
      run(['diagnose'], { env, input: answer }),
    ]);
    for (const { stdout, stderr } of runs) {
      expect(stdout + stderr).not.toBe('');
      expect(foundIn(stdout + stderr, KEY)).toBeUndefined();
    }
  });
});
