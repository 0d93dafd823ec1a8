/**
 * The console behind a real nginx, configured word for word as docs/console.md says: only ports and the place of the
 * password file are the test's own, and TLS is left out.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConsoleOptions } from '../../src/console/server.ts';
import { freePort } from '../../src/dev/ports.ts';
import { ConsoleBrowser, formIn, words } from '../support/console-browser.ts';
import type { ConsoleRig } from '../support/console-rig.ts';
import { startConsoleRig } from '../support/console-rig.ts';
import { ownNamespace } from '../support/namespaces.ts';
import { startNginx } from '../support/nginx.ts';
import { startRig } from '../support/rig.ts';
import { ROOT } from '../support/root.ts';

const PUBLIC = 'https://console.example.com';
const PASSWORDS = 'ann:{PLAIN}a-password\n';
const ANN = { authorization: `Basic ${Buffer.from('ann:a-password').toString('base64')}` };
const HEADER = { kind: 'header', header: 'X-Forwarded-User' } as const;

let rig: ConsoleRig;
let nginx: { close(): Promise<void> } | undefined;
/** The proxy in front of a console as documented, and of one that also asks for a role. */
let [url, withRoles] = ['', ''];
let delivered: string;
let running: string;

beforeAll(async () => {
  rig = await startConsoleRig(await startRig({ server: await ownNamespace() }));
  const { images } = rig.rig;
  const worker = await rig.rig.worker();
  delivered = (await images.generate({ prompt: 'a heron' })).id;
  await worker.stop();
  running = (await images.start({ prompt: 'a red fox' })).id;

  const example = await exampleOf('docs/console.md');
  const console = async (trust: ConsoleOptions['trust']) =>
    (await rig.another({ ...(trust === undefined ? {} : { trust }), url: PUBLIC })).port;
  const behind = [await console(HEADER), await console({ ...HEADER, roleHeader: 'X-Role' })];
  const ports = [await freePort(), await freePort()];
  [url = '', withRoles = ''] = ports.map((port) => `http://127.0.0.1:${port}`);
  nginx = await startNginx({
    ports,
    files: { 'console.htpasswd': PASSWORDS },
    servers: (directory) =>
      behind
        .map((port, i) =>
          changed(example, {
            'listen 443 ssl;': `listen 127.0.0.1:${ports[i]};`,
            '/etc/nginx/console.htpasswd': `${directory}/console.htpasswd`,
            '127.0.0.1:8480': `127.0.0.1:${port}`,
          }),
        )
        .join('\n'),
  });
}, 120_000);
afterAll(async () => {
  await nginx?.close();
  await rig?.close();
});

async function exampleOf(page: string): Promise<string> {
  const [, example] = /```nginx\n([^]*?)```/.exec(await readFile(join(ROOT, page), 'utf8')) ?? [];
  if (example === undefined) throw new Error(`${page} has no example for nginx`);
  return example;
}

function changed(text: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((all, [old, fresh]) => {
    if (!all.includes(old)) throw new Error(`the example has no ${old} any more`);
    return all.replace(old, fresh);
  }, text);
}

const pageOf = (id: string): string => `/generations/${encodeURIComponent(id)}`;

describe('who is let in', () => {
  test('nobody without a password, and nothing of the console is seen', async () => {
    const page = await new ConsoleBrowser(url).get('/');
    expect(page.status).toBe(401);
    expect(page.text).not.toContain('gemini-images');
  });

  test('the person that nginx knows, on a page whose id has a slash', async () => {
    const page = await new ConsoleBrowser(url).get(pageOf(running), ANN);
    expect(page.status).toBe(200);
    expect(words(page.text)).toContain('a red fox');
    expect(words(page.text)).toContain('ann');
  });

  test('who names somebody else in the header is still who they are', async () => {
    const page = await new ConsoleBrowser(url).get('/', { ...ANN, 'x-forwarded-user': 'mallory' });
    expect(words(page.text)).toContain('ann');
    expect(page.text).not.toContain('mallory');
  });

  test('who makes themselves an operator is none', async () => {
    const page = await new ConsoleBrowser(withRoles).get(pageOf(running), { ...ANN, 'x-role': 'operator' });
    expect(words(page.text)).toContain('reads only');
    expect(page.text).not.toContain('<form');
  });
});

test('a decision is taken from the address that people open, and from no other', async () => {
  const browser = new ConsoleBrowser(url);
  const page = await browser.get(pageOf(running), ANN);
  const { address, fields } = formIn(page, { action: 'cancel' });
  const form = { ...fields, why: 'not wanted any more' };
  expect((await browser.post(address, form, { ...ANN, origin: 'https://elsewhere.example' })).status).toBe(
    403,
  );
  const sent = await browser.post(address, form, { ...ANN, origin: PUBLIC });
  // The page that it leads to is asked for without a password by this browser.
  expect(sent.status).toBe(401);
  const after = await browser.get(sent.address, ANN);
  expect(words(after.text)).toContain('It was told to end');
});

test('an open page is told at once, through a connection that stays open', async () => {
  const address = `/events?page=${encodeURIComponent(pageOf(delivered))}&version=older`;
  const over = new AbortController();
  const response = await fetch(new URL(address, url), { headers: ANN, signal: over.signal });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let told = '';
  // Kept back until there are some kilobytes it would never come: the stream does not end.
  while (!told.includes('event: version')) {
    const { done, value = '' } = (await reader?.read()) ?? { done: true };
    if (done) throw new Error(`the stream ended after ${JSON.stringify(told)}`);
    told += value;
  }
  over.abort();
  await reader?.cancel().catch(() => undefined);
});

test('an image arrives whole, and the browser may keep it for ever', async () => {
  const { text } = await new ConsoleBrowser(url).get(pageOf(delivered), ANN);
  const [, address = ''] = /<img[^>]* src="(\/artifacts\/[0-9a-f]{64})"/.exec(text) ?? [];
  const seen = await fetch(new URL(address, url), { headers: ANN });
  expect(seen.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
  expect(seen.headers.get('content-type')).toMatch(/^image\//);
  const sha256 = Buffer.from(await crypto.subtle.digest('SHA-256', await seen.arrayBuffer())).toString('hex');
  expect(address).toBe(`/artifacts/${sha256}`);
});
