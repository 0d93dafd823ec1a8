/** The embedded dev server against the real program: nothing here is faked. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answers, freePort } from '../../src/dev/ports.ts';
import { ServerNotReady } from '../../src/dev/readiness.ts';
import type { DevServer } from '../../src/dev/server.ts';
import { DevServerFailed, startDevServer } from '../../src/dev/server.ts';
import { sharedDevServer } from '../support/servers.ts';

let folder: string;
let server: DevServer | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dev-server-'));
});
afterEach(async () => {
  await server?.kill();
  server = undefined;
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address, connectTimeout: '10 s' });
  try {
    return await connection.withDeadline(Date.now() + 20_000, () => use(new Client({ connection })));
  } finally {
    await connection.close();
  }
}

const portOf = (address: string): number => Number(address.split(':')[1]);

describe('startDevServer', () => {
  it('keeps a workflow through kill -9 and restart, on the same address', async () => {
    server = await startDevServer({ dbFile: join(folder, 'state.db') });
    const { address, pid } = server;
    await withClient(address, (client) =>
      client.workflow.start('nobodyRunsThis', { workflowId: 'survivor', taskQueue: 'no-worker' }),
    );

    await server.kill();
    expect(server.pid).toBeUndefined();
    expect(await answers('127.0.0.1', portOf(address))).toBe(false);

    await server.restart();
    expect(server.address).toBe(address);
    expect(server.pid).not.toBe(pid);
    const found = await withClient(address, (client) => client.workflow.getHandle('survivor').describe());
    expect(found.status.name).toBe('RUNNING');
  });

  it('resolves only when its search attributes can be used', async () => {
    server = await startDevServer({ searchAttributes: { GeminiProbe: 'Keyword' }, namespace: 'pictures' });
    const listed = await withClient(server.address, (client) =>
      client.connection.operatorService.listSearchAttributes({ namespace: 'pictures' }),
    );
    expect(Object.keys(listed.customAttributes)).toContain('GeminiProbe');
  });

  it('serves the UI on 127.0.0.1 when asked, and tells its address', async () => {
    server = await startDevServer({ ui: true });
    expect(server.uiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const page = await fetch(`${server.uiUrl}/namespaces`, { signal: AbortSignal.timeout(10_000) });
    expect(page.status).toBe(200);
  });

  it('refuses a restart that would lose every workflow', async () => {
    server = await startDevServer();
    await expect(server.restart()).rejects.toThrow(/state is in memory. Start it with dbFile/);
    expect(await answers('127.0.0.1', portOf(server.address))).toBe(true);
  });

  it('tells when the server ends although nobody stopped it', async () => {
    const crash = new Promise<Error>((resolve) => {
      void startDevServer({ onCrash: resolve }).then((started) =>
        process.kill(Number(started.pid), 'SIGKILL'),
      );
    });
    expect((await crash).message).toMatch(/ended by itself \(SIGKILL\)/);
  });

  it('names the taken port instead of waiting for the deadline', async () => {
    const squatter = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => {
      squatter.listen(port, '127.0.0.1', resolve);
    });
    await expect(startDevServer({ port })).rejects.toThrow(/address already in use/);
    squatter.close();
  });

  it('a program that is no server: fails at its end with what it printed', async () => {
    const failure = startDevServer({ path: process.execPath });
    await expect(failure).rejects.toThrow(DevServerFailed);
    await expect(failure).rejects.toThrow(/process has ended/);
  });

  it('an explicit address is used as it is, and never stopped', async () => {
    const { address } = await sharedDevServer();
    const borrowed = await startDevServer({ address });
    await borrowed.stop();
    await borrowed.kill();
    expect(borrowed.pid).toBeUndefined();
    expect(await answers('127.0.0.1', portOf(address))).toBe(true);
  });

  it('an explicit address where nothing listens: says so at the deadline', async () => {
    const failure = startDevServer({ address: '127.0.0.1:1', deadlineMs: 300 });
    await expect(failure).rejects.toThrow(ServerNotReady);
    await expect(failure).rejects.toThrow('Temporal at 127.0.0.1:1 is not ready after 0.3 s');
  });
});
