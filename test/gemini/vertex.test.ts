/**
 * The Vertex port over real HTTP: real JWTs signed with real keys, verified by the emulator's token
 * endpoint, which is also the witness of how often it was asked.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { classify } from '../../src/domain/classify/index.ts';
import type { Emulator, EmulatorOptions, ServiceAccountFile } from '../../src/emulator/index.ts';
import { startEmulator, throwAwayServiceAccount } from '../../src/emulator/index.ts';
import type { CallRecord, GeminiPort, ImageCall } from '../../src/gemini/port.ts';
import { createRedactor } from '../../src/gemini/redactor.ts';
import { readServiceAccount } from '../../src/gemini/service-account.ts';
import { createVertex, vertexUrl } from '../../src/gemini/vertex.ts';

const PROJECT = 'shop-vertex';
const MODEL = 'gemini-3.1-flash-image';
const CALL: ImageCall = {
  model: MODEL,
  tier: 'standard',
  prompt: 'a fox',
  inputs: [],
  size: '512',
  modalities: ['TEXT', 'IMAGE'],
};
const options = { timeoutMs: 10_000, attemptId: 'generation/1' };
/** Its keys take a second to make. */
const ACCOUNT = throwAwayServiceAccount(PROJECT);

afterEach(() => vi.unstubAllEnvs());

async function emulated(
  given: EmulatorOptions = {},
  vertex: Partial<NonNullable<EmulatorOptions['vertex']>> = {},
): Promise<Emulator> {
  const emulator = await startEmulator({ vertex: { serviceAccounts: [ACCOUNT.known], ...vertex }, ...given });
  onTestFinished(() => emulator.close());
  return emulator;
}

function portTo(
  baseUrl: string,
  { location, ...key }: Partial<ServiceAccountFile> & { readonly location?: string } = {},
): GeminiPort {
  const credentials = { ...ACCOUNT.keyFile(baseUrl), ...key };
  return createVertex({
    project: PROJECT,
    ...(location === undefined ? {} : { location }),
    serviceAccount: readServiceAccount(credentials, 'credentials'),
    baseUrl,
    redactor: createRedactor([]),
  });
}

function of(emulator: Emulator, method: string) {
  return emulator.calls().filter((entry) => entry.method === method);
}

function verdictOf({ outcome }: CallRecord) {
  const parsed = (body: Uint8Array): unknown => {
    const text = Buffer.from(body).toString();
    return text.startsWith('{') ? JSON.parse(text) : text;
  };
  const { branch, billed, ...rest } = classify({
    outcome: outcome.kind === 'broken' ? outcome : { ...outcome, body: parsed(outcome.body) },
    model: MODEL,
  }) as { branch: string; billed: string; reason?: string; message?: string };
  return { branch, billed, reason: rest.reason, message: rest.message ?? '' };
}

describe('a call', () => {
  it('goes to the project and location with a token that the signed JWT was exchanged for', async () => {
    const emulator = await emulated();
    const { outcome } = await portTo(emulator.url).generate(CALL, options);
    expect(outcome).toMatchObject({ kind: 'answer', status: 200 });
    expect(emulator.calls().map(({ method, decision }) => [method, decision])).toEqual([
      ['token', 'token'],
      ['generateContent', 'image'],
    ]);
    expect(of(emulator, 'generateContent')[0]).toMatchObject({
      endpoint: 'vertex',
      location: 'global',
      apiVersion: 'v1beta1',
      account: ACCOUNT.known.clientEmail,
      model: MODEL,
      generation: { id: 'generation', n: 1 },
    });
  });

  it('counts tokens, asks text models and lists models there', async () => {
    const emulator = await emulated();
    const port = portTo(emulator.url);
    expect(await port.countTokens(CALL, options)).toBeGreaterThan(0);
    const text = { model: 'gemini-3.6-flash', system: '', text: 'ping', maxOutputTokens: 64, json: false };
    expect((await port.generateText(text, options)).outcome).toMatchObject({ status: 200 });
    const listed = await port.listModels(options);
    expect(listed.kind === 'ok' && listed.value).toContainEqual({ name: 'gemini-3-pro-image', actions: [] });
  });

  it('one token serves many calls, also those that begin together', async () => {
    const emulator = await emulated();
    const port = portTo(emulator.url);
    await Promise.all([1, 2, 3].map(() => port.countTokens(CALL, options)));
    await port.countTokens(CALL, options);
    expect(of(emulator, 'token')).toHaveLength(1);
    expect(of(emulator, 'countTokens')).toHaveLength(4);
  });

  it('no stray GOOGLE_* variable changes where it goes or what it brings', async () => {
    const emulator = await emulated();
    for (const [name, value] of Object.entries({
      GOOGLE_API_KEY: 'AIza-stray-key-0123456789',
      GEMINI_API_KEY: 'AIza-stray-key-0123456789',
      GOOGLE_CLOUD_PROJECT: 'stray-project',
      GOOGLE_CLOUD_LOCATION: 'europe-west4',
      GOOGLE_GENAI_USE_VERTEXAI: 'false',
      GOOGLE_GENAI_USE_ENTERPRISE: 'false',
      GOOGLE_GENAI_API_VERSION: 'v1',
      GOOGLE_VERTEX_BASE_URL: 'http://127.0.0.1:9',
      GOOGLE_APPLICATION_CREDENTIALS: '/nowhere.json',
    }))
      vi.stubEnv(name, value);
    const said = vi.spyOn(console, 'debug');
    onTestFinished(() => said.mockRestore());
    expect((await portTo(emulator.url).generate(CALL, options)).outcome).toMatchObject({ status: 200 });
    expect(of(emulator, 'generateContent')).toMatchObject([{ location: 'global', apiVersion: 'v1beta1' }]);
    // Standard output is for what a program has to say.
    expect(said).not.toHaveBeenCalled();
  });

  it('has no file storage, and says so without sending anything', async () => {
    const emulator = await emulated();
    const answer = await portTo(emulator.url).files.list(options);
    expect(answer.kind === 'failed' && verdictOf(answer.record)).toMatchObject({
      branch: 'invalid-request',
      billed: 'no',
      message: expect.stringContaining('not supported by Vertex') as string,
    });
    expect(emulator.calls()).toEqual([]);
  });

  it.each([
    ['global', 'https://aiplatform.googleapis.com'],
    ['europe-west4', 'https://europe-west4-aiplatform.googleapis.com'],
    ['eu', 'https://aiplatform.eu.rep.googleapis.com'],
  ])('%s is at %s', (location, url) => {
    expect(vertexUrl(location)).toBe(url);
  });
});

describe('the account', () => {
  it('is told by project and key, and gives neither key nor token away', () => {
    const { account } = portTo('http://127.0.0.1:1/');
    expect(account).toMatchObject({
      provider: 'google',
      endpoint: 'vertex',
      project: PROJECT,
      baseUrl: 'http://127.0.0.1:1',
      credential: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    });
    const other = portTo('http://127.0.0.1:1', { private_key_id: 'another' });
    expect(other.account.credential).not.toBe(account.credential);
  });
});

describe('a token that ends', () => {
  it('is renewed before the call where its time is up', async () => {
    const emulator = await emulated({}, { accessTokenSeconds: 1.5 });
    const port = portTo(emulator.url);
    for (let n = 0; n < 2; n += 1) {
      await port.countTokens(CALL, options);
      await new Promise((resolve) => setTimeout(resolve, 1_600));
    }
    expect(of(emulator, 'token')).toHaveLength(2);
    expect(of(emulator, 'countTokens').map(({ status }) => status)).toEqual([200, 200]);
  });

  it('in mid-life, by the provider’s word: one refused call, one with a new token, one image', async () => {
    const emulator = await emulated();
    const port = portTo(emulator.url);
    await port.countTokens(CALL, options);
    expect(emulator.expireTokens()).toBe(1);
    expect((await port.generate(CALL, options)).outcome).toMatchObject({ kind: 'answer', status: 200 });
    expect(of(emulator, 'generateContent').map(({ status, billed }) => [status, billed])).toEqual([
      [401, false],
      [200, true],
    ]);
    expect(of(emulator, 'token')).toHaveLength(2);
  });

  it('again and again: sent twice at most, then it is a verdict', async () => {
    const emulator = await emulated({ faults: [{ action: 'token-expired' }] });
    const port = portTo(emulator.url);
    await port.countTokens(CALL, options);
    const record = await port.generate(CALL, options);
    expect(of(emulator, 'generateContent')).toHaveLength(2);
    expect(verdictOf(record)).toMatchObject({ branch: 'permission', reason: 'key-expired', billed: 'no' });
    // This one's token is as new as can be.
    await port.generate(CALL, options);
    expect(of(emulator, 'generateContent')).toHaveLength(3);
  });

  it('a 401 for anything but age, or from a gateway, is not sent again', async () => {
    const emulator = await emulated({
      faults: [
        { match: { prompt: 'kind' }, action: 'unauthenticated' },
        { match: { prompt: 'page' }, action: { status: 401, body: '<html>Sign in</html>' } },
      ],
    });
    const port = portTo(emulator.url);
    await port.countTokens(CALL, options);
    for (const prompt of ['kind', 'page']) await port.generate({ ...CALL, prompt }, options);
    expect(of(emulator, 'generateContent')).toHaveLength(2);
    expect(of(emulator, 'token')).toHaveLength(1);
  });
});

describe('no token', () => {
  it.each([
    ['another key than the account’s', () => ({ private_key: anotherKey() }), 'Invalid JWT Signature.'],
    ['an account that is gone', () => ({ client_email: 'gone@shop.example' }), 'account not found'],
  ])('%s: permission, in the authority’s words, and nothing is sent', async (_, changed, words) => {
    const emulator = await emulated();
    const record = await portTo(emulator.url, changed()).generate(CALL, options);
    expect(record.outcome).toMatchObject({ kind: 'broken', stage: 'before-send' });
    expect(verdictOf(record)).toMatchObject({
      branch: 'permission',
      reason: 'key-invalid',
      billed: 'no',
      message: expect.stringContaining(words) as string,
    });
    expect(of(emulator, 'generateContent')).toEqual([]);
  });

  it('revoked in mid-life: the token is refused, no new one comes, and it is permission', async () => {
    const emulator = await emulated();
    const port = portTo(emulator.url);
    await port.countTokens(CALL, options);
    emulator.expireTokens();
    const body = { error: 'invalid_grant', error_description: 'Invalid grant: account disabled' };
    emulator.addFaults({ match: { method: 'token' }, action: { status: 400, body } });
    expect(verdictOf(await port.generate(CALL, options))).toMatchObject({
      branch: 'permission',
      billed: 'no',
      message: expect.stringContaining('account disabled') as string,
    });
    expect(of(emulator, 'generateContent').map(({ status }) => status)).toEqual([401]);
  });

  it('the token endpoint is away: network, nothing is sent, and the next call asks again', async () => {
    const emulator = await emulated();
    const away = createServer();
    await new Promise<void>((resolve) => away.listen(0, '127.0.0.1', resolve));
    const { port } = away.address() as AddressInfo;
    await new Promise((resolve) => away.close(resolve));
    const record = await portTo(emulator.url, { token_uri: `http://127.0.0.1:${port}/token` }).generate(
      CALL,
      options,
    );
    expect(record.outcome).toMatchObject({ kind: 'broken', stage: 'before-send', by: 'network' });
    expect(verdictOf(record)).toMatchObject({ branch: 'network', reason: 'refused', billed: 'no' });
    expect(emulator.calls()).toEqual([]);
  });

  it('the token endpoint has a bad day: network, then the call goes through', async () => {
    const emulator = await emulated({
      faults: [{ match: { method: 'token' }, times: 1, action: { status: 503, body: '<html>busy</html>' } }],
    });
    const port = portTo(emulator.url);
    expect(verdictOf(await port.generate(CALL, options))).toMatchObject({ branch: 'network', billed: 'no' });
    expect((await port.generate(CALL, options)).outcome).toMatchObject({ status: 200 });
  });

  it('a call that is cancelled or out of time while it waits for a token says which, unsent', async () => {
    const emulator = await emulated({
      faults: [{ match: { method: 'token' }, action: { status: 200, transport: 'slow-headers(2s)' } }],
    });
    const port = portTo(emulator.url);
    const late = await port.generate(CALL, { ...options, timeoutMs: 100 });
    expect(late.outcome).toMatchObject({ stage: 'before-send', by: 'our-timeout' });
    const left = await port.generate(CALL, { ...options, signal: AbortSignal.timeout(50) });
    expect(left.outcome).toMatchObject({ stage: 'before-send', by: 'caller' });
    expect(of(emulator, 'generateContent')).toEqual([]);
  });
});

describe('Vertex’s own refusals', () => {
  it.each([
    ['another project’s model', { project: 'not-ours' }, {}, 'permission', 'iam'],
    ['a location that does not exist', { location: 'nowhere' }, {}, 'region', 'bad-location'],
    ['a model it does not have', {}, { model: 'gemini-none' }, 'model-gone', undefined],
    ['shared capacity', {}, { prompt: '[[fault:capacity-shared]]' }, 'capacity', undefined],
    ['a minute’s quota', {}, { prompt: '[[fault:quota-minute]]' }, 'quota-minute', undefined],
  ])('%s', async (_, place, call, branch, reason) => {
    const emulator = await emulated();
    const port = createVertex({
      project: PROJECT,
      serviceAccount: readServiceAccount(ACCOUNT.keyFile(emulator.url), 'credentials'),
      baseUrl: emulator.url,
      redactor: createRedactor([]),
      ...place,
    });
    const verdict = verdictOf(await port.generate({ ...CALL, ...call }, options));
    expect(verdict).toMatchObject({ branch, billed: 'no' });
    if (reason !== undefined) expect(verdict.reason).toBe(reason);
  });
});

describe('I7', () => {
  it('a token that the provider echoes is in no byte of the record', async () => {
    const emulator = await emulated({ echoKey: true, faults: [{ action: 'invalid-request' }] });
    const { outcome } = await portTo(emulator.url).generate(CALL, options);
    const body = outcome.kind === 'answer' ? Buffer.from(outcome.body).toString() : '';
    expect(body).toContain('[redacted]');
    const kept = JSON.stringify(outcome) + body;
    expect(kept).not.toContain('ya29.');
    expect(kept).not.toContain(Buffer.from('ya29.c.').toString('base64').slice(0, 8));
  });

  it('a token endpoint that echoes what it was sent gives the assertion to nobody', async () => {
    let assertion = '';
    const echo = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        assertion = new URLSearchParams(body).get('assertion') ?? '';
        response
          .writeHead(400, { 'content-type': 'application/json' })
          .end(JSON.stringify({ error: 'invalid_grant', error_description: `Bad ${assertion} in ${body}` }));
      });
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void echo.close());
    const url = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
    const { outcome } = await portTo(url).generate(CALL, options);
    expect(assertion.split('.')).toHaveLength(3);
    expect(JSON.stringify(outcome)).toContain('[redacted]');
    expect(JSON.stringify(outcome)).not.toContain(assertion.slice(0, 40));
  });
});

function anotherKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
