/**
 * Temporal is not there, or accepts connections and says nothing: every method of the client ends in
 * ServerUnreachable by its deadline, with the cure. And no worker: the generation waits and says so.
 */
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import { ServerUnreachable, StillRunning, UnknownGeneration } from '../../src/client/errors.ts';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import { freePort } from '../../src/dev/ports.ts';
import { errorOf } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

const DEADLINE_MS = 700;

/** A server that takes connections and never answers, as one behind a broken proxy. */
async function muteServer(): Promise<{ readonly address: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function clientOf(address: string): GeminiImages {
  const connection = Connection.lazy({ address });
  const client = new Client({ connection });
  return new GeminiImages({ client, store: new MemoryArtifactStore(), rpcDeadlineMs: DEADLINE_MS });
}

const METHODS: Readonly<Record<string, (images: GeminiImages) => Promise<unknown>>> = {
  start: (images) => images.start({ prompt: 'a fox' }),
  'start with a key': (images) => images.start({ prompt: 'a fox', idempotencyKey: 'k' }),
  generate: (images) => images.generate({ prompt: 'a fox' }, { waitMs: DEADLINE_MS }),
  result: (images) => images.result('gemini-image/x', { waitMs: DEADLINE_MS }),
  describe: (images) => images.describe('gemini-image/x'),
  list: (images) => images.list(),
  cancel: (images) => images.cancel('gemini-image/x'),
};

describe.concurrent('no server', () => {
  it.for(Object.entries(METHODS))('%s says so, with the cure', async ([, method], { expect }) => {
    const error = await errorOf(method(clientOf(`127.0.0.1:${await freePort()}`)));
    expect(error).toBeInstanceOf(ServerUnreachable);
    expect(error.message).toContain('TEMPORAL_ADDRESS');
  });

  it('connect says where it looked and what to do', async ({ expect }) => {
    const address = `127.0.0.1:${await freePort()}`;
    const store = new MemoryArtifactStore();
    const error = await errorOf(GeminiImages.connect({ address, store, rpcDeadlineMs: DEADLINE_MS }));
    expect(error).toBeInstanceOf(ServerUnreachable);
    expect(error.message).toContain(address);
    expect(error.message).toContain('TEMPORAL_ADDRESS');
  });
});

describe.concurrent('a server that accepts and never answers', () => {
  let mute: Awaited<ReturnType<typeof muteServer>>;
  beforeAll(async () => {
    mute = await muteServer();
  });
  afterAll(() => mute.close());

  it.for(Object.entries(METHODS))('%s ends at its deadline', async ([, method], { expect }) => {
    expect(await errorOf(method(clientOf(mute.address)))).toBeInstanceOf(ServerUnreachable);
  });

  it('connect ends at its deadline', async ({ expect }) => {
    const given = { address: mute.address, store: new MemoryArtifactStore(), rpcDeadlineMs: DEADLINE_MS };
    expect(await errorOf(GeminiImages.connect(given))).toBeInstanceOf(ServerUnreachable);
  });
});

describe('no worker on the queue', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig.close());

  it('generate ends its wait as StillRunning with a phase, and describe works without an answer', async () => {
    const still = (await errorOf(rig.images.generate({ prompt: 'a fox' }, { waitMs: 500 }))) as StillRunning;
    expect(still).toBeInstanceOf(StillRunning);
    expect(still.phase).toBe('no-worker');
    expect(still.message).toContain(`result('${still.id}')`);
    expect(still.why).toContain(rig.taskQueue);

    const description = await rig.images.describe(still.id);
    expect(description).toMatchObject({ status: 'running', phase: 'no-worker', workerAnswered: false });
    expect(description.publicStatus).not.toContain('worker');
    const listed = await rig.images.list({ status: 'running', limit: 1000 });
    expect(listed.map(({ id }) => id)).toContain(still.id);

    await rig.worker();
    expect((await rig.images.result(still.id)).images).toHaveLength(1);
  });

  it('an id that never was is UnknownGeneration for every method', async () => {
    const id = 'gemini-image/never';
    const asked = await Promise.all(
      [rig.images.result(id), rig.images.describe(id), rig.images.cancel(id)].map(errorOf),
    );
    for (const error of asked) expect(error).toBeInstanceOf(UnknownGeneration);
  });
});
