/**
 * Workers are killed again and again and the server once, while a crowd of generations is under way.
 * The audit counts from ledger, store and histories: nothing lost, nothing paid twice unawares, and no
 * more booked as possibly paid than there were calls in flight at the kills (design section 14).
 *
 * STORM_GENERATIONS (60, at most 500) sets the size of the crowd.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Fence } from '../../activities/attempt-records.ts';
import { audit } from '../../scripts/demo/audit.ts';
import type { KilledWorker } from '../../scripts/demo/audit-answers.ts';
import type { DevServer } from '../../src/dev/server.ts';
import { startDevServer } from '../../src/dev/server.ts';
import { eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';
import type { WorkerProcess } from '../support/worker-process.ts';

const GENERATIONS = Math.min(500, Number(process.env['STORM_GENERATIONS'] ?? 60));
const WORKERS = 2;
const AT_A_TIME = 6;
const STARTS_AT_A_TIME = 20;
const KILLS = 4;
/** The server goes down after this many kills. */
const SERVER_FALLS_AFTER = 2;
/** Every sixth is refused once for lack of capacity, so that some are backing off at each kill. */
const PROMPTS = ['a fox', 'an owl', 'a bear', 'a hare', 'a deer', 'a wolf [[fault:capacity]]'];

let directory: string;
let server: DevServer;
let rig: Rig;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'crash-storm-'));
  server = await startDevServer({ dbFile: join(directory, 'temporal.db') });
  rig = await startRig({ server, emulator: { latencyMs: { meanMs: 2_000, spread: 0.5 } } });
});
afterAll(async () => {
  await rig.close();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Some at a time: a dev server on a file takes a few hundred starts a second at best. */
async function startAll(): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let from = 0; from < GENERATIONS; from += STARTS_AT_A_TIME) {
    const prompts = Array.from(
      { length: Math.min(STARTS_AT_A_TIME, GENERATIONS - from) },
      (_, i) => PROMPTS[(from + i) % PROMPTS.length] as string,
    );
    const started = await Promise.all(
      prompts.map((prompt) => rig.images.start({ prompt, callTimeoutMs: 10_000 })),
    );
    ids.push(...started.map(({ id }) => id));
  }
  return ids;
}

/** Attempts whose call this dead process had begun and not stored. */
async function leftOpen({ pid }: WorkerProcess): Promise<readonly string[]> {
  const open: string[] = [];
  for (const name of await rig.store.listRecords('attempts/')) {
    if (!name.endsWith('/fence')) continue;
    const { worker } = (await rig.store.readRecord(name)) as Fence;
    const outcome = await rig.store.readRecord(name.replace(/fence$/, 'outcome'));
    if (worker === `${pid}` && outcome === undefined) open.push(name);
  }
  return open;
}

it(`${GENERATIONS} generations, ${KILLS} × kill -9 of a worker, one of the server: 0 lost, 0 paid twice`, async () => {
  const start = () => rig.workerProcess({ concurrency: AT_A_TIME });
  const workers = await Promise.all(Array.from({ length: WORKERS }, start));
  const ids = await startAll();
  const ended = Promise.allSettled(ids.map((id) => rig.images.result(id)));

  const killed: KilledWorker[] = [];
  const inFlight: string[] = [];
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const due = Math.round((kill * GENERATIONS * 0.7) / KILLS);
    await eventually(`${due} images`, () => rig.bills() >= due, 180_000);
    const victim = workers.shift() as WorkerProcess;
    victim.signal('SIGKILL');
    await victim.ended;
    killed.push({ pid: victim.pid, at: Date.now() });
    inFlight.push(...(await leftOpen(victim)));
    workers.push(await start());
    if (kill === SERVER_FALLS_AFTER) {
      await server.kill();
      await server.restart();
    }
  }
  await ended;

  const ledger = rig.emulator.calls();
  const { client, store } = rig;
  const { totals, findings } = await audit({ client, store, ledger, started: ids, killed });
  expect(findings).toEqual([]);
  expect(totals).toMatchObject({ generations: GENERATIONS, lost: 0, paidTwice: 0, waiting: 0, cancelled: 0 });
  expect(totals.done + totals.dead).toBe(GENERATIONS);
  expect(totals.images).toBe(totals.done);
  // Without calls that the kills cut off the storm would prove nothing.
  expect(inFlight.length).toBeGreaterThan(0);
  expect(totals.possiblyPaid).toBeLessThanOrEqual(inFlight.length);
  expect(rig.bills()).toBeLessThanOrEqual(totals.done + totals.possiblyPaid);
  // Only one that was hit twice may be left to a person (I13).
  expect(totals.dead).toBeLessThanOrEqual(inFlight.length / 2);
}, 600_000);
