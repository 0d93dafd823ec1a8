/**
 * Temporal itself is away for 30 s while calls are under way. Workers drop a task's completion after
 * about 25 s of trying; the fence is what then keeps the server from having the call made again.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ServerUnreachable } from '../../src/client/errors.ts';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import type { DevServer } from '../../src/dev/server.ts';
import { startDevServer } from '../../src/dev/server.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

const AWAY_MS = 30_000;

let directory: string;
let server: DevServer;
let rig: Rig;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'restarted-server-'));
  server = await startDevServer({ dbFile: join(directory, 'temporal.db') });
  rig = await startRig({ server });
});
afterAll(async () => {
  await rig.close();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

it('30 s away in mid-call: the fence holds, one bill each, everything is delivered', async () => {
  // The answers come while the server is away.
  rig.emulator.addFaults({ match: { prompt: 'a fox' }, action: 'slow-headers(8s)' });
  await Promise.all([rig.workerProcess({ concurrency: 3 }), rig.workerProcess({ concurrency: 3 })]);
  const inCall = await Promise.all(
    Array.from({ length: 5 }, (_, i) => rig.images.start({ prompt: `a fox ${i}` })),
  );
  await eventually('five calls', () => rig.calls().length === 5);
  const waiting = Promise.all(inCall.map(({ id }) => rig.images.result(id)));

  await server.kill();
  const away = Date.now();
  const impatient = new GeminiImages({ client: rig.client, store: rig.store, rpcDeadlineMs: 1_000 });
  expect(await errorOf(impatient.start({ prompt: 'an owl' }))).toBeInstanceOf(ServerUnreachable);
  for (const { id } of inCall) {
    await eventually('the answer in the store', () => rig.store.readRecord(`attempts/${id}/1/outcome`));
  }
  await new Promise((resolve) => setTimeout(resolve, away + AWAY_MS - Date.now()));
  await server.restart();

  // A caller that waited all the while hears of it, too.
  const results = await waiting;
  expect(results.map(({ trail }) => trail.map(({ verdict }) => verdict))).toEqual(
    inCall.map(() => ['success']),
  );
  expect(new Set(results.map(({ images }) => images[0]?.sha256)).size).toBe(5);
  expect(rig.bills()).toBe(5);
  expect((await rig.images.generate({ prompt: 'an owl' })).images).toHaveLength(1);
}, 180_000);
