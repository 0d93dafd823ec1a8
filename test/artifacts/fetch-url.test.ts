import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Lookup } from '../../src/artifacts/fetch-url.ts';
import { InputProblem } from '../../src/artifacts/input-problem.ts';
import { fetched, refused } from './fetching.ts';
import { ImageServer, answer, redirect } from './image-server.ts';

let server: ImageServer;

beforeEach(async () => {
  server = new ImageServer();
  await server.start();
});
afterEach(() => server.stop());

describe('what is fetched', () => {
  test('the bytes and the declared type', async () => {
    server.handler = answer('bytes', { 'content-type': 'Image/PNG; charset=x' });
    const { bytes, mime } = await fetched(`${server.url}/a.png?sig=1`);
    expect(Buffer.from(bytes).toString()).toBe('bytes');
    expect(mime).toBe('image/png');
  });

  test('an undeclared type is left to the bytes, a page is refused before it is read', async () => {
    server.handler = answer('x', { 'content-type': 'application/octet-stream' });
    expect(await fetched(server.url)).not.toHaveProperty('mime');
    server.handler = answer('x', { 'content-type': '' });
    expect(await fetched(server.url)).not.toHaveProperty('mime');
    server.handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.write('<html>');
    };
    const problem = await refused(server.url);
    expect(problem.reason).toBe('mime');
    expect(problem.message).toContain('answered with text/html, not an image');
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('a server that compresses unasked (%s) is understood', async (encoding, compress) => {
    server.handler = (request, response) => {
      expect(request.headers['accept-encoding']).toBe('identity');
      answer(compress('plain bytes'), { 'content-encoding': encoding })(request, response);
    };
    expect(Buffer.from((await fetched(server.url)).bytes).toString()).toBe('plain bytes');
  });

  test('up to three redirects are followed, relative ones too', async () => {
    server.handler = (request, response) => {
      const n = Number(request.url?.slice(1) || 0);
      (n < 3 ? redirect(n === 0 ? `${server.url}/1` : `/${n + 1}`, 301 + n) : answer('there'))(
        request,
        response,
      );
    };
    expect(Buffer.from((await fetched(server.url)).bytes).toString()).toBe('there');
    expect(server.seen).toHaveLength(4);
    server.handler = redirect(server.url, 307);
    expect((await refused(server.url)).message).toContain('redirects more than 3 times');
    expect(server.seen).toHaveLength(8);
  });

  test('the environment’s proxy is ignored: the address that was checked is the one that is reached', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { HTTP_PROXY: 'http://127.0.0.1:1', http_proxy: 'http://127.0.0.1:1' });
    try {
      server.handler = answer('direct');
      expect(Buffer.from((await fetched(server.url)).bytes).toString()).toBe('direct');
    } finally {
      process.env = before;
    }
  });
});

describe('where it may lead', () => {
  test.each([
    'http://127.0.0.1:PORT/',
    'http://localhost:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f.1:PORT/',
    'http://0177.0.0.1:PORT/',
    'http://0:PORT/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://10.0.0.1/',
  ])('%s is refused without a connection', async (url) => {
    server.handler = answer('secret');
    const problem = await refused(url.replace('PORT', String(server.port)), { allowPrivateAddresses: false });
    expect(problem.message).toMatch(/leads to a private or reserved address/);
    expect(problem.retryable).toBe(false);
    expect(server.seen).toEqual([]);
  });

  test.each([
    'http://127.0.0.2/',
    'http://[::1]/',
    'http://169.254.169.254/',
    'http://10.0.0.1:8080/x',
    'http://[::ffff:10.0.0.1]/',
  ])('a redirect to %s is refused', async (target) => {
    server.handler = redirect(target);
    expect((await refused(server.url)).message).toContain('private or reserved');
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    ['file:///etc/passwd', 'neither http nor https'],
    ['ftp://127.0.0.1/x', 'neither http nor https'],
    ['data:image/png;base64,AAAA', 'neither http nor https'],
    ['http://user:secret@127.0.0.1/', 'carries credentials'],
    ['not a url', 'cannot be parsed'],
    ['http://', 'cannot be parsed'],
  ])('%s %s', async (url, words) => {
    const problem = await refused(url);
    expect(problem.message).toContain(words);
    expect(problem.message).not.toContain('secret');
    server.handler = redirect(url);
    expect(await refused(server.url)).toBeInstanceOf(InputProblem);
  });

  test('a name that resolves to a private address is refused; beside a public one only that is used', async () => {
    const lookup: Lookup = async () => [{ address: '10.0.0.1', family: 4 }];
    const problem = await refused('http://images.example/a.png?token=t0p', { lookup });
    expect(problem.message).toContain('images.example leads to a private or reserved address');
    expect(problem.message).not.toContain('t0p');
    const mixed: Lookup = async () => [
      { address: '10.255.255.1', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    server.handler = answer('from the allowed one');
    const { bytes } = await fetched(`http://mixed.example:${server.port}/`, { lookup: mixed });
    expect(Buffer.from(bytes).toString()).toBe('from the allowed one');
  });

  test('the connection is pinned: the name is asked once and the answer that was checked is used', async () => {
    const answers = ['127.0.0.1', '10.0.0.1'];
    const asked: string[] = [];
    const lookup: Lookup = async (hostname) => {
      asked.push(hostname);
      return [{ address: answers.shift() ?? '10.0.0.1', family: 4 }];
    };
    server.handler = answer('pinned');
    const url = `http://rebinding.example:${server.port}/a.png`;
    expect(Buffer.from((await fetched(url, { lookup })).bytes).toString()).toBe('pinned');
    expect(asked).toEqual(['rebinding.example']);
    expect(server.seen).toEqual([`rebinding.example:${server.port} /a.png`]);
    expect((await refused(url, { lookup })).message).toContain('private or reserved');
  });

  test('no name, no address: worth another try', async () => {
    const lookup: Lookup = async () => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND gone.example'), { code: 'ENOTFOUND' });
    };
    const problem = await refused('http://gone.example/', { lookup });
    expect(problem).toMatchObject({ retryable: true });
    expect(problem.message).toContain('cannot be reached (ENOTFOUND)');
  });
});
