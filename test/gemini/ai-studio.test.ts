import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createAiStudio } from '../../src/gemini/ai-studio.ts';
import type { ImageCall } from '../../src/gemini/port.ts';
import { createRedactor } from '../../src/gemini/redactor.ts';

const KEY = 'AIza+Secret/Key=0123456789';
const CALL: ImageCall = {
  model: 'gemini-3-pro-image',
  tier: 'standard',
  prompt: 'a fox',
  inputs: [],
  size: '2K',
  aspectRatio: '16:9',
  modalities: ['TEXT', 'IMAGE'],
};

let server: Server | undefined;

async function gemini(handler: (request: IncomingMessage, response: ServerResponse, body: string) => void) {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => handler(request, response, body));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return portAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

function portAt(baseUrl: string) {
  return createAiStudio({ apiKey: KEY, baseUrl, redactor: createRedactor([KEY]) });
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

const options = { timeoutMs: 5_000, attemptId: 'generation/1' };

describe('ai-studio: one call, recorded', () => {
  it('keeps status, headers and the raw body, finishMessage included', async () => {
    const raw = '{"candidates":[{"finishReason":"IMAGE_OTHER","finishMessage":"why"}]}';
    const seen: { url?: string | undefined; key?: unknown; attempt?: unknown; body?: unknown } = {};
    const port = await gemini((request, response, body) => {
      seen.url = request.url;
      seen.key = request.headers['x-goog-api-key'];
      seen.attempt = request.headers['x-gemini-images-generation'];
      seen.body = JSON.parse(body);
      response.writeHead(200, { 'content-type': 'application/json', 'x-test': 'yes' }).end(raw);
    });
    const { outcome } = await port.generate(CALL, options);
    expect(outcome).toMatchObject({ kind: 'answer', status: 200, headers: { 'x-test': 'yes' } });
    expect(outcome.kind === 'answer' && Buffer.from(outcome.body).toString()).toBe(raw);
    expect(seen.url).toBe('/v1beta/models/gemini-3-pro-image:generateContent');
    expect(seen.key).toBe(KEY);
    expect(seen.attempt).toBe('generation%2F1');
    expect(seen.body).toMatchObject({
      contents: [{ role: 'user', parts: [{ text: 'a fox' }] }],
      generationConfig: {
        responseModalities: ['TEXT', 'IMAGE'],
        imageConfig: { imageSize: '2K', aspectRatio: '16:9' },
      },
    });
  });

  it('makes exactly one call whatever the status: the SDK retries nothing', async () => {
    let calls = 0;
    const port = await gemini((_request, response) => {
      calls += 1;
      response.writeHead(503, { 'content-type': 'text/html' }).end('<html>busy</html>');
    });
    const { outcome } = await port.generate(CALL, options);
    expect(outcome).toMatchObject({ kind: 'answer', status: 503 });
    expect(calls).toBe(1);
  });

  it('follows no redirect, so that the key goes to no other host', async () => {
    let calls = 0;
    const port = await gemini((_request, response) => {
      calls += 1;
      response.writeHead(302, { location: '/login' }).end();
    });
    expect((await port.generate(CALL, options)).outcome).toMatchObject({ kind: 'answer', status: 302 });
    expect(calls).toBe(1);
  });

  it('a refused connection broke before the send', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const { outcome } = await portAt(`http://127.0.0.1:${port}`).generate(CALL, options);
    expect(outcome).toMatchObject({ kind: 'broken', stage: 'before-send', by: 'network' });
    expect(JSON.stringify(outcome)).toContain('ECONNREFUSED');
  });

  it('a reset after the request arrived broke after the send', async () => {
    const port = await gemini((request) => request.socket.destroy());
    expect((await port.generate(CALL, options)).outcome).toMatchObject({
      kind: 'broken',
      stage: 'sent',
      by: 'network',
    });
  });

  it('a body cut in the middle broke while reading, with the status known', async () => {
    const port = await gemini((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"candidates"', () => response.destroy());
    });
    expect((await port.generate(CALL, options)).outcome).toMatchObject({
      kind: 'broken',
      stage: 'reading-body',
      status: 200,
    });
  });

  it('tells our own timeout from the caller who aborted', async () => {
    const port = await gemini(() => undefined);
    const timedOut = await port.generate(CALL, { ...options, timeoutMs: 200 });
    expect(timedOut.outcome).toMatchObject({ kind: 'broken', by: 'our-timeout', stage: 'sent' });
    const signal = AbortSignal.timeout(200);
    const aborted = await port.generate(CALL, { ...options, signal });
    expect(aborted.outcome).toMatchObject({ kind: 'broken', by: 'caller', stage: 'sent' });
  });

  it('I7: a key that the provider echoes is in no byte of the record', async () => {
    const echoes = [KEY, encodeURIComponent(KEY), Buffer.from(`x${KEY}y`).toString('base64')];
    const port = await gemini((_request, response) => {
      response
        .writeHead(403, { 'content-type': 'application/json', 'x-echo': KEY })
        .end(JSON.stringify({ echoes }));
    });
    const { outcome } = await port.generate(CALL, options);
    const kept =
      JSON.stringify(outcome) + (outcome.kind === 'answer' ? Buffer.from(outcome.body).toString() : '');
    for (const form of [KEY, encodeURIComponent(KEY), Buffer.from(KEY).toString('base64').slice(2, -4)]) {
      expect(kept).not.toContain(form);
    }
    expect(kept).toContain('[redacted]');
  });

  it('a parameter that the SDK itself refuses never left: nothing was sent', async () => {
    const port = await gemini((_request, response) => void response.end('{}'));
    const empty = { ...CALL, safetySettings: [{ category: 'X', threshold: 'Y', method: 'SEVERITY' }] };
    expect((await port.generate(empty as ImageCall, options)).outcome).toMatchObject({
      kind: 'broken',
      stage: 'before-send',
      by: 'unknown',
    });
  });

  it('countTokens gives the total and throws on anything else', async () => {
    let ok = true;
    const port = await gemini((_request, response) => {
      response.writeHead(ok ? 200 : 500, { 'content-type': 'application/json' }).end('{"totalTokens":42}');
    });
    expect(await port.countTokens(CALL, options)).toBe(42);
    ok = false;
    await expect(port.countTokens(CALL, options)).rejects.toThrow('HTTP 500');
  });
});
