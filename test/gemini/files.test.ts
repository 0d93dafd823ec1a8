import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAiStudio } from '../../src/gemini/ai-studio.ts';
import type { CallRecord, PortAnswer } from '../../src/gemini/port.ts';
import { createRedactor } from '../../src/gemini/redactor.ts';
import type { FilesServer } from './files-server.ts';
import { KEY, startFilesServer, UPLOAD_ID } from './files-server.ts';

let server: FilesServer;
beforeEach(async () => {
  server = await startFilesServer();
});
afterEach(() => server.close());

const options = { timeoutMs: 5_000, attemptId: 'generation/1' };
const file = { bytes: Buffer.from('pixels'), mime: 'image/png', displayName: 'a fox' };

function valueOf<T>(answer: PortAnswer<T>): T {
  if (answer.kind === 'failed') throw new Error(JSON.stringify(answer.record.outcome));
  return answer.value;
}

function recordOf(answer: PortAnswer<unknown>): CallRecord {
  if (answer.kind === 'ok') throw new Error('it went well');
  return answer.record;
}

const isPart = (headers: { [name: string]: unknown }) => 'x-goog-upload-offset' in headers;

describe('files: upload', () => {
  it('gives what the provider made of it, still PROCESSING where it does not say', async () => {
    expect(valueOf(await server.port.files.upload(file, options))).toEqual({
      name: 'files/f1',
      uri: `${server.baseUrl}/v1beta/files/f1`,
      mime: 'image/png',
      bytes: 6,
      state: 'PROCESSING',
      expiresAt: Date.UTC(2026, 10, 22, 10, 0, 0, 123),
      displayName: 'a fox',
    });
  });

  it('every request of it goes to the base URL, with the key and the attempt, whatever host it is told', async () => {
    await server.port.files.upload(file, options);
    expect(server.requests.map(({ url }) => url.pathname)).toEqual([
      '/upload/v1beta/files',
      '/upload/v1beta/files',
    ]);
    for (const { headers } of server.requests) {
      expect(headers['x-goog-api-key']).toBe(KEY);
      expect(headers['x-gemini-images-generation']).toBe('generation%2F1');
    }
  });

  it('sends large files in parts, in order, and every byte once', async () => {
    const bytes = randomBytes(20 * 1024 * 1024 + 1);
    const uploaded = valueOf(await server.port.files.upload({ ...file, bytes }, options));
    expect(uploaded.bytes).toBe(bytes.length);
    const parts = server.requests.filter(({ headers }) => isPart(headers)).map(({ body }) => body);
    expect(parts).toHaveLength(3);
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });

  it('a refused start is the record: one request, its status, headers and body', async () => {
    const body =
      '{"error":{"code":429,"message":"FileStorageBytesPerProject","status":"RESOURCE_EXHAUSTED"}}';
    server.script = (_seen, response) => {
      response.writeHead(429, { 'content-type': 'application/json', 'x-test': 'yes' }).end(body);
      return true;
    };
    const { outcome } = recordOf(await server.port.files.upload(file, options));
    expect(outcome).toMatchObject({ kind: 'answer', status: 429, headers: { 'x-test': 'yes' } });
    expect(outcome.kind === 'answer' && Buffer.from(outcome.body).toString()).toBe(body);
    expect(server.requests).toHaveLength(1);
  });

  it.each([503, 400, 302])('a part answered with %i is the record, and is not sent again', async (status) => {
    server.script = ({ headers }, response) => {
      if (!isPart(headers)) return false;
      response.writeHead(status, { location: '/elsewhere' }).end('no');
      return true;
    };
    const { outcome } = recordOf(await server.port.files.upload(file, options));
    expect(outcome).toMatchObject({ kind: 'answer', status });
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    ['an answer that does not tell how the upload stands', {}],
    ['one that says it goes on after the last byte', { 'x-goog-upload-status': 'active' }],
    ['one that gave it up', { 'x-goog-upload-status': 'cancelled' }],
  ])('%s is the record, and nothing is sent again', async (_name, headers) => {
    server.script = (seen, response) => {
      if (!isPart(seen.headers)) return false;
      response.writeHead(200, headers as Record<string, string>).end('<html>hello</html>');
      return true;
    };
    const record = recordOf(await server.port.files.upload(file, options));
    expect(record.outcome).toMatchObject({ kind: 'answer', status: 200 });
    expect(server.requests).toHaveLength(2);
    expect(record.tookMs).toBeLessThan(900);
  });

  it('a start without an upload URL is the record, and no byte is sent', async () => {
    server.script = (_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in</html>');
      return true;
    };
    expect(recordOf(await server.port.files.upload(file, options)).outcome).toMatchObject({
      kind: 'answer',
      status: 200,
    });
    expect(server.requests).toHaveLength(1);
  });

  it('a connection cut while the bytes are sent broke after the send, not with the answer of the start', async () => {
    server.script = ({ headers }, response) => {
      if (!isPart(headers)) return false;
      response.destroy();
      return true;
    };
    const { outcome } = recordOf(await server.port.files.upload(file, options));
    expect(outcome).toMatchObject({ kind: 'broken', stage: 'sent', by: 'network' });
    expect(outcome).not.toHaveProperty('status');
  });

  it('one deadline covers all of it, and who ended it is known', async () => {
    server.script = ({ headers }) => isPart(headers);
    const late = recordOf(await server.port.files.upload(file, { ...options, timeoutMs: 200 }));
    expect(late.outcome).toMatchObject({ kind: 'broken', stage: 'sent', by: 'our-timeout' });
    expect(late.tookMs).toBeLessThan(1_000);
    const signal = AbortSignal.timeout(200);
    const aborted = recordOf(await server.port.files.upload(file, { ...options, signal }));
    expect(aborted.outcome).toMatchObject({ kind: 'broken', stage: 'sent', by: 'caller' });
  });

  it('an upload that was aborted beforehand never left', async () => {
    const signal = AbortSignal.abort();
    expect(recordOf(await server.port.files.upload(file, { ...options, signal })).outcome).toMatchObject({
      kind: 'broken',
      stage: 'before-send',
      by: 'caller',
    });
    expect(server.requests).toHaveLength(0);
  });

  it('a refused connection broke before the send', async () => {
    const { baseUrl } = server;
    server.close();
    const port = createAiStudio({ apiKey: KEY, baseUrl, redactor: createRedactor([KEY]) });
    expect(recordOf(await port.files.upload(file, options)).outcome).toMatchObject({
      kind: 'broken',
      stage: 'before-send',
      by: 'network',
    });
  });

  it('uploads side by side do not see each other', async () => {
    const names = ['one', 'two', 'three'];
    server.script = ({ headers, body }, response) => {
      if (isPart(headers)) {
        const name = String(body);
        const told = { file: { name: `files/${name}`, uri: `u/${name}` } };
        response.writeHead(200, { 'x-goog-upload-status': 'final' }).end(JSON.stringify(told));
        return true;
      }
      return false;
    };
    const uploads = names.map((name) =>
      server.port.files.upload({ ...file, bytes: Buffer.from(name) }, options),
    );
    expect((await Promise.all(uploads)).map((answer) => valueOf(answer).name)).toEqual(
      names.map((name) => `files/${name}`),
    );
  });
});

describe('files: get, list, delete', () => {
  it('get tells state, end and the reason of a failure', async () => {
    const told = { name: 'files/f1', uri: 'u', mimeType: 'image/png', sizeBytes: '6' };
    server.files.set('files/f1', { ...told, state: 'FAILED', error: { code: 3, message: 'not an image' } });
    server.files.set('files/f2', { ...told, name: 'files/f2', state: 'STATE_UNSPECIFIED' });
    expect(valueOf(await server.port.files.get('files/f1', options))).toEqual({
      name: 'files/f1',
      uri: 'u',
      mime: 'image/png',
      bytes: 6,
      state: 'FAILED',
      error: 'not an image',
    });
    expect(valueOf(await server.port.files.get('files/f2', options)).state).toBe('PROCESSING');
  });

  it('get of an unknown file fails with the answer, in one request', async () => {
    const { outcome } = recordOf(await server.port.files.get('files/gone', options));
    expect(outcome).toMatchObject({ kind: 'answer', status: 403 });
    expect(outcome.kind === 'answer' && Buffer.from(outcome.body).toString()).toContain('it may not exist');
    expect(server.requests).toHaveLength(1);
  });

  it('list gives all pages', async () => {
    for (let i = 0; i < 5; i += 1) await server.port.files.upload(file, options);
    server.requests.length = 0;
    const listed = valueOf(await server.port.files.list(options));
    expect(listed.map(({ name, state }) => [name, state])).toEqual(
      [1, 2, 3, 4, 5].map((i) => [`files/f${i}`, 'ACTIVE']),
    );
    expect(server.requests.map(({ url }) => url.searchParams.get('pageToken'))).toEqual([null, '2', '4']);
  });

  it('an account without files has an empty list', async () => {
    expect(valueOf(await server.port.files.list(options))).toEqual([]);
  });

  it('a page that fails fails the list, with its record', async () => {
    for (let i = 0; i < 3; i += 1) await server.port.files.upload(file, options);
    server.script = ({ url }, response) => {
      if (url.searchParams.get('pageToken') === null) return false;
      response.writeHead(500).end('no');
      return true;
    };
    expect(recordOf(await server.port.files.list(options)).outcome).toMatchObject({ status: 500 });
  });

  it('a list without an end is left after 100 pages, one that repeats its token at once', async () => {
    let page = 0;
    server.script = (_seen, response) => {
      page += 1;
      response.end(
        JSON.stringify({ files: [{ name: `files/${page}`, uri: 'u' }], nextPageToken: `${page}` }),
      );
      return true;
    };
    expect(valueOf(await server.port.files.list(options))).toHaveLength(100);
    server.script = (_seen, response) => Boolean(response.end('{"nextPageToken":"same"}'));
    server.requests.length = 0;
    expect(valueOf(await server.port.files.list(options))).toEqual([]);
    expect(server.requests).toHaveLength(2);
  });

  it('one deadline covers all pages', async () => {
    let page = 0;
    server.script = (_seen, response) => {
      page += 1;
      setTimeout(() => response.end(`{"nextPageToken":"${page}"}`), 60);
      return true;
    };
    const started = performance.now();
    expect(recordOf(await server.port.files.list({ ...options, timeoutMs: 200 })).outcome).toMatchObject({
      kind: 'broken',
      by: 'our-timeout',
    });
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('delete deletes, and an empty answer to it is a good one', async () => {
    await server.port.files.upload(file, options);
    expect(await server.port.files.delete('files/f1', options)).toEqual({ kind: 'ok', value: undefined });
    expect(server.files.size).toBe(0);
    expect(recordOf(await server.port.files.delete('files/f1', options)).outcome).toMatchObject({
      status: 403,
    });
    server.script = (_seen, response) => Boolean(response.writeHead(204).end());
    expect((await server.port.files.delete('files/f1', options)).kind).toBe('ok');
  });

  it.each([
    ['an error with status 200', '{"error":{"code":500,"message":"no","status":"INTERNAL"}}'],
    ['a web page with status 200', '<html>log in</html>'],
    ['JSON that is no object', '[]'],
  ])('%s is no success of any operation', async (_name, body) => {
    server.script = (_seen, response) => {
      response.writeHead(200, { 'x-goog-upload-status': 'final', 'x-goog-upload-url': server.baseUrl });
      return Boolean(response.end(body));
    };
    const { files, listModels } = server.port;
    for (const answer of [
      await files.upload(file, options),
      await files.get('files/f1', options),
      await files.list(options),
      await files.delete('files/f1', options),
      await listModels(options),
    ]) {
      expect(recordOf(answer).outcome).toMatchObject({ kind: 'answer', status: 200 });
    }
  });
});

describe('files: I7', () => {
  it('no key and no upload id is in a record, however the server echoes them', async () => {
    const url = `https://relay.example/upload?key=relays-own-key&upload_id=${UPLOAD_ID}&upload_protocol=resumable`;
    const echo = (response: ServerResponse) => {
      const headers = {
        'x-goog-upload-status': 'active',
        'x-goog-upload-url': url,
        'x-guploader-uploadid': UPLOAD_ID,
        'x-echo': `${KEY} ${url}`,
        location: url,
      };
      const message = `POST ${url} with ${KEY}`;
      const forms = [message, encodeURIComponent(message), message.replaceAll('&', '\\u0026')];
      response.writeHead(403, headers).end(JSON.stringify({ error: { code: 403, message: forms } }));
      return true;
    };
    const { files, listModels, generateText } = server.port;
    const failures: CallRecord[] = [];
    server.script = (seen, response) => (isPart(seen.headers) ? echo(response) : false);
    failures.push(recordOf(await files.upload(file, options)));
    server.script = (_seen, response) => echo(response);
    failures.push(
      recordOf(await files.upload(file, options)),
      recordOf(await files.get('files/f1', options)),
      recordOf(await files.list(options)),
      recordOf(await files.delete('files/f1', options)),
      recordOf(await listModels(options)),
      await generateText({ model: 'm', system: '', text: 't', maxOutputTokens: 1, json: false }, options),
    );
    for (const { outcome } of failures) {
      expect(outcome).toMatchObject({ kind: 'answer', status: 403 });
      const body = outcome.kind === 'answer' ? Buffer.from(outcome.body).toString() : '';
      const kept = JSON.stringify(outcome) + body;
      for (const secret of [KEY, encodeURIComponent(KEY), UPLOAD_ID, 'relays-own-key']) {
        expect(kept).not.toContain(secret);
      }
      expect(kept).toContain('upload_protocol');
    }
  });
});
