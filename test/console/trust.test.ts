/** Who may see and decide: names, origins, tokens, proxies, roles (docs/decisions/0037). Over real HTTP. */
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConsoleOptions } from '../../src/console/server.ts';
import { startConsole } from '../../src/console/server.ts';
import { ConsoleBrowser, formIn, formsIn, words } from '../support/console-browser.ts';
import type { ConsoleRig } from '../support/console-rig.ts';
import { startConsoleRig } from '../support/console-rig.ts';
import { ownNamespace } from '../support/namespaces.ts';
import { startRig } from '../support/rig.ts';

const TOKEN = 'operator-token-0123456789';
const READER = 'reader-token-0123456789-x';
const HEADER = { kind: 'header', header: 'X-Forwarded-User' } as const;

let rig: ConsoleRig;

/** Of a generation that nobody works on: its page has forms. */
let running: string;

beforeAll(async () => {
  rig = await startConsoleRig(await startRig({ server: await ownNamespace() }));
  const { id } = await rig.rig.images.start({ prompt: 'a red fox' });
  running = `/generations/${encodeURIComponent(id)}`;
});
afterAll(() => rig.close());

async function browserOf(options: Partial<ConsoleOptions>): Promise<ConsoleBrowser> {
  return new ConsoleBrowser((await rig.another(options)).url);
}

/** With headers that `fetch` does not let one choose. */
async function raw(
  url: string,
  options: { readonly path?: string; readonly method?: string; readonly headers?: IncomingHttpHeaders },
): Promise<{
  readonly status: number | undefined;
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
}> {
  return await new Promise((resolve, reject) => {
    const { path = '/', ...rest } = options;
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, ...rest, path, timeout: 30_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, text, headers: response.headers }));
      response.on('error', reject);
    });
    sent.on('error', reject).end();
  });
}

function csrfIn({ text }: { readonly text: string }): string {
  const [, csrf] = /name="csrf" value="([^"]+)"/.exec(text) ?? [];
  if (csrf === undefined) throw new Error('the page has no form');
  return csrf;
}

/** A decision that is refused for what it says (nothing has this id), and never for who sends it. */
const DECISION = { action: 'cancel', by: 'ann', why: 'a test' };
const NOBODY = '/generations/gemini-image%2Fnobody';

describe('at the start', () => {
  test.each([
    ['another host than loopback without a proof', { host: '0.0.0.0' }, '--token-env NAME'],
    ['a token that could be tried out', { trust: { kind: 'token', token: 'short' } }, 'at least 16'],
    [
      'one token for two roles',
      { trust: { kind: 'token', token: TOKEN, readerToken: TOKEN } },
      'give two, or one',
    ],
    ['a header that is none', { trust: { kind: 'header', header: 'X: y' } }, 'X-Forwarded-User'],
    ['a proxy that is no address', { trust: { ...HEADER, proxies: ['proxy.example'] } }, '10.0.0.0/24'],
    ['an address of others without a proof', { url: 'https://console.example.com' }, '--trusted-header NAME'],
    ['an address with a path', { url: 'https://example.com/console' }, 'https://console.example.com'],
    ['a UI that is none', { temporalUi: 'javascript:alert(1)' }, 'http://127.0.0.1:8233'],
  ] as const)('it refuses %s, with the cure', async (_, options, cure) => {
    const started = startConsole({ images: rig.rig.images, port: 0, ...options });
    await expect(started).rejects.toThrow(cure);
  });
});

describe('on loopback', () => {
  test.each(['evil.example', 'evil.example:8480', '127.0.0.1.evil.example', '10.0.0.1'])(
    'a page whose name was made to point here asks for %s, and is refused',
    async (host) => {
      const { status, text } = await raw(rig.console.url, { headers: { host } });
      expect(status).toBe(421);
      expect(text).toContain('--url');
    },
  );

  test.each(['localhost', 'localhost:1', '127.0.0.1:9', '[::1]:8480'])('%s is this machine', async (host) => {
    expect((await raw(rig.console.url, { headers: { host } })).status).toBe(200);
  });

  test('pages load nothing from elsewhere, run nothing inline, are not framed and not kept', async () => {
    const { headers, text } = await rig.browser().get('/');
    const policy = headers.get('content-security-policy') ?? '';
    for (const rule of [
      "default-src 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
      expect(policy).toContain(rule);
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(text).not.toMatch(/<script(?! src=)|<style|\son\w+=|style=/);
  });

  test('the cookie is out of reach of scripts and of other sites', async () => {
    const { headers } = await raw(rig.console.url, {});
    expect(headers['set-cookie']?.[0]).toMatch(/^gemini-console-\d+=.+; HttpOnly; SameSite=Strict/);
  });

  test('a form from another origin is refused, whatever token it has', async () => {
    const browser = rig.browser();
    const csrf = csrfIn(await browser.get(running));
    const send = (headers: Record<string, string>) => browser.post(NOBODY, { ...DECISION, csrf }, headers);
    for (const headers of [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
      { origin: 'null', 'sec-fetch-site': 'same-origin' },
      { origin: rig.console.url, 'sec-fetch-site': 'same-site' },
    ]) {
      const refused = await send(headers);
      expect(refused.status).toBe(403);
      expect(words(refused.text)).toContain('it was sent from');
    }
  });

  test('a form without its token, or with that of another session, is refused', async () => {
    const csrf = csrfIn(await rig.browser().get(running));
    for (const given of [{}, { csrf: '' }, { csrf }]) {
      const browser = rig.browser();
      await browser.get('/');
      const refused = await browser.post(NOBODY, { ...DECISION, ...given });
      expect(refused.status).toBe(403);
      expect(words(refused.text)).toContain('older than your session');
    }
  });

  test.each([
    ['DELETE', 405],
    ['PUT', 405],
  ])('%s is not taken', async (method, status) => {
    expect((await raw(rig.console.url, { method })).status).toBe(status);
  });

  test('a body that is too long or no form is not read to its end', async () => {
    const browser = rig.browser();
    await browser.get('/');
    const json = await browser.post('/', {}, { 'content-type': 'application/json' });
    expect(json.status).toBe(415);
    expect((await browser.post('/', { why: 'x'.repeat(900 * 1024) })).status).toBe(413);
  });

  test.each([
    '//evil.example/',
    '/%E0%A4%A',
    '/../../etc/passwd',
    '/assets/../console.js',
    '/artifacts/..%2F..',
  ])('the address %s leads nowhere', async (path) => {
    expect((await raw(rig.console.url, { path, headers: { accept: 'text/html' } })).status).toBe(404);
  });
});

describe('with a token', () => {
  const trust = { kind: 'token', token: TOKEN, readerToken: READER } as const;

  async function loggedIn(token: string): Promise<ConsoleBrowser> {
    const browser = await browserOf({ trust });
    const login = await browser.get('/');
    expect(login.address).toBe('/login?to=%2F');
    const page = await browser.submit(login, {}, { name: 'ann', token });
    expect(page.status).toBe(200);
    return browser;
  }

  test('without one there is the login, and nothing else', async () => {
    const browser = await browserOf({ trust });
    expect(words((await browser.get('/')).text)).toContain('Log in');
    for (const path of ['/events?page=/', '/artifacts/' + '0'.repeat(64), '/evidence?generation=x&n=1']) {
      const { status, text } = await raw(browser.url, { path });
      expect({ status, text }).toEqual({ status: 401, text: 'log in with the token\n' });
    }
    const sent = await browser.post(NOBODY, DECISION);
    expect(sent.status).toBe(401);
  });

  test('a wrong token is refused, and the name need not be typed again', async () => {
    const browser = await browserOf({ trust });
    const again = await browser.submit(
      await browser.get('/login'),
      {},
      { name: 'ann', token: TOKEN.slice(1) },
    );
    expect(again.status).toBe(403);
    expect(formIn(again, {}).fields['name']).toBe('ann');
    expect(again.text).not.toContain(TOKEN.slice(1));
  });

  test('another site cannot log a browser in', async () => {
    const browser = await browserOf({ trust });
    const sent = await browser.post(
      '/login',
      { name: 'mallory', token: TOKEN },
      { origin: 'https://evil.example' },
    );
    expect(sent.status).toBe(403);
    expect(words((await browser.get('/')).text)).toContain('Log in');
  });

  test.each(['https://evil.example/', '//evil.example', '/\\evil.example'])(
    'after the login nobody is led to %s',
    async (to) => {
      const browser = await browserOf({ trust });
      const login = await browser.get(`/login?to=${encodeURIComponent(to)}`);
      expect(formIn(login, {}).fields['to']).toBe('/');
      expect((await browser.submit(login, {}, { name: 'ann', token: TOKEN, to })).address).toBe('/');
    },
  );

  test('who logged in decides by that name, whatever name a form says', async () => {
    const browser = await loggedIn(TOKEN);
    const page = await browser.get('/');
    expect(words(page.text)).toContain('ann');
    const csrf = csrfIn(page);
    // It gets as far as the client, which knows no such generation.
    expect((await browser.post(NOBODY, { ...DECISION, by: 'mallory', csrf })).status).toBe(404);
  });

  test('with the reader’s token everything is seen and nothing decided', async () => {
    const browser = await loggedIn(READER);
    const page = await browser.get('/');
    expect(words(page.text)).toContain('reads only');
    expect(page.text).not.toContain('class="decision"');
    const csrf = csrfIn(page);
    const sent = await browser.post(NOBODY, { ...DECISION, csrf });
    expect(sent.status).toBe(403);
    expect(words(sent.text)).toContain('you may read here and decide nothing');
  });

  test('who logged out is nobody', async () => {
    const browser = await loggedIn(TOKEN);
    // The page may have forms of decisions too: others use this server.
    const leave = formsIn(await browser.get('/')).find(({ address }) => address === '/logout');
    const out = await browser.post('/logout', leave?.fields ?? {});
    expect(words(out.text)).toContain('Log in');
  });

  test('a program has its token in Authorization, and needs no form', async () => {
    const { url } = await rig.another({ trust });
    const browser = new ConsoleBrowser(url);
    const as = (token: string) => ({ authorization: `Bearer ${token}` });
    expect((await browser.get('/', as(TOKEN))).status).toBe(200);
    expect((await browser.post(NOBODY, DECISION, as(TOKEN))).status).toBe(404);
    expect((await browser.post(NOBODY, DECISION, as(READER))).status).toBe(403);
    expect((await browser.get('/', as(`${TOKEN}x`))).status).toBe(403);
  });

  test('a link from elsewhere arrives, although a strict cookie does not come along at once', async () => {
    const { url } = await rig.another({ trust });
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', accept: 'text/html' };
    const { status, text } = await raw(url, { path: '/generations/x', headers });
    expect(status).toBe(200);
    expect(text).toContain('http-equiv="refresh" content="0"');
    expect(text).toContain('href="/generations/x"');
  });

  test('a session that somebody wrote themselves is none', async () => {
    const { url } = await rig.another({ trust });
    const mine = Buffer.from(
      JSON.stringify({ id: 'x', until: Date.now() + 1e9, name: 'm', role: 'operator' }),
    );
    const port = new URL(url).port;
    const cookie = `gemini-console-${port}=${mine.toString('base64url')}.${'A'.repeat(43)}`;
    expect((await raw(url, { headers: { cookie, accept: 'text/html' } })).status).toBe(303);
  });
});

describe('behind a proxy', () => {
  test('the header names who decides, and its role header whether they may', async () => {
    const { url } = await rig.another({ trust: { ...HEADER, roleHeader: 'X-Role' } });
    const browser = new ConsoleBrowser(url);
    // As it travels: UTF-8, which HTTP takes for Latin-1.
    const name = Buffer.from('zoë').toString('latin1');
    const as = (role: string) => ({ 'x-forwarded-user': name, 'x-role': role });
    const page = await browser.get(running, as('operator'));
    expect(words(page.text)).toContain('zoë');
    const csrf = csrfIn(page);
    expect(formIn(page, { action: 'cancel' }).fields).not.toHaveProperty('by');
    expect((await browser.post(NOBODY, { ...DECISION, csrf }, as('operator'))).status).toBe(404);
    expect((await browser.post(NOBODY, { ...DECISION, csrf }, as('viewer'))).status).toBe(403);
  });

  test.each([
    ['no name', {}],
    ['an empty name', { 'x-forwarded-user': ' ' }],
    ['two names', { 'x-forwarded-user': ['ann', 'mallory'] }],
    ['a name without end', { 'x-forwarded-user': 'x'.repeat(101) }],
  ])('%s is nobody', async (_, headers) => {
    const { url } = await rig.another({ trust: HEADER });
    expect((await raw(url, { headers: { ...headers, accept: 'text/html' } })).status).toBe(403);
  });

  test('from an address that is no trusted proxy the header is worth nothing', async () => {
    const { url } = await rig.another({ trust: { ...HEADER, proxies: ['10.0.0.0/24'] } });
    const { status, text } = await raw(url, { headers: { 'x-forwarded-user': 'ann', accept: 'text/html' } });
    expect(status).toBe(403);
    expect(text).toContain('--trusted-proxy 127.0.0.1');
  });

  test('with its public address the cookie is for https, and forms come from there', async () => {
    const { url, port } = await rig.another({ trust: HEADER, url: 'https://console.example.com' });
    expect(url).toBe('https://console.example.com');
    const browser = new ConsoleBrowser(`http://127.0.0.1:${port}`);
    const as = { 'x-forwarded-user': 'ann' };
    const page = await browser.get(running, as);
    expect(page.headers.getSetCookie()[0]).toMatch(/; Secure$/);
    const csrf = csrfIn(page);
    const from = (origin: string) => browser.post(NOBODY, { ...DECISION, csrf }, { ...as, origin });
    expect((await from('https://console.example.com')).status).toBe(404);
    expect((await from('https://elsewhere.example.com')).status).toBe(403);
  });
});

test('read-only: no form on any page, and a form that is sent all the same is refused', async () => {
  const browser = await browserOf({ readOnly: true });
  const page = await browser.get(running);
  expect(page.text).toContain('a red fox');
  expect(page.text).not.toContain('<form');
  const sent = await browser.post(running, { ...DECISION, csrf: 'x' });
  expect(sent.status).toBe(403);
});
