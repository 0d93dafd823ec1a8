/** *Now* over HTTP: a real fleet behind a leaked key, and what its operators do about it in the page. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KEYS, startOperatorRig, twoRoutes } from '../client/operator-rig.ts';
import { words } from '../support/console-browser.ts';
import type { Seen } from '../support/console-browser.ts';
import type { ConsoleRig } from '../support/console-rig.ts';
import { startConsoleRig } from '../support/console-rig.ts';
import { lentEntities } from '../support/lent-bundle.ts';
import { eventually } from '../support/eventually.ts';
import { ownNamespace } from '../support/namespaces.ts';

const SLOW = 180_000;
const SAID = { by: 'ann', why: 'the sale is live' };

let rig: ConsoleRig;

beforeAll(async () => {
  rig = await startConsoleRig(await startOperatorRig({ server: await ownNamespace() }));
  const { codePath } = await lentEntities();
  await rig.rig.worker({ ...twoRoutes(rig.rig), quota: 'fleet', entityBundle: { codePath } });
});
afterAll(() => rig.close());

async function start(count: number): Promise<readonly string[]> {
  const all = Array.from({ length: count }, (_, i) => rig.rig.images.start({ prompt: `a fox, number ${i}` }));
  return (await Promise.all(all)).map(({ id }) => id);
}

async function now(what: string, holds: (text: string) => boolean): Promise<Seen> {
  const browser = rig.browser();
  return await eventually(what, async () => {
    const page = await browser.get('/');
    return holds(words(page.text)) && page;
  });
}

test(
  'a cause is told with its count, evidence and prices; a stale tab is refused; one form lets all leave',
  async () => {
    rig.rig.emulator.addFaults({ action: 'key-leaked', match: { key: KEYS.main.slice(-4) } });
    const ids = await start(3);
    const page = await now('the cause with its hold', (text) =>
      /3 × permission\/key-leaked .* hold h-1/.test(text),
    );
    const text = words(page.text);
    expect(text).toContain('waiting for a person 3');
    expect(text).toMatch(/Let 3 leave to backup: at most \d+\.\d+ USD each, \d+\.\d+ USD for all/);
    expect(text).toContain('was reported as leaked');
    expect(text).toMatch(/Hold h-1: permission\/key-leaked credential:/);

    const browser = rig.browser();
    await browser.get('/');
    const mine = await browser.get('/');
    const which = { action: 'approve-cause', route: 'backup' };
    const stale = await browser.submit(mine, which, { ...SAID, evidence: 'f'.repeat(64) });
    expect(stale.status).toBe(409);
    expect(words(stale.text)).toContain('Not taken: the question has changed');

    const dear = await browser.submit(stale, which, { ...SAID, maxCostUsd: '-1' });
    expect(dear.status).toBe(422);
    const granted = await browser.submit(dear, which, { ...SAID, maxCostUsd: '100', until: '2h' });
    expect(granted.status).toBe(200);
    expect(words(granted.text)).toContain('granted as g-1, at most 100.00 USD');
    for (const id of ids) expect((await rig.rig.images.result(id)).route).toBe('backup');
    const [used] = await rig.rig.images.grants();
    expect(used?.grant).toMatchObject({ id: 'g-1', uses: 3, by: 'ann', why: SAID.why });

    const open = await now('the grant', (seen) => seen.includes('Grant g-1: permission'));
    const revoked = await browser.submit(
      open,
      { action: 'revoke', grant: 'g-1' },
      { ...SAID, csrf: csrfOf(granted) },
    );
    expect(words(revoked.text)).toContain('Grant g-1 is revoked');
  },
  SLOW,
);

test(
  'a hold is resumed: the page says at once what is tried, and later what came of it',
  async () => {
    const ids = await start(2);
    await now('the cause', (text) => /2 × permission/.test(text));
    rig.rig.emulator.clearFaults();
    const browser = rig.browser();
    await browser.get('/');
    const page = await browser.get('/');
    const forms = page.text.match(/name="action" value="resume"/g) ?? [];
    // At the cause, and at the hold itself.
    expect(forms).toHaveLength(2);
    const fields = { action: 'resume', hold: 'h-1', governor: governorOf(page), csrf: csrfOf(page), ...SAID };
    const sent = await browser.post('/', fields);
    expect(sent.status).toBe(200);
    expect(words(sent.text)).toMatch(
      /Hold h-1: (a text call goes first|the text call went well|it is released)/,
    );
    for (const id of ids) expect((await rig.rig.images.result(id)).route).toBe('main');
    await now('what came of it', (text) => /ann resumes h-1: it is released; .* woken/.test(text));
  },
  SLOW,
);

test(
  'a route is paused from the page by name, and goes on from there',
  async () => {
    const browser = rig.browser();
    const page = await now('the quota', (text) => text.includes('Pause a part of it'));
    await browser.get('/');
    const mine = await browser.get('/');
    expect(words(page.text)).toContain('Quota of google/');
    const scope = 'model:gemini-3-pro-image';
    const fields = { action: 'pause', scope, governor: governorOf(mine), csrf: csrfOf(mine), ...SAID };
    const paused = await browser.post('/', fields);
    expect(words(paused.text)).toMatch(/is paused by hold h-\d/);
    expect(words(paused.text)).toContain('paused by ann model:gemini-3-pro-image');
    expect(rig.logged).toEqual([]);
  },
  SLOW,
);

function csrfOf({ text }: Seen): string {
  return /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
}

function governorOf({ text }: Seen): string {
  return /name="governor" value="([^"]+)"/.exec(text)?.[1] ?? '';
}
