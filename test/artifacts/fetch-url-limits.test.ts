import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Lookup } from '../../src/artifacts/fetch-url.ts';
import { printableUrl } from '../../src/artifacts/fetch-url.ts';
import { loadInput } from '../../src/artifacts/load-input.ts';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import { fetched, refused } from './fetching.ts';
import type { Handler } from './image-server.ts';
import { ImageServer, answer, redirect } from './image-server.ts';
import { image } from './images.ts';

let server: ImageServer;

beforeEach(async () => {
  server = new ImageServer();
  await server.start();
});
afterEach(() => server.stop());

describe('how much and how long', () => {
  test('a declared size over the limit is refused without reading', async () => {
    server.handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': 100_001 });
      response.write('x');
    };
    expect(await refused(server.url)).toMatchObject({ reason: 'too-large' });
  });

  test('an undeclared size is bounded while it arrives, and the server is hung up on', async () => {
    let sent = 0;
    const gone = new Promise<void>((resolve) => {
      server.handler = (_request, response) => {
        response.writeHead(200, { 'content-type': 'image/png' });
        const push = (): void => {
          while (response.write(Buffer.alloc(10_000))) sent += 10_000;
        };
        response.on('drain', push).on('close', resolve);
        push();
      };
    });
    expect(await refused(server.url)).toMatchObject({ reason: 'too-large' });
    await gone;
    expect(sent).toBeLessThan(50_000_000);
  });

  test('exactly the limit passes, one byte more does not', async () => {
    server.handler = answer(Buffer.alloc(100_000));
    expect((await fetched(server.url)).bytes.length).toBe(100_000);
    server.handler = answer(Buffer.alloc(100_001));
    expect(await refused(server.url)).toMatchObject({ reason: 'too-large' });
  });

  test('a gzip bomb is refused at the limit of its plain bytes', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    server.handler = answer(bomb, { 'content-encoding': 'gzip' });
    expect(await refused(server.url)).toMatchObject({ reason: 'too-large', retryable: false });
  });

  test('compression that is broken or unknown is refused', async () => {
    server.handler = answer('not gzip at all', { 'content-encoding': 'gzip' });
    expect((await refused(server.url)).message).toContain('does not decompress as gzip');
    server.handler = answer(gzipSync('cut').subarray(0, -6), { 'content-encoding': 'gzip' });
    expect((await refused(server.url)).message).toContain('does not decompress as gzip');
    server.handler = answer('x', { 'content-encoding': 'zstd' });
    expect((await refused(server.url)).message).toContain('is encoded as zstd');
  });

  test.each([
    ['says nothing', () => undefined],
    [
      'sends its header and stops',
      ((_request, response) => {
        response.writeHead(200, { 'content-type': 'image/png' });
        response.write('x');
      }) satisfies Handler,
    ],
    [
      'drips',
      ((_request, response) => {
        response.writeHead(200, { 'content-type': 'image/png' });
        const drip = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(drip));
      }) satisfies Handler,
    ],
  ] satisfies readonly (readonly [string, Handler])[])(
    'a server that %s is left at the deadline',
    async (_how, slow) => {
      server.handler = slow;
      const problem = await refused(server.url, { deadlineMs: 300 });
      expect(problem.retryable).toBe(true);
      expect(problem.message).toContain('did not answer in full within 0.3 s');
    },
  );

  test('a resolver that never answers is left at the deadline', async () => {
    const lookup: Lookup = () => new Promise(() => undefined);
    expect((await refused('http://slow.example/', { lookup, deadlineMs: 100 })).retryable).toBe(true);
  });

  test('the caller’s abort is the caller’s, not a problem of the input', async () => {
    const controller = new AbortController();
    server.handler = () => controller.abort(new Error('cancelled by the caller'));
    await expect(fetched(server.url, { signal: controller.signal })).rejects.toThrow(
      'cancelled by the caller',
    );
  });
});

describe('what the server says', () => {
  test.each([
    [404, false],
    [403, false],
    [204, false],
    [206, false],
    [304, false],
    [408, true],
    [429, true],
    [500, true],
    [503, true],
  ])('status %i: worth another try is %s', async (status, retryable) => {
    server.handler = answer(status === 204 || status === 304 ? '' : 'x', {}, status);
    const problem = await refused(server.url);
    expect(problem.message).toContain(`answered with status ${status}`);
    expect(problem.retryable).toBe(retryable);
  });

  test('nobody listens, or the connection breaks: worth another try', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const problem = await refused(`http://127.0.0.1:${port}/`);
    expect(problem.retryable).toBe(true);
    expect(problem.message).toContain('ECONNREFUSED');
    server.handler = (request) => request.socket.destroy();
    expect((await refused(server.url)).retryable).toBe(true);
    server.handler = (request, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': 1000 });
      response.write('half', () => request.socket.destroy());
    };
    expect((await refused(server.url)).retryable).toBe(true);
  });

  test('a redirect without a target leads nowhere', async () => {
    server.handler = answer('', {}, 302);
    expect((await refused(server.url)).message).toContain('redirects to nowhere');
    server.handler = redirect('http://');
    expect((await refused(server.url)).message).toContain('redirects to nowhere');
  });

  test('I7: a URL is shown without its query and credentials', () => {
    expect(printableUrl('https://u:p@host.example:8443/a/b.png?X-Signature=abc#frag')).toBe(
      'https://host.example:8443/a/b.png?…',
    );
    expect(printableUrl('::')).toBe('a text that is not a URL');
  });

  test('no connection is left open', async () => {
    server.handler = answer('x');
    for (let n = 0; n < 5; n += 1) await fetched(server.url);
    await expect.poll(() => server.connections()).toBe(0);
  });
});

describe('loadInput from a URL', () => {
  test('the image is decoded and stored by what its bytes are', async () => {
    const store = new MemoryArtifactStore();
    const bytes = await image('jpeg', 40, 30);
    server.handler = answer(bytes, { 'content-type': 'image/png' });
    const options = { store, allowPrivateAddresses: true, field: 'inputs[1]' };
    const { ref, warnings } = await loadInput({ url: `${server.url}/a.png?sig=x` }, options);
    expect(ref).toMatchObject({ mime: 'image/jpeg', width: 40, height: 30, bytes: bytes.length });
    expect(warnings).toEqual([
      `inputs[1].url: ${server.url}/a.png?… was declared image/png but is image/jpeg; sent as image/jpeg`,
    ]);
    server.handler = answer(bytes.subarray(0, -50), { 'content-type': 'image/jpeg' });
    await expect(loadInput({ url: server.url }, options)).rejects.toThrow(/inputs\[1\]\.url: .*cannot be/);
    server.handler = answer('<html>', { 'content-type': 'image/jpeg' });
    await expect(loadInput({ url: server.url }, options)).rejects.toThrow(
      /is text\/html, which Gemini does not take/,
    );
    await expect(loadInput({ url: server.url }, { store })).rejects.toThrow(/private or reserved/);
  });
});
