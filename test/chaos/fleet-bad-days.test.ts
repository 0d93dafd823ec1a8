/**
 * One fleet on its way through bad days: two processes whose clocks are 5 s apart, three times as much work
 * as the provider lets through, and then one thing after another goes wrong. The provider is the harshest
 * there is: any window counts, and so does every call that it refuses. Whatever happens, no window is ever
 * over the limit, nothing is refused, and calls go on.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DevServer } from '../../src/dev/server.ts';
import { startDevServer } from '../../src/dev/server.ts';
import { eventually } from '../support/eventually.ts';
import type { FleetRig } from '../support/fleet-rig.ts';
import { MODEL, startFleetRig } from '../support/fleet-rig.ts';
import type { KeptExchange } from '../support/governor-history.ts';
import { leasedTwice } from '../support/governor-history.ts';
import type { WorkerProcess } from '../support/worker-process.ts';

/** In each of the provider's minutes, which are 20 s. */
const LIMIT = 36;
const AWAY_MS = 6_000;
/** Calls after which a day is taken to be over: the fleet has found its pace again. */
const A_FEW = 10;
const SLOW = 180_000;

let directory: string;
let server: DevServer;
let rig: FleetRig;
let fleet: WorkerProcess[] = [];
/** Exchanges with governors that were terminated: nothing leads from a successor back to them. */
const earlier: KeptExchange[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bad-days-'));
  server = await startDevServer({ dbFile: join(directory, 'temporal.db') });
  rig = await startFleetRig({ provider: { rpm: LIMIT }, server });
  await rig.begin(3 * LIMIT);
  fleet = await Promise.all([0, 5_000].map((clockOffsetMs) => rig.fleetProcess({ clockOffsetMs })));
}, SLOW);
afterAll(async () => {
  await rig.close();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

async function aFewMore(): Promise<void> {
  await rig.begin(A_FEW);
  await rig.reached(rig.calls().length + A_FEW);
}

function expectNoWindowOver(): void {
  expect(rig.windows().most).toBeLessThanOrEqual(LIMIT);
  expect(rig.refused()).toBe(0);
}

function processOf(pid: number): WorkerProcess {
  const found = fleet.find((process) => process.pid === pid);
  if (found === undefined) throw new Error(`no process ${pid} in this fleet`);
  return found;
}

/** `host/4711/1a2b3c4d` → 4711 */
function pidOf(process: string): number {
  return Number(process.split('/').at(-2));
}

describe('a fleet under three times as much work as it may do', { timeout: SLOW }, () => {
  it('clocks 5 s apart: both processes are leased slots of one limit', async () => {
    await rig.reached(LIMIT);
    // The one that began first may have been leased the whole first window.
    const served = await eventually('slots for both', async () => {
      const { exchanges } = await rig.history();
      const leases = exchanges.filter(({ answer }) => answer.lanes.some(({ slots }) => slots.length > 0));
      const pids = new Set(leases.map(({ request }) => pidOf(request.process)));
      return pids.size >= fleet.length && pids;
    });
    expect(served).toEqual(new Set(fleet.map(({ pid }) => pid)));
    expectNoWindowOver();
  });

  it('kill −9 of the process with leases: they lapse, nobody makes up for them, the other goes on', async () => {
    const holder = await eventually('a process with leases', async () => {
      const { processes } = await rig.view();
      return processes.find(({ leased }) => leased > 2);
    });
    const killed = processOf(pidOf(holder.process));
    killed.signal('SIGKILL');
    await killed.ended;
    fleet = fleet.filter((process) => process !== killed);
    await aFewMore();
    expectNoWindowOver();
  });

  it('the server is killed and comes back: leases are used to their end, then everybody waits for it', async () => {
    const before = await rig.view();
    await server.kill();
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
    await server.restart();
    await aFewMore();
    const { epoch, exchanges } = await rig.view();
    expect(epoch).toBe(before.epoch);
    expect(exchanges).toBeGreaterThan(before.exchanges);
    expectNoWindowOver();
  });

  it('the governor is terminated by hand: its successor knows what it knew', async () => {
    fleet.push(await rig.fleetProcess({ clockOffsetMs: -5_000 }));
    const before = await rig.history();
    earlier.push(...before.exchanges);
    const { runId } = await rig.governor().describe();
    await rig.governor().terminate('by hand');
    await eventually('a successor', async () => (await rig.governor().describe()).runId !== runId);
    await aFewMore();
    const { epoch, exchanges, lanes } = await rig.view();
    const last = before.exchanges.at(-1)?.answer;
    expect(epoch).toBe(last?.epoch);
    expect(exchanges).toBeGreaterThan(before.exchanges.length);
    expect(lanes[0]?.limits).toMatchObject([{ dimension: 'rpm', limit: LIMIT }]);
    expectNoWindowOver();
  });

  it('kill −9 of all of them, then new ones: they begin where the governor was, without a burst', async () => {
    const { epoch } = await rig.view();
    for (const process of fleet) process.signal('SIGKILL');
    await Promise.all(fleet.map(({ ended }) => ended));
    fleet = [await rig.fleetProcess()];
    await aFewMore();
    expect((await rig.view()).epoch).toBe(epoch);
    expectNoWindowOver();
  });

  it('through all of it no slot was anybody’s twice, and no workflow task of the governor failed', async () => {
    const { exchanges, failedTasks } = await rig.history();
    expect(leasedTwice([...earlier, ...exchanges], MODEL)).toEqual([]);
    expect(failedTasks).toEqual([]);
  });
});
