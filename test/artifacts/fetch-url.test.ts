import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FetchUrlOptions, Fetched, Lookup } from '../../src/artifacts/fetch-url.ts';
import { fetchUrl, printableUrl } from '../../src/artifacts/fetch-url.ts';
import { InputProblem } from '../../src/artifacts/input-problem.ts';
import { loadInput } from '../../src/artifacts/load-input.ts';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import { mayConnect } from '../../src/artifacts/public-address.ts';
import { image } from './images.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let handler: Handler;
let seen: string[];
let base: string;
let port: number;

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    seen.push(`${request.headers.host} ${request.url}`);
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  base = `http://127.0.0.1:${port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function fetched(url: string, options: Partial<FetchUrlOptions> = {}): Promise<Fetched> {
  const all = { field: 'inputs[0]', maxBytes: 100_000, allowPrivateAddresses: ['127.0.0.1/32'], ...options };
  return await fetchUrl(url, all);
}

async function refused(url: string, options: Partial<FetchUrlOptions> = {}): Promise<InputProblem> {
  const error = await fetched(url, options).then(
    () => new Error('it was fetched'),
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(InputProblem);
  expect((error as InputProblem).field).toBe('inputs[0].url');
  return error as InputProblem;
}

function answer(
  body: Uint8Array | string,
  headers: Record<string, string | number> = {},
  status = 200,
): Handler {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'image/png', ...headers });
    response.end(body);
  };
}

function redirect(to: string, status = 302): Handler {
  return (_request, response) => {
    response.writeHead(status, { location: to });
    response.end();
  };
}

describe('which addresses', () => {
  test.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.9.9.9',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '192.0.0.192',
    '192.168.1.1',
    '198.18.0.1',
    '203.0.113.7',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '::ffff:127.0.0.1',
    '::8.8.8.8',
    '64:ff9b::808:808',
    '64:ff9b:1::a00:1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '4000::1',
    'not an address',
  ])('%s is refused', (address) => {
    expect(mayConnect(address, false)).toBe(false);
    expect(mayConnect(address, ['8.0.0.0/8', '2600::/16'])).toBe(false);
  });

  test.each(['8.8.8.8', '93.184.216.34', '172.32.0.1', '2606:4700:4700::1111', '2a00:1450:4001::1'])(
    '%s passes',
    (address) => {
      expect(mayConnect(address, false)).toBe(true);
    },
  );

  test('an operator opens named networks, or all', () => {
    expect(mayConnect('10.1.2.3', ['10.1.0.0/16'])).toBe(true);
    expect(mayConnect('10.2.2.3', ['10.1.0.0/16'])).toBe(false);
    expect(mayConnect('fd00::1', ['10.1.0.0/16', 'fd00::/8'])).toBe(true);
    expect(mayConnect('127.0.0.1', true)).toBe(true);
  });
});

describe('what is fetched', () => {
  test('the bytes and the declared type', async () => {
    handler = answer('bytes', { 'content-type': 'Image/PNG; charset=x' });
    const { bytes, mime } = await fetched(`${base}/a.png?sig=1`);
    expect(Buffer.from(bytes).toString()).toBe('bytes');
    expect(mime).toBe('image/png');
  });

  test('an undeclared type is left to the bytes, a page is refused before it is read', async () => {
    handler = answer('x', { 'content-type': 'application/octet-stream' });
    expect(await fetched(base)).not.toHaveProperty('mime');
    handler = answer('x', { 'content-type': '' });
    expect(await fetched(base)).not.toHaveProperty('mime');
    handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.write('<html>');
    };
    const problem = await refused(base);
    expect(problem.reason).toBe('mime');
    expect(problem.message).toContain('answered with text/html, not an image');
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('a server that compresses unasked (%s) is understood', async (encoding, compress) => {
    handler = (request, response) => {
      expect(request.headers['accept-encoding']).toBe('identity');
      answer(compress('plain bytes'), { 'content-encoding': encoding })(request, response);
    };
    expect(Buffer.from((await fetched(base)).bytes).toString()).toBe('plain bytes');
  });

  test('up to three redirects are followed, relative ones too', async () => {
    handler = (request, response) => {
      const n = Number(request.url?.slice(1) || 0);
      (n < 3 ? redirect(n === 0 ? `${base}/1` : `/${n + 1}`, 301 + n) : answer('there'))(request, response);
    };
    expect(Buffer.from((await fetched(base)).bytes).toString()).toBe('there');
    expect(seen).toHaveLength(4);
    handler = redirect(base, 307);
    expect((await refused(base)).message).toContain('redirects more than 3 times');
    expect(seen).toHaveLength(8);
  });

  test('the environment’s proxy is ignored: the address that was checked is the one that is reached', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { HTTP_PROXY: 'http://127.0.0.1:1', http_proxy: 'http://127.0.0.1:1' });
    try {
      handler = answer('direct');
      expect(Buffer.from((await fetched(base)).bytes).toString()).toBe('direct');
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
    handler = answer('secret');
    const problem = await refused(url.replace('PORT', String(port)), { allowPrivateAddresses: false });
    expect(problem.message).toMatch(/leads to a private or reserved address/);
    expect(problem.retryable).toBe(false);
    expect(seen).toEqual([]);
  });

  test.each([
    'http://127.0.0.2/',
    'http://[::1]/',
    'http://169.254.169.254/',
    'http://10.0.0.1:8080/x',
    'http://[::ffff:10.0.0.1]/',
  ])('a redirect to %s is refused', async (target) => {
    handler = redirect(target);
    expect((await refused(base)).message).toContain('private or reserved');
    expect(seen).toHaveLength(1);
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
    handler = redirect(url);
    expect(await refused(base)).toBeInstanceOf(InputProblem);
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
    handler = answer('from the allowed one');
    const { bytes } = await fetched(`http://mixed.example:${port}/`, { lookup: mixed });
    expect(Buffer.from(bytes).toString()).toBe('from the allowed one');
  });

  test('the connection is pinned: the name is asked once and the answer that was checked is used', async () => {
    const answers = ['127.0.0.1', '10.0.0.1'];
    const asked: string[] = [];
    const lookup: Lookup = async (hostname) => {
      asked.push(hostname);
      return [{ address: answers.shift() ?? '10.0.0.1', family: 4 }];
    };
    handler = answer('pinned');
    const url = `http://rebinding.example:${port}/a.png`;
    expect(Buffer.from((await fetched(url, { lookup })).bytes).toString()).toBe('pinned');
    expect(asked).toEqual(['rebinding.example']);
    expect(seen).toEqual([`rebinding.example:${port} /a.png`]);
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

describe('how much and how long', () => {
  test('a declared size over the limit is refused without reading', async () => {
    handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': 100_001 });
      response.write('x');
    };
    expect(await refused(base)).toMatchObject({ reason: 'too-large' });
  });

  test('an undeclared size is bounded while it arrives, and the server is hung up on', async () => {
    let sent = 0;
    const gone = new Promise<void>((resolve) => {
      handler = (_request, response) => {
        response.writeHead(200, { 'content-type': 'image/png' });
        const push = (): void => {
          while (response.write(Buffer.alloc(10_000))) sent += 10_000;
        };
        response.on('drain', push).on('close', resolve);
        push();
      };
    });
    expect(await refused(base)).toMatchObject({ reason: 'too-large' });
    await gone;
    expect(sent).toBeLessThan(50_000_000);
  });

  test('exactly the limit passes, one byte more does not', async () => {
    handler = answer(Buffer.alloc(100_000));
    expect((await fetched(base)).bytes.length).toBe(100_000);
    handler = answer(Buffer.alloc(100_001));
    expect(await refused(base)).toMatchObject({ reason: 'too-large' });
  });

  test('a gzip bomb is refused at the limit of its plain bytes', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    handler = answer(bomb, { 'content-encoding': 'gzip' });
    expect(await refused(base)).toMatchObject({ reason: 'too-large', retryable: false });
  });

  test('compression that is broken or unknown is refused', async () => {
    handler = answer('not gzip at all', { 'content-encoding': 'gzip' });
    expect((await refused(base)).message).toContain('does not decompress as gzip');
    handler = answer(gzipSync('cut').subarray(0, -6), { 'content-encoding': 'gzip' });
    expect((await refused(base)).message).toContain('does not decompress as gzip');
    handler = answer('x', { 'content-encoding': 'zstd' });
    expect((await refused(base)).message).toContain('is encoded as zstd');
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
      handler = slow;
      const problem = await refused(base, { deadlineMs: 300 });
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
    handler = () => controller.abort(new Error('cancelled by the caller'));
    await expect(fetched(base, { signal: controller.signal })).rejects.toThrow('cancelled by the caller');
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
    handler = answer(status === 204 || status === 304 ? '' : 'x', {}, status);
    const problem = await refused(base);
    expect(problem.message).toContain(`answered with status ${status}`);
    expect(problem.retryable).toBe(retryable);
  });

  test('nobody listens, or the connection breaks: worth another try', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port: unused } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const problem = await refused(`http://127.0.0.1:${unused}/`);
    expect(problem.retryable).toBe(true);
    expect(problem.message).toContain('ECONNREFUSED');
    handler = (request) => request.socket.destroy();
    expect((await refused(base)).retryable).toBe(true);
    handler = (request, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': 1000 });
      response.write('half', () => request.socket.destroy());
    };
    expect((await refused(base)).retryable).toBe(true);
  });

  test('a redirect without a target leads nowhere', async () => {
    handler = answer('', {}, 302);
    expect((await refused(base)).message).toContain('redirects to nowhere');
    handler = redirect('http://');
    expect((await refused(base)).message).toContain('redirects to nowhere');
  });

  test('I7: a URL is shown without its query and credentials', () => {
    expect(printableUrl('https://u:p@host.example:8443/a/b.png?X-Signature=abc#frag')).toBe(
      'https://host.example:8443/a/b.png?…',
    );
    expect(printableUrl('::')).toBe('a text that is not a URL');
  });

  test('no connection is left open', async () => {
    handler = answer('x');
    for (let n = 0; n < 5; n += 1) await fetched(base);
    const open = async (): Promise<number> =>
      await new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
    await expect.poll(open).toBe(0);
  });
});

describe('loadInput from a URL', () => {
  test('the image is decoded and stored by what its bytes are', async () => {
    const store = new MemoryArtifactStore();
    const bytes = await image('jpeg', 40, 30);
    handler = answer(bytes, { 'content-type': 'image/png' });
    const options = { store, allowPrivateAddresses: true, field: 'inputs[1]' };
    const { ref, warnings } = await loadInput({ url: `${base}/a.png?sig=x` }, options);
    expect(ref).toMatchObject({ mime: 'image/jpeg', width: 40, height: 30, bytes: bytes.length });
    expect(warnings).toEqual([
      `inputs[1].url: ${base}/a.png?… was declared image/png but is image/jpeg; sent as image/jpeg`,
    ]);
    handler = answer(bytes.subarray(0, -50), { 'content-type': 'image/jpeg' });
    await expect(loadInput({ url: base }, options)).rejects.toThrow(/inputs\[1\]\.url: .*cannot be/);
    handler = answer('<html>', { 'content-type': 'image/jpeg' });
    await expect(loadInput({ url: base }, options)).rejects.toThrow(
      /is text\/html, which Gemini does not take/,
    );
    await expect(loadInput({ url: base }, { store })).rejects.toThrow(/private or reserved/);
  });
});
