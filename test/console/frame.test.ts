/** The console's frame over HTTP: pages, files, forms and refusals, on a real server and a real worker. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asked, BY, GONE, startOperatorRig, twoRoutes } from '../client/operator-rig.ts';
import type { ConsoleRig } from '../support/console-rig.ts';
import { startConsoleRig } from '../support/console-rig.ts';

let rig: ConsoleRig;

beforeAll(async () => {
  rig = await startConsoleRig(await startOperatorRig());
  await rig.rig.worker(twoRoutes(rig.rig));
});
afterAll(() => rig.close());

test('a generation that asks is approved on its page, with who and why in its history', async () => {
  const { id } = await rig.rig.images.start({ prompt: `a tin robot ${GONE}` });
  await asked(rig.rig, id);
  const browser = rig.browser();
  const page = await browser.get(`/generations/${encodeURIComponent(id)}`);
  expect(page.status).toBe(200);
  const done = await browser.submit(
    page,
    { action: 'decide', choice: 'route-out' },
    { by: BY.by, why: BY.why },
  );
  expect(done.status).toBe(200);
  const { decisions = [] } = await rig.rig.images.result(id);
  expect(decisions).toMatchObject([{ by: 'ann', why: BY.why, outcome: 'taken', choice: 'route-out' }]);
  const now = await browser.get('/');
  expect(rig.logged).toEqual([]);
});
