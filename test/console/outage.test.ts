/** Temporal goes away under an open console, and comes back: told, bridged, and over by itself. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import { pathTo } from '../../src/console/page.ts';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.ts';
import type { DevServer } from '../../src/dev/server.ts';
import { startDevServer } from '../../src/dev/server.ts';
import { ConsoleBrowser, words } from '../support/console-browser.ts';
import type { ConsoleRig } from '../support/console-rig.ts';
import { startConsoleRig } from '../support/console-rig.ts';
import { eventually } from '../support/eventually.ts';
import { startRig } from '../support/rig.ts';

let directory: string;
let server: DevServer;
let rig: ConsoleRig;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'console-outage-'));
  server = await startDevServer({
    dbFile: join(directory, 'temporal.db'),
    searchAttributes: SEARCH_ATTRIBUTES,
  });
  rig = await startConsoleRig(await startRig({ server }));
});
afterAll(async () => {
  await rig.close();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

test('pages say since when, show what was seen last with its age, refuse decisions, and recover', async () => {
  const { id } = await rig.rig.images.start({ prompt: 'a red fox' });
  const { client, store } = rig.rig;
  const images = new GeminiImages({ client, store, rpcDeadlineMs: 1_000 });
  const browser = new ConsoleBrowser((await rig.another({ images })).url);
  const address = pathTo('/generations', id);
  const before = await browser.get(address);
  expect(words(before.text)).toContain('a red fox');
  expect((await browser.get('/')).status).toBe(200);

  await server.kill();
  const seen = await eventually('the outage on the page', async () => {
    const page = await browser.get(address);
    return words(page.text).includes('Temporal does not answer since') && page;
  });
  expect(seen.status).toBe(200);
  expect(words(seen.text)).toContain('What you see is as it was at');
  expect(words(seen.text)).toContain('a red fox');
  // The same outage on each page, one that nobody saw before included.
  const unseen = await browser.get(pathTo('/generations', 'gemini-image/another'));
  expect(unseen.status).toBe(503);
  expect(words(unseen.text)).toContain('Nothing was seen before');
  const sent = await browser.submit(seen, { action: 'cancel' }, { by: 'ann', why: 'a test' });
  expect(sent.status).toBe(503);
  expect(words(sent.text)).toContain('Temporal did not answer within 1000 ms');
  expect(words(sent.text)).toContain('a red fox');

  await server.restart();
  const after = await eventually('the page as usual', async () => {
    const page = await browser.get(address);
    return !words(page.text).includes('Temporal does not answer') && page;
  });
  expect(words(after.text)).toContain('a red fox');
  expect((await rig.rig.images.describe(id)).status).toBe('running');
  expect(rig.logged).toEqual([]);
}, 180_000);
