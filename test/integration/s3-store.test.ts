/**
 * A fleet in small on a store that it shares over the network alone: worker processes and a client that
 * have nothing in common but Temporal and a bucket of a real S3 server.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../scripts/demo/audit.ts';
import { openStore } from '../../src/artifacts/open-store.ts';
import type { Check } from '../../src/cli/doctor/check.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { DIRECTORY, onlyJson, run } from '../cli/program.ts';
import { eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';
import type { S3Server } from '../support/s3-server.ts';
import { S3_ENVIRONMENT, S3_START_MS, startS3Server, whyNoS3Server } from '../support/s3-server.ts';

const GENERATIONS = 12;
/** Calls at a time of one worker, so that the other one has work too. */
const AT_A_TIME = 2;

const why = await whyNoS3Server();

describe.skipIf(why !== undefined)('a fleet on an S3 store', () => {
  let server: S3Server;
  let place: string;
  let rig: Rig;

  beforeAll(async () => {
    Object.assign(process.env, S3_ENVIRONMENT);
    server = await startS3Server();
    await server.makeBucket('images');
    place = server.storeUrl(`images/${randomUUID()}`);
    rig = await startRig({ store: place, emulator: { latencyMs: { meanMs: 1_500, spread: 0.5 } } });
  }, S3_START_MS);
  afterAll(async () => {
    await rig?.close();
    await server?.close();
  });

  test(`two worker processes, ${GENERATIONS} generations, kill -9 of one: all delivered, 0 lost, 0 paid twice`, async () => {
    const workers = await Promise.all([1, 2].map(() => rig.workerProcess({ concurrency: AT_A_TIME })));
    const started = await Promise.all(
      Array.from({ length: GENERATIONS }, (_, i) =>
        rig.images.start({ prompt: `fox number ${i}`, callTimeoutMs: 10_000 }),
      ),
    );
    const ids = started.map(({ id }) => id);
    const results = Promise.all(ids.map((id) => rig.images.result(id)));
    results.catch(() => undefined);

    await eventually('a third of the images', () => rig.bills() >= GENERATIONS / 3, 180_000);
    const [victim, survivor] = workers as [(typeof workers)[0], (typeof workers)[0]];
    victim.signal('SIGKILL');
    expect(await victim.ended).toBe('SIGKILL');
    const killed = [{ pid: victim.pid, at: Date.now() }];

    // Another process that has the place and nothing else.
    const elsewhere = openStore(place);
    for (const { images } of await results) {
      expect(images).toHaveLength(1);
      for (const image of images) {
        const bytes = await elsewhere.get(image.sha256);
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(image.sha256);
        const streamed = await new Response(await rig.images.open(image)).bytes();
        expect(streamed.length).toBe(image.bytes);
      }
    }
    const fences = await elsewhere.listRecords('attempts/');
    const writers = await Promise.all(
      fences
        .filter((name) => name.endsWith('/fence'))
        .map(async (name) => ((await elsewhere.readRecord(name)) as { worker: string }).worker),
    );
    expect(new Set(writers)).toEqual(new Set([`${victim.pid}`, `${survivor.pid}`]));

    const { totals, findings } = await audit({
      client: rig.client,
      store: elsewhere,
      ledger: rig.emulator.calls(),
      started: ids,
      killed,
      where: `TaskQueue = '${rig.taskQueue}'`,
    });
    expect(findings).toEqual([]);
    expect(totals).toMatchObject({ generations: GENERATIONS, done: GENERATIONS, lost: 0, paidTwice: 0 });
    expect(totals.images).toBe(GENERATIONS);
    // What the killed worker had under way, and nothing else, was asked for once more.
    expect(totals.possiblyPaid).toBeLessThanOrEqual(AT_A_TIME);
    expect(rig.bills()).toBeLessThanOrEqual(GENERATIONS + totals.possiblyPaid);
    survivor.signal('SIGTERM');
    expect(await survivor.ended).toBe('exit code 0');
  }, 300_000);

  test('the same key finds the images again when Temporal has forgotten them', async () => {
    await rig.workerProcess();
    const request = { prompt: 'a hare', idempotencyKey: randomUUID() };
    const first = await rig.images.generate(request);
    const calls = rig.calls().length;
    const { workflowService } = rig.client;
    await workflowService.deleteWorkflowExecution({
      namespace: rig.server.namespace,
      workflowExecution: { workflowId: first.id },
    });
    await eventually('to be forgotten', async () => {
      const handle = rig.client.workflow.getHandle(first.id);
      return await handle.describe().then(
        () => false,
        () => true,
      );
    });
    const again = await rig.anotherClient(openStore(place)).generate(request);
    expect(again.images.map(({ sha256 }) => sha256)).toEqual(first.images.map(({ sha256 }) => sha256));
    expect(rig.calls()).toHaveLength(calls);
  });

  test('the CLI takes the same place: doctor looks at it, generate reads from it', async () => {
    await rig.workerProcess();
    const where = ['--address', rig.server.address, '--task-queue', rig.taskQueue, '--store', place];
    const doctor = await run(['doctor', '--json', ...where]);
    const { checks } = onlyJson(doctor.stdout) as { readonly checks: readonly Check[] };
    const stores = checks.filter(({ name }) => name.startsWith('store'));
    expect(stores.map(({ name, status }) => [name, status])).toEqual([
      ['store', 'ok'],
      ['store-shared', 'ok'],
    ]);
    expect(stores[0]?.seen).toMatch(/^s3:\/\/images\/\S+ takes artifacts and records/);

    const generate = await run(['generate', 'an owl', '--json', '--out', join(DIRECTORY, 'out'), ...where]);
    expect(generate.code).toBe(EXIT.ok);
    const { images } = onlyJson(generate.stdout) as { images: { file: string; sha256: string }[] };
    const [image] = images;
    const saved = await readFile(image?.file ?? '');
    expect(createHash('sha256').update(saved).digest('hex')).toBe(image?.sha256);
  });

  test('the CLI refuses a place that cannot be one, with the field and without the secret', async () => {
    const secret = 'AKIA0123456789/secret';
    for (const bad of [
      `s3://images/x?secretAccessKey=${secret}`,
      `s3://${secret.replace('/', ':')}@images/x`,
      's3://images/x?forcePathStyle=yes',
      'gs://images/x',
    ]) {
      const { code, stdout, stderr } = await run(['worker', '--store', bad]);
      expect([bad, code]).toEqual([bad, EXIT.usage]);
      expect(stderr).toMatch(/error: .*(of the S3 store|store: gs:\/\/)/);
      expect(stdout + stderr).not.toContain('AKIA');
    }
  });
});
