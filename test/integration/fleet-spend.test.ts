/**
 * What calls cost reaches the governor: it counts in the project's spend window, and a hold is told with the
 * evidence of the call that opened it. On a real server, with the emulator's ledger as the judge.
 */
import { beforeAll, describe, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { FleetRig } from '../support/fleet-rig.ts';
import { MODEL, REQUEST, startFleetRig } from '../support/fleet-rig.ts';
import type { Server } from '../support/namespaces.ts';
import { ownNamespace } from '../support/namespaces.ts';
import { windowsOf } from '../support/windows.ts';

const SLOW = 180_000;
const SPEND_WINDOW_MS = 20_000;

let server: Server;
beforeAll(async () => {
  server = await ownNamespace();
});

/** What the provider charged, to a ten-thousandth. */
function charged(rig: FleetRig): number {
  return rig.calls().reduce((sum, { usd }) => sum + usd, 0);
}

async function ended(rig: FleetRig, ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map((id) => rig.images.result(id)));
}

describe.concurrent('a fleet', { timeout: SLOW }, () => {
  it('counts what its calls cost, to the cent of the provider’s own list', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await startFleetRig({ server });
    onTestFinished(() => rig.close());
    await Promise.all([rig.fleetProcess(), rig.fleetProcess()]);
    await ended(rig, await rig.begin(12));
    const { usd } = await eventually('the last price', async () => {
      const { spend } = await rig.view();
      return spend.usd > 0.99 * charged(rig) && spend;
    });
    expect(usd).toBeCloseTo(charged(rig), 3);
  });

  it('spends no more in any window than its limit says, and goes on', async ({ expect, onTestFinished }) => {
    const rig = await startFleetRig({ server, configured: { rpm: 600 } });
    onTestFinished(() => rig.close());
    const first = await rig.fleetWorker();
    await rig.images.generate(REQUEST);
    await first.stop();
    const price = charged(rig);
    const perWindow = 12;
    const usd = (perWindow + 0.5) * price;
    const spendLimit = { usd, windowMs: SPEND_WINDOW_MS };
    await Promise.all([rig.fleetProcess({ spendLimit }), rig.fleetProcess({ spendLimit })]);
    await rig.begin(3 * perWindow);
    await rig.reached(1 + 2 * perWindow + 4);
    expect(windowsOf(rig.calls(), MODEL, SPEND_WINDOW_MS).most).toBeLessThanOrEqual(perWindow);
    expect((await rig.view()).spend.limit).toEqual(spendLimit);
  });

  it('refused for its spending, closes every model for as long as the provider says, and learns a sum', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await startFleetRig({ server });
    onTestFinished(() => rig.close());
    await rig.fleetWorker();
    await ended(rig, await rig.begin(6));
    await eventually('what they cost', async () => (await rig.view()).spend.usd > 0.9 * charged(rig));
    const before = charged(rig);
    rig.emulator.addFaults({ times: 1, action: 'spend-window' });
    await rig.begin(1);
    const lane = await eventually('a closed lane', async () => {
      const { lanes } = await rig.view();
      return lanes.find(({ closed }) => closed?.by === 'spend');
    });
    expect(lane.closed?.ms).toBeGreaterThan(0);
    const { limit } = (await rig.view()).spend;
    expect(limit?.usd).toBeCloseTo(0.95 * before, 3);
  });

  it('a hold names the evidence of the call that opened it, and it can be read', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await startFleetRig({ server });
    onTestFinished(() => rig.close());
    await Promise.all([rig.fleetProcess(), rig.fleetProcess()]);
    rig.emulator.addFaults({ action: 'key-leaked' });
    const ids = await rig.begin(8);
    const hold = await eventually('a hold with evidence', async () => {
      const view = await rig.view().catch(() => undefined);
      const held = view?.holds[0];
      return held?.evidence !== undefined && held;
    });
    const told = JSON.parse(Buffer.from(await rig.store.get(hold.evidence as string)).toString('utf8')) as {
      readonly generation: string;
      readonly verdict: { readonly branch: string };
    };
    expect(told).toMatchObject({ generation: hold.generationId, verdict: { branch: 'permission' } });
    expect(ids).toContain(told.generation);
    // Whoever waits behind it is asked with that evidence: one cause, one decision.
    await eventually('one cause with its evidence', async () => {
      const groups = await rig.images.causes();
      const [group] = groups;
      return groups.length === 1 && group?.count === ids.length && group.evidence === hold.evidence;
    });
  });
});
