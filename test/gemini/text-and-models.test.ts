import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TextCall } from '../../src/gemini/port.ts';
import type { FilesServer } from './files-server.ts';
import { KEY, startFilesServer } from './files-server.ts';

let server: FilesServer;
beforeEach(async () => {
  server = await startFilesServer();
});
afterEach(() => server.close());

const options = { timeoutMs: 5_000, attemptId: 'generation/1' };
const CALL: TextCall = {
  model: 'gemini-flash-latest',
  system: 'Shorten.',
  text: 'a fox',
  maxOutputTokens: 512,
  json: true,
};

function answerWith(body: string, status = 200): void {
  server.script = (_seen, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    return true;
  };
}

describe('generateText', () => {
  it('sends what it is given and nothing else, and keeps the raw answer', async () => {
    const raw = '{"candidates":[{"content":{"parts":[{"text":"{}"}]},"finishReason":"STOP"}]}';
    answerWith(raw);
    const { outcome } = await server.port.generateText(CALL, options);
    expect(outcome.kind === 'answer' && Buffer.from(outcome.body).toString()).toBe(raw);
    const [seen] = server.requests;
    expect(seen?.url.pathname).toBe('/v1beta/models/gemini-flash-latest:generateContent');
    expect(seen?.headers).toMatchObject({
      'x-goog-api-key': KEY,
      'x-gemini-images-generation': 'generation%2F1',
    });
    expect(JSON.parse(String(seen?.body))).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'a fox' }] }],
      systemInstruction: { role: 'user', parts: [{ text: 'Shorten.' }] },
      generationConfig: { maxOutputTokens: 512, responseMimeType: 'application/json' },
    });
  });

  it('without json the type of the answer is not asked for, and an empty system instruction is none', async () => {
    answerWith('{}');
    await server.port.generateText({ ...CALL, system: '', json: false }, options);
    expect(JSON.parse(String(server.requests[0]?.body))).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'a fox' }] }],
      generationConfig: { maxOutputTokens: 512 },
    });
  });

  it('makes exactly one call: neither a 503 nor a continuation is followed', async () => {
    answerWith('{"error":{"code":503,"status":"UNAVAILABLE"}}', 503);
    expect((await server.port.generateText(CALL, options)).outcome).toMatchObject({ status: 503 });
    answerWith('{"candidates":[{"finishReason":"CONTINUATION"}],"continuationToken":"t"}');
    await server.port.generateText(CALL, options);
    expect(server.requests).toHaveLength(2);
  });

  it('tells our own timeout from the caller who aborted', async () => {
    server.script = () => true;
    const late = await server.port.generateText(CALL, { ...options, timeoutMs: 100 });
    expect(late.outcome).toMatchObject({ kind: 'broken', by: 'our-timeout', stage: 'sent' });
    const signal = AbortSignal.timeout(100);
    const aborted = await server.port.generateText(CALL, { ...options, signal });
    expect(aborted.outcome).toMatchObject({ kind: 'broken', by: 'caller', stage: 'sent' });
  });
});

describe('generate with a file', () => {
  it('refers to what the provider holds and sends bytes of the rest, in order', async () => {
    answerWith('{}');
    const file = { sha256: 'a', mime: 'image/png', uri: 'https://host/v1beta/files/f1' };
    const inline = { sha256: 'b', mime: 'image/jpeg', bytes: Buffer.from('pixels') };
    await server.port.generate(
      { model: 'm', tier: 'standard', prompt: 'p', inputs: [file, inline], modalities: ['IMAGE'] },
      options,
    );
    expect(JSON.parse(String(server.requests[0]?.body))).toMatchObject({
      contents: [
        {
          parts: [
            { fileData: { fileUri: file.uri, mimeType: 'image/png' } },
            { inlineData: { data: Buffer.from('pixels').toString('base64'), mimeType: 'image/jpeg' } },
            { text: 'p' },
          ],
        },
      ],
    });
  });
});

describe('listModels', () => {
  it('gives all pages, names without models/', async () => {
    const first = {
      models: [
        {
          name: 'models/gemini-3-pro-image',
          displayName: 'Nano Banana Pro',
          supportedGenerationMethods: ['generateContent', 'countTokens'],
          inputTokenLimit: 65536,
          outputTokenLimit: 32768,
        },
      ],
      nextPageToken: 'two',
    };
    server.script = ({ url }, response) => {
      const second = url.searchParams.get('pageToken') === 'two';
      return Boolean(
        response.end(JSON.stringify(second ? { models: [{ name: 'tunedModels/x' }, {}] } : first)),
      );
    };
    expect(await server.port.listModels(options)).toEqual({
      kind: 'ok',
      value: [
        {
          name: 'gemini-3-pro-image',
          actions: ['generateContent', 'countTokens'],
          inputTokenLimit: 65536,
          outputTokenLimit: 32768,
        },
        { name: 'tunedModels/x', actions: [] },
      ],
    });
    expect(server.requests.map(({ url }) => url.pathname)).toEqual(['/v1beta/models', '/v1beta/models']);
  });

  it('a refusal is the record', async () => {
    answerWith('{"error":{"code":403,"status":"PERMISSION_DENIED"}}', 403);
    expect(await server.port.listModels(options)).toMatchObject({
      kind: 'failed',
      record: { outcome: { kind: 'answer', status: 403 } },
    });
    expect(server.requests).toHaveLength(1);
  });
});
