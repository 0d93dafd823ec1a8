/** *Spend* over HTTP: the ledger's money, budgets with their marks, whatever tenants are called. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { ConsoleRig } from '../support/console-rig.ts';
import { startConsoleRig } from '../support/console-rig.ts';
import type { FleetRig } from '../support/fleet-rig.ts';
import { REQUEST, startFleetRig } from '../support/fleet-rig.ts';
import type { Seen } from '../support/console-browser.ts';
import type { RunningWorker } from '../../src/worker/run.ts';
import { usdWords } from '../../src/domain/report/number-words.ts';

const HOSTILE = `<script>alert('tenant')</script>`;
const IMAGES = 4;

let consoleRig: ConsoleRig<FleetRig>;
let worker: RunningWorker;
beforeAll(async () => {
  const rig = await startFleetRig();
  consoleRig = await startConsoleRig(rig);
  const budget = { period: 'day', timeZone: 'UTC' } as const;
  worker = await rig.fleetWorker({
    budgets: [
      { tenant: 'acme', usd: 0.5, ...budget },
      { tenant: HOSTILE, usd: 1_000, ...budget },
    ],
  });
  const asked = [
    { tenant: 'acme' },
    { tenant: 'acme', prompt: 'a fox [[fault:internal*1]]' },
    { tenant: HOSTILE },
    {},
  ];
  const started = await Promise.all(asked.map((one) => rig.images.start({ ...REQUEST, ...one })));
  await Promise.all(started.map(({ id }) => rig.images.result(id)));
});
afterAll(() => consoleRig.close());

/** Once visibility and the entities have told all of it. Of a week, because a midnight may come in the middle. */
async function spend(query = '?days=7', wanted: (page: Seen) => boolean = () => true): Promise<Seen> {
  const browser = consoleRig.browser();
  return await eventually(`/spend${query} as it will be`, async () => {
    const page = await browser.get(`/spend${query}`);
    return page.text.includes(`>${IMAGES}: ${IMAGES} delivered`) && wanted(page) && page;
  });
}

describe('the page Spend', () => {
  it('shows the ledger’s money, what failed, and what is not counted yet', async () => {
    const page = await spend();
    const billed = consoleRig.rig.calls().reduce((sum, { usd }) => sum + usd, 0);
    expect(page.status).toBe(200);
    expect(page.text).toContain(`<strong>${usdWords(billed)}</strong>`);
    expect(page.text).toContain('internal/internal');
    expect(page.text).toContain('gemini-images report --since 7d');
    expect(page.text).not.toMatch(/NaN|undefined|Infinity/);
    const month = await spend('?days=30');
    expect(month.text).toContain('By day');
  });

  it('budgets: used of the limit, in a gauge that says whose it is; no tenant’s name is markup', async () => {
    const { text } = await spend('?days=7', (page) => page.text.includes('Budget of acme, day'));
    expect(text).toMatch(/<meter[^>]*aria-label="Budget of acme, day \d{4}-\d\d-\d\d"/);
    expect(text).toContain('of 0.5000 USD');
    expect(text).not.toContain(HOSTILE);
    expect(text).toContain('&lt;script&gt;');
  });

  it('another period than it knows is refused with those that it knows', async () => {
    const page = await consoleRig.browser().get('/spend?days=2');
    expect(page.status).toBe(422);
    expect(page.text).toContain('must be one of 1, 7, 30');
  });

  it('with every worker down the figures stand; budgets are as they were asked last', async () => {
    await spend('?days=7', (page) => page.text.includes('Budget of acme, day'));
    await worker.stop();
    const page = await spend('?days=7');
    expect(page.text).toContain('Budget of acme, day');
    expect(consoleRig.logged).toEqual([]);
  });
});
