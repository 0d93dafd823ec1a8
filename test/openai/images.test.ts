/** The dialect `images` over real HTTP: what is sent, and what is kept of the answer. */
import { describe, expect, it } from 'vitest';
import { CALL, KEY, PIXEL, WITHIN, bodyOf, json, served } from './server.ts';

const INPUT = { sha256: 'a'.repeat(64), mime: 'image/png', bytes: Buffer.from(PIXEL, 'base64') };

describe('openai images: one call', () => {
  it('carries key, attempt, prompt and the size by its own name', async () => {
    const { port, asked } = await served('images', (response) => json(response, { data: [] }));
    await port.generate({ ...CALL, size: '1K', aspectRatio: '3:2' }, WITHIN);
    expect(asked).toHaveLength(1);
    const [{ request, body } = { request: undefined, body: Buffer.alloc(0) }] = asked;
    expect(request?.url).toBe('/v1/images/generations');
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${KEY}`,
      'x-gemini-images-generation': 'generation%2F1',
    });
    expect(JSON.parse(body.toString())).toEqual({
      ...{ model: 'gpt-image-1', prompt: 'a fox', n: 1, size: '1536x1024' },
    });
  });

  it('asks in words for what has no name, and sends no size then', async () => {
    const { port, asked } = await served('images', (response) => json(response, { data: [] }));
    await port.generate({ ...CALL, size: '4K', aspectRatio: '16:9' }, WITHIN);
    const sent = JSON.parse(asked[0]?.body.toString() ?? '') as Record<string, unknown>;
    expect(sent).toEqual({
      ...{ model: 'gpt-image-1', n: 1 },
      prompt: 'a fox\n\nAspect ratio 16:9. Resolution 4K.',
    });
  });

  it('sends inputs as files of a form, whole', async () => {
    const { port, asked } = await served('images', (response) => json(response, { data: [] }));
    await port.generate({ ...CALL, inputs: [INPUT, INPUT] }, WITHIN);
    const { request, body } = asked[0] ?? {};
    expect(request?.url).toBe('/v1/images/edits');
    const type = request?.headers['content-type'] ?? '';
    const form = await new Response(new Uint8Array(body ?? Buffer.alloc(0)), {
      headers: { 'content-type': type },
    }).formData();
    const files = [...form].filter(([, value]) => value instanceof File);
    expect(files).toHaveLength(2);
    const bytes = Buffer.from(await (files[0]?.[1] as File).arrayBuffer());
    expect(bytes.equals(INPUT.bytes)).toBe(true);
    expect(form.get('prompt')).toBe('a fox');
  });

  it('sends no conversation and no signature (I9)', async () => {
    const { port, asked } = await served('images', (response) => json(response, { data: [] }));
    const history = [{ role: 'model', parts: [{ text: 'before', thoughtSignature: 'signed-by-gemini' }] }];
    await port.generate({ ...CALL, history }, WITHIN);
    expect(asked[0]?.body.toString()).not.toMatch(/signed-by-gemini|before/);
  });

  it('ignores OPENAI_* variables: key, account and address are the route’s', async () => {
    process.env['OPENAI_CUSTOM_HEADERS'] = 'Authorization: Bearer sk-of-another-account';
    process.env['OPENAI_ORG_ID'] = 'org-of-another-account';
    try {
      const { port, asked } = await served('images', (response) => json(response, { data: [] }));
      await port.generate(CALL, WITHIN);
      expect(asked[0]?.request.headers.authorization).toBe(`Bearer ${KEY}`);
      expect(asked[0]?.request.headers['openai-organization']).toBeUndefined();
    } finally {
      delete process.env['OPENAI_CUSTOM_HEADERS'];
      delete process.env['OPENAI_ORG_ID'];
    }
  });
});

describe('openai images: the answer', () => {
  it('with base64 is kept byte for byte', async () => {
    const raw = `{ "created": 1,\n "data": [ {"b64_json":"${PIXEL}"} ] }`;
    const { port } = await served('images', (response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'req-1' }).end(raw),
    );
    const { outcome } = await port.generate(CALL, WITHIN);
    expect(outcome).toMatchObject({ kind: 'answer', status: 200, headers: { 'x-request-id': 'req-1' } });
    expect(outcome.kind === 'answer' && Buffer.from(outcome.body).toString()).toBe(raw);
  });

  it('with a link has the image beside the link, fetched without the key', async () => {
    const { port, asked } = await served('images', (response, { request }, origin) => {
      if (request.url?.startsWith('/v1')) json(response, { data: [{ url: `${origin}/made.png?sig=1` }] });
      else response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from(PIXEL, 'base64'));
    });
    const record = await port.generate(CALL, WITHIN);
    expect(bodyOf(record)).toMatchObject({ data: [{ b64_json: PIXEL }] });
    expect(asked.map(({ request }) => request.headers.authorization)).toEqual([`Bearer ${KEY}`, undefined]);
  });

  it('with a link that is gone says so beside it, and is still an answer', async () => {
    const { port, asked } = await served('images', (response, { request }, origin) => {
      if (request.url?.startsWith('/v1')) json(response, { data: [{ url: `${origin}/gone.png?sig=1` }] });
      else response.writeHead(404).end();
    });
    const record = await port.generate(CALL, WITHIN);
    expect(record.outcome).toMatchObject({ kind: 'answer', status: 200 });
    const { data } = bodyOf(record) as { data: { fetch_error: string }[] };
    expect(data[0]?.fetch_error).toMatch(
      /link http:\/\/127\.0\.0\.1:\d+\/gone\.png\?… answered with status 404/,
    );
    expect(asked).toHaveLength(2);
  });

  it('with a link that is late is asked for again, because it is paid for', async () => {
    let looks = 0;
    const { port } = await served('images', (response, { request }, origin) => {
      if (request.url?.startsWith('/v1')) return json(response, { data: [{ url: `${origin}/made.png` }] });
      looks += 1;
      if (looks === 1) response.writeHead(503).end();
      else response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from(PIXEL, 'base64'));
    });
    expect(bodyOf(await port.generate(CALL, WITHIN))).toMatchObject({ data: [{ b64_json: PIXEL }] });
  });

  it('with a link that hangs is kept when the call’s time is over', async () => {
    const { port } = await served('images', (response, { request }, origin) => {
      if (request.url?.startsWith('/v1')) json(response, { data: [{ url: `${origin}/made.png` }] });
    });
    const record = await port.generate(CALL, { ...WITHIN, timeoutMs: 400 });
    expect(bodyOf(record)).toMatchObject({
      data: [{ fetch_error: expect.stringContaining('did not answer before') as string }],
    });
  });

  it('never holds the key, whatever repeats it (I7)', async () => {
    const { port } = await served('images', (response) =>
      json(response, { error: { message: `Incorrect API key provided: ${KEY}` } }, 401),
    );
    expect(JSON.stringify(bodyOf(await port.generate(CALL, WITHIN)))).not.toContain('Secret');
  });
});

describe('openai images: a call that breaks', () => {
  it('makes exactly one request whatever the status: the SDK retries nothing', async () => {
    const { port, asked } = await served('images', (response) => json(response, { error: {} }, 500));
    expect((await port.generate(CALL, WITHIN)).outcome).toMatchObject({ kind: 'answer', status: 500 });
    expect(asked).toHaveLength(1);
  });

  it('after the send is broken after the send', async () => {
    const { port } = await served('images', (_response, { request }) => request.socket.destroy());
    expect((await port.generate(CALL, WITHIN)).outcome).toMatchObject({
      ...{ kind: 'broken', stage: 'sent', by: 'network' },
    });
  });

  it('by our own timeout, or by the caller, says by whom', async () => {
    const { port } = await served('images', () => undefined);
    expect((await port.generate(CALL, { ...WITHIN, timeoutMs: 200 })).outcome).toMatchObject({
      ...{ kind: 'broken', stage: 'sent', by: 'our-timeout' },
    });
    const caller = new AbortController();
    setTimeout(() => caller.abort(), 200);
    expect((await port.generate(CALL, { ...WITHIN, signal: caller.signal })).outcome).toMatchObject({
      ...{ kind: 'broken', stage: 'sent', by: 'caller' },
    });
    expect((await port.generate(CALL, { ...WITHIN, signal: AbortSignal.abort() })).outcome).toMatchObject({
      ...{ kind: 'broken', stage: 'before-send', by: 'caller' },
    });
  });

  it('in the middle of the body is broken while reading, with the status known', async () => {
    const { port } = await served('images', (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"data":[', () => response.destroy());
    });
    expect((await port.generate(CALL, WITHIN)).outcome).toMatchObject({
      ...{ kind: 'broken', stage: 'reading-body', status: 200 },
    });
  });
});

describe('openai images: what the provider does not have', () => {
  it('is said, and nothing is sent', async () => {
    const { port, asked } = await served('images', (response) => json(response, {}));
    await expect(port.countTokens(CALL, WITHIN)).rejects.toThrow('counts no tokens');
    expect(await port.files.list(WITHIN)).toMatchObject({ kind: 'failed' });
    const text = { model: 'm', system: '', text: 'ping', maxOutputTokens: 8, json: false };
    expect((await port.generateText(text, WITHIN)).outcome).toMatchObject({ stage: 'before-send' });
    expect(asked).toHaveLength(0);
  });

  it('models are listed', async () => {
    const { port } = await served('images', (response) =>
      json(response, { data: [{ id: 'gpt-image-1' }, {}] }),
    );
    expect(await port.listModels(WITHIN)).toEqual({
      kind: 'ok',
      value: [{ name: 'gpt-image-1', actions: [] }],
    });
  });
});
