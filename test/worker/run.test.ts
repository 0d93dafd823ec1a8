/** A worker starts with everything it needs or not at all, and ends when it is told to. */
import { randomUUID } from 'node:crypto';
import { NativeConnection } from '@temporalio/worker';
import { describe, expect, test } from 'vitest';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import { runWorker, startWorker } from '../../src/worker/run.ts';
import { errorOf } from '../support/eventually.ts';
import { sharedDevServer } from '../support/servers.ts';

const NOWHERE = '127.0.0.1:1';
const apiKey = 'run-test-key-0123456789';

describe('startWorker', () => {
  test('without a key: a TypeError, before any server is asked for', async () => {
    const error = await errorOf(startWorker({ store: new MemoryArtifactStore(), address: NOWHERE }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain('give the worker a Gemini API key');
  });

  test('with a store that cannot be written: StoreUnavailable, before any server is asked for', async () => {
    const store = new MemoryArtifactStore({ maxBytes: 0 });
    expect((await errorOf(startWorker({ apiKey, store, address: NOWHERE }))).name).toBe('StoreUnavailable');
  });

  test('without a server: ServerUnreachable with address and cure', async () => {
    const store = new MemoryArtifactStore();
    const error = await errorOf(startWorker({ apiKey, store, address: NOWHERE, connectTimeoutMs: 600 }));
    expect(error.name).toBe('ServerUnreachable');
    expect(error.message).toContain(`no Temporal server at ${NOWHERE} within 600 ms: start one`);
  });

  test('stop() drains it, more than one stop is one, and the connection it was given stays open', async () => {
    const { address, namespace } = await sharedDevServer();
    const connection = await NativeConnection.connect({ address });
    const taskQueue = `run-${randomUUID()}`;
    const store = new MemoryArtifactStore();
    const worker = await startWorker({ apiKey, store, connection, address, namespace, taskQueue });
    expect(worker).toMatchObject({ taskQueue, namespace, address, store: 'memory' });
    await Promise.all([worker.stop(), worker.stop(), worker.ended]);
    const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace });
    expect(namespaceInfo?.name).toBe(namespace);
    await connection.close();
  });
});

describe('runWorker', () => {
  test('told to stop while it still looks for a server: it ends without an error', async () => {
    const told = new AbortController();
    const store = new MemoryArtifactStore();
    const { signal } = told;
    const running = runWorker({ apiKey, store, address: NOWHERE, connectTimeoutMs: 60_000, signal });
    told.abort();
    await expect(running).resolves.toBeUndefined();
  });

  test('says when it takes tasks, and resolves when it has drained', async () => {
    const told = new AbortController();
    const taskQueue = `run-${randomUUID()}`;
    const ready: string[] = [];
    await runWorker({
      ...(await sharedDevServer()),
      apiKey,
      store: new MemoryArtifactStore(),
      taskQueue,
      signal: told.signal,
      onReady: (worker) => {
        ready.push(worker.taskQueue);
        told.abort();
      },
    });
    expect(ready).toEqual([taskQueue]);
  });
});
