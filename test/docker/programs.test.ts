/** The scripts that run inside the containers, run here against a real server. */
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.ts';
import { locateServer } from '../../src/dev/binaries.ts';
import { run } from '../../src/dev/run.ts';
import { startDevServer } from '../../src/dev/server.ts';
import { ROOT } from '../support/root.ts';
import { sharedDevServer } from '../support/servers.ts';

it('temporal-setup.sh makes the namespace and all search attributes, and may run again', async () => {
  const server = await startDevServer({
    extraArgs: ['--dynamic-config-value', 'system.forceSearchAttributesCacheRefreshOnRead=true'],
  });
  const bin = await mkdtemp(join(tmpdir(), 'setup-'));
  try {
    await symlink((await locateServer('temporal')).path, join(bin, 'temporal'));
    const env = {
      PATH: [bin, process.env['PATH']].join(delimiter),
      TEMPORAL_ADDRESS: server.address,
      TEMPORAL_NAMESPACE: 'pictures',
    };
    for (const time of ['first', 'second']) {
      const outcome = await run('sh', [join(ROOT, 'docker/temporal-setup.sh')], { env, deadlineMs: 50_000 });
      expect(outcome, time).toMatchObject({ kind: 'exited', code: 0 });
    }
    const connection = await Connection.connect({ address: server.address });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'pictures',
    });
    await connection.close();
    expect(Object.keys(customAttributes).sort()).toEqual(Object.keys(SEARCH_ATTRIBUTES).sort());
  } finally {
    await server.kill();
    await rm(bin, { recursive: true, force: true });
  }
});

it('worker-health.mjs: unhealthy until a worker of this host polls the queue', async () => {
  const { address } = await sharedDevServer();
  const taskQueue = `health-${process.pid}`;
  const env = { ...process.env, TEMPORAL_ADDRESS: address, GEMINI_IMAGES_TASK_QUEUE: taskQueue };
  const health = () =>
    run(process.execPath, [join(ROOT, 'docker/worker-health.mjs')], { env, deadlineMs: 30_000 });
  expect(await health()).toMatchObject({ code: 1, output: expect.stringContaining('0 of 0 pollers') });

  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue,
    activities: { nothing: () => Promise.resolve() },
  });
  await worker.runUntil(async () => {
    const until = Date.now() + 20_000;
    let last = await health();
    while (Date.now() < until && (last.kind !== 'exited' || last.code !== 0)) last = await health();
    expect(last).toMatchObject({ code: 0, output: expect.stringContaining(`are of ${hostname()}`) });
  });
  await connection.close();
});

it('worker-health.mjs: unhealthy, with the address, when there is no server', async () => {
  const env = { ...process.env, TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const outcome = await run(process.execPath, [join(ROOT, 'docker/worker-health.mjs')], {
    env,
    deadlineMs: 30_000,
  });
  expect(outcome).toMatchObject({ code: 1, output: expect.stringContaining('Temporal at 127.0.0.1:1') });
});
