/** The small parts of the console, by themselves: escaping, addresses, forms, sessions, what is shared and kept. */
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Script } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { SCRIPT } from '../../src/console/assets/script.ts';
import { Background } from '../../src/console/background.ts';
import { choice, decisionForm } from '../../src/console/decision-form.ts';
import { Form } from '../../src/console/form.ts';
import { foreign, html } from '../../src/console/html.ts';
import { imageKind } from '../../src/console/image-kind.ts';
import { Live } from '../../src/console/live.ts';
import type { Viewer } from '../../src/console/page.ts';
import { pathTo } from '../../src/console/page.ts';
import { match } from '../../src/console/router.ts';
import { Snapshots } from '../../src/console/snapshots.ts';
import { isLoopback, oneOf } from '../../src/console/trust/addresses.ts';
import { newSession, sealed, unsealed } from '../../src/console/trust/session.ts';
import { ago, clock } from '../../src/console/words.ts';
import { durationWords } from '../../src/words/duration.ts';
import { eventually } from '../support/eventually.ts';

const VIEWER: Viewer = { role: 'operator', csrf: 'token', address: '/', now: 1_000 };

describe('html', () => {
  test('what stands in it is text, in elements and in attributes', () => {
    const bad = `<b title="x" id='y'>&`;
    expect(html`<p title="${bad}">${bad}</p>`.text).toBe(
      '<p title="&lt;b title=&quot;x&quot; id=&#39;y&#39;&gt;&amp;">&lt;b title=&quot;x&quot; id=&#39;y&#39;&gt;&amp;</p>',
    );
  });

  test('HTML of ours stays HTML, lists are joined, nothing leaves nothing', () => {
    const items = [1, 2].map((n) => html`<i>${n}</i>`);
    expect(html`<b>${items}</b>`.text).toBe('<b><i>1</i><i>2</i></b>');
    expect(html`${undefined}${false}${null}${''}`.text).toBe('');
  });

  test('an object that looks like HTML is not taken for it', () => {
    const forged = { text: '<script>' } as unknown as string;
    expect(() => html`${forged}`).toThrow();
  });

  test('somebody else’s words are alone in their box', () => {
    expect(foreign('\u202e<i>').text).toBe('<bdi>\u202e&lt;i&gt;</bdi>');
  });
});

describe('addresses', () => {
  const ROUTES = [{ path: '/' }, { path: '/generations/:id' }];

  test.each(['gemini-image/1', 'a b?c#d%', '../../x', '..', 'ä/\u202e', '<script>'])(
    'the id %j comes back whole',
    (id) => {
      const address = pathTo('/generations', id);
      // As a browser sends it: no id climbs out of its place.
      const { pathname } = new URL(address, 'http://console');
      if (id !== '..') expect(match(ROUTES, pathname)?.params).toEqual({ id });
      expect(match(ROUTES, address)?.params).toEqual({ id });
    },
  );

  test('an id typed with its slashes is found; half an escape and no id are not', () => {
    expect(match(ROUTES, '/generations/gemini-image/1')?.params).toEqual({ id: 'gemini-image/1' });
    expect(match(ROUTES, '/generations/%E0%A4')).toBeUndefined();
    expect(match(ROUTES, '/generations/')).toBeUndefined();
    expect(match(ROUTES, '/nothing')).toBeUndefined();
  });

  test.each([
    ['127.0.0.1', true],
    ['127.8.9.1', true],
    ['localhost', true],
    ['::1', true],
    ['[::1]', true],
    ['::ffff:127.0.0.1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.1', false],
    ['localhost.example', false],
    ['127.evil.example', false],
  ])('%s: this machine alone is %s', (host, is) => {
    expect(isLoopback(host)).toBe(is);
  });

  test('addresses and ranges of proxies, IPv4 in IPv6 clothes too', () => {
    const isProxy = oneOf(['10.0.0.5', '192.168.1.0/24', 'fd00::/8']);
    for (const yes of ['10.0.0.5', '::ffff:10.0.0.5', '192.168.1.77', 'fd12::1'])
      expect(isProxy(yes)).toBe(true);
    for (const no of ['10.0.0.6', '192.168.2.1', '::1', 'nowhere', '']) expect(isProxy(no)).toBe(false);
    for (const wrong of ['', 'a', '10.0.0', '10.0.0.0/33', '10.0.0.0/', '::/129']) {
      expect(() => oneOf([wrong])).toThrow(TypeError);
    }
  });
});

describe('forms', () => {
  test('a person who only reads sees none', () => {
    expect(decisionForm({ ...VIEWER, role: 'reader' }, { action: 'x', button: 'X' }).text).toBe('');
  });

  test('who is known is not asked for a name', () => {
    const options = { action: 'x', button: 'X' };
    expect(decisionForm(VIEWER, options).text).toContain('name="by"');
    expect(decisionForm({ ...VIEWER, identity: 'ann' }, options).text).not.toContain('name="by"');
  });

  test('of two forms on a page the refused one keeps what was typed', () => {
    const typed = new Form(
      new URLSearchParams({ action: 'resume', hold: 'h-1', why: 'fixed', evidence: 'old' }),
    );
    const of = (hold: string) =>
      decisionForm({ ...VIEWER, typed }, { action: 'resume', button: 'R', hidden: { hold, evidence: 'new' } })
        .text;
    expect(of('h-1')).toContain('value="fixed"');
    expect(of('h-1')).toContain('value="new"');
    expect(of('h-2')).not.toContain('value="fixed"');
  });

  test('a choice without a wish is the first one', () => {
    expect(choice('n', 'N', [['a', 'A']]).text).not.toContain('selected');
  });
});

describe('sessions', () => {
  const key = Buffer.alloc(32, 1);
  const session = newSession(0, { name: 'ann', role: 'operator' });

  test('are read by whoever made them, until they are over', () => {
    const cookie = sealed(session, key);
    expect(unsealed(cookie, key, 1)).toEqual(session);
    expect(unsealed(cookie, key, session.until)).toBeUndefined();
    expect(unsealed(cookie, Buffer.alloc(32, 2), 1)).toBeUndefined();
  });

  test.each([undefined, '', '.', 'a.b', 'a.b.c', '..', '\u0000.'])('%j is none', (cookie) => {
    expect(unsealed(cookie, key, 1)).toBeUndefined();
  });
});

describe('what pages are loaded with', () => {
  test('is loaded once for everyone who asks at a time, and anew after a decision', async () => {
    let now = 0;
    let loads = 0;
    const snapshots = new Snapshots(() => now);
    const look = () => snapshots.look('/', () => Promise.resolve((loads += 1)));
    await Promise.all([look(), look()]);
    await look();
    expect(loads).toBe(1);
    now = 5_000;
    expect((await look()).snapshot?.data).toBe(2);
    snapshots.expire();
    expect((await look()).snapshot?.data).toBe(3);
  });

  test('a load that began before a decision is not shown after it', async () => {
    const snapshots = new Snapshots(() => 0);
    let answer: (data: string) => void = () => undefined;
    const early = snapshots.look('/', () => new Promise((resolve) => (answer = resolve)));
    snapshots.expire();
    const late = snapshots.look('/', () => Promise.resolve('after'));
    answer('before');
    expect((await early).snapshot?.data).toBe('before');
    expect((await late).snapshot?.data).toBe('after');
    expect((await snapshots.look('/', () => Promise.resolve('again'))).snapshot?.data).toBe('after');
  });

  test('an outage is told since its first unanswered call, with what was seen last', async () => {
    let now = 0;
    const snapshots = new Snapshots(() => now);
    const away = () => Promise.reject(Object.assign(new Error('away'), { name: 'ServerUnreachable' }));
    await snapshots.look('/', () => Promise.resolve('seen'));
    now = 10_000;
    await snapshots.look('/', away);
    now = 20_000;
    expect(await snapshots.look('/', away)).toMatchObject({
      snapshot: { data: 'seen', at: 0 },
      down: { since: 10_000, why: 'away' },
    });
    expect(await snapshots.look('/new', away)).toEqual({ down: { since: 10_000, why: 'away' } });
    expect((await snapshots.look('/', () => Promise.resolve('back'))).down).toBeUndefined();
  });

  test('what is slow is not waited for where something recent is known; after a decision it is', async () => {
    let now = 0;
    const snapshots = new Snapshots(() => now);
    const never = () => new Promise<string>(() => undefined);
    await snapshots.look('/', () => Promise.resolve('recent'));
    now = 5_000;
    expect((await snapshots.look('/', never)).snapshot?.data).toBe('recent');
    snapshots.expire();
    expect((await snapshots.look('/', () => Promise.resolve('anew'))).snapshot?.data).toBe('anew');
  });

  test('what is no outage is thrown', async () => {
    const look = new Snapshots().look('/', () => Promise.reject(new Error('a bug')));
    await expect(look).rejects.toThrow('a bug');
  });
});

describe('open pages', () => {
  /** What a stream was told. */
  class Stream extends EventEmitter {
    readonly told: string[] = [];
    ended = false;
    write(text: string): boolean {
      if (text.startsWith('event:')) this.told.push(text);
      return true;
    }
    end(): void {
      this.ended = true;
      this.emit('close');
    }
  }

  test('share one loop for each address, are told what changed, and cost nothing once closed', async () => {
    const looks: string[] = [];
    let version = 'a';
    const live = new Live({ everyMs: 1, versionOf: async (key) => (looks.push(key), version) });
    const [one, two] = [new Stream(), new Stream()];
    live.open('/', 'a', one as unknown as ServerResponse);
    live.open('/', 'old', two as unknown as ServerResponse);
    await eventually('the one that is behind', () => two.told.length > 0);
    version = 'b';
    await eventually('both', () => one.told.length > 0 && two.told.length > 1);
    expect(one.told).toEqual(['event: version\ndata: b\n\n']);
    expect(new Set(looks)).toEqual(new Set(['/']));
    expect(live.size).toBe(2);
    for (const stream of [one, two]) stream.end();
    expect(live.size).toBe(0);
    live.close();
  });
});

describe('work that goes on', () => {
  test('answers with what it says first, and tells what came of it', async () => {
    const background = new Background();
    let end: (state: string) => void = () => undefined;
    const over = new Promise<string>((resolve) => (end = resolve));
    const first = await background.run('ann resumes h-1', (tell) => {
      tell('a text call goes first');
      return over;
    });
    expect(first).toBe('a text call goes first');
    expect(background.told).toMatchObject([{ what: 'ann resumes h-1', state: first, phase: 'running' }]);
    end('released');
    await over;
    expect(background.told).toMatchObject([{ state: 'released', phase: 'done' }]);
  });

  test('that fails before it said anything was not taken; later it is told', async () => {
    const background = new Background();
    await expect(background.run('x', () => Promise.reject(new Error('no such hold')))).rejects.toThrow(
      'no such hold',
    );
    expect(background.told).toEqual([]);
    await background.run('y', (tell) => {
      tell('taken');
      return Promise.reject(new Error('away'));
    });
    await Promise.resolve();
    expect(background.told).toMatchObject([{ what: 'y', state: 'away', phase: 'failed' }]);
  });
});

test.each([
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xd8\xff\xe0', 'image/jpeg'],
  ['GIF89a', 'image/gif'],
  ['RIFF\x00\x00\x00\x00WEBPVP8 ', 'image/webp'],
  ['\x00\x00\x00\x1cftypavif', 'image/avif'],
  ['<svg xmlns="http://www.w3.org/2000/svg">', undefined],
  ['<!doctype html>', undefined],
  ['{"a":1}', undefined],
  ['', undefined],
])('bytes that begin with %j are %s', (bytes, mime) => {
  expect(imageKind(Buffer.from(bytes, 'latin1'))?.mime).toBe(mime);
});

test('times that no clock has take no page away', () => {
  expect(ago(NaN, VIEWER).text).toContain('<time');
  expect(clock(Infinity, VIEWER).text).toContain('<time');
});

test('the browser’s script is one, and says durations as we do', () => {
  expect(() => new Script(SCRIPT)).not.toThrow();
  const [, body = ''] = /const words = (\(ms\) => \{.*?\n {2}\});/s.exec(SCRIPT) ?? [];
  const words = new Script(`(${body})`).runInNewContext() as (ms: number) => string;
  for (const ms of [-5, 0, 999, 119_999, 120_000, 7_199_999, 7_200_000, 172_800_000, 9e9]) {
    expect(words(ms)).toBe(durationWords(ms));
  }
});
