/**
 * Everything a generation needs, for one test: an emulator with its ledger, a store directory, a task
 * queue of its own on a real Temporal server, a client, and workers inside this process or outside it.
 * `close` ends all of it.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { openStore } from '../../src/artifacts/open-store.ts';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import type { Emulator, EmulatorOptions, LedgerEntry } from '../../src/emulator/index.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import type { RunningWorker, StartWorkerOptions } from '../../src/worker/run.ts';
import { startWorker } from '../../src/worker/run.ts';
import { sharedDevServer } from './servers.ts';
import type { WorkerProcess } from './worker-process.ts';
import { startWorkerProcess } from './worker-process.ts';
import type { WorkerSettings } from './worker-settings.ts';
import { lentWorkflows } from './lent-bundle.ts';

/** Computed waits in tests; what the provider says and deadlines stay as they are. */
const TIME_SCALE = 0.02;
const KEY = 'emulated-key-0123456789';

export interface RigOptions {
  readonly emulator?: EmulatorOptions;
  /** @default the dev server that all files of the run share */
  readonly server?: { readonly address: string; readonly namespace: string };
  /** A place for artifacts that outlives the rig, such as `s3://…`. @default its directory */
  readonly store?: string;
  /** The key in the worker's configuration. */
  readonly apiKey?: string;
}

/** What a worker of its own process may differ in; `routes` stand instead of the rig's key. */
export type ProcessSettings = Pick<
  WorkerSettings,
  | 'diesAt'
  | 'fullWhile'
  | 'concurrency'
  | 'limits'
  | 'batch'
  | 'quota'
  | 'quotaWindowScale'
  | 'entityBundle'
  | 'spendLimit'
  | 'budgets'
  | 'routes'
  | 'clockOffsetMs'
  | 'metricsAt'
>;

export interface Rig {
  readonly emulator: Emulator;
  readonly directory: string;
  readonly store: ArtifactStore;
  readonly server: { readonly address: string; readonly namespace: string };
  readonly taskQueue: string;
  readonly client: Client;
  readonly images: GeminiImages;
  /** Another client, as another process would have. */
  anotherClient(store?: ArtifactStore): GeminiImages;
  /** A worker in this process, on the rig's store unless another is given. */
  worker(options?: Partial<StartWorkerOptions>): Promise<RunningWorker>;
  workerProcess(settings?: ProcessSettings): Promise<WorkerProcess>;
  /** Generating calls in the ledger, of one generation or of all. */
  calls(id?: string): readonly LedgerEntry[];
  bills(id?: string): number;
  close(): Promise<void>;
}

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const apiKey = options.apiKey ?? KEY;
  const server = options.server ?? (await sharedDevServer());
  const { code, codePath: path } = await lentWorkflows();
  const emulator = await startEmulator({ keys: [apiKey], seed: 'rig', ...options.emulator });
  const directory = await mkdtemp(join(tmpdir(), 'rig-store-'));
  const place = options.store ?? directory;
  const store = openStore(place);
  const taskQueue = `rig-${randomUUID()}`;
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, namespace: server.namespace });
  const workers: RunningWorker[] = [];
  const processes: WorkerProcess[] = [];
  let native: NativeConnection | undefined;

  const clientOn = (of: ArtifactStore) => new GeminiImages({ client, store: of, taskQueue });
  const calls = (id?: string) =>
    emulator
      .calls()
      .filter(
        ({ method, generation }) =>
          method === 'generateContent' && (id === undefined || generation?.id === id),
      );

  return {
    emulator,
    directory,
    store,
    server,
    taskQueue,
    client,
    images: clientOn(store),
    anotherClient: (other = store) => clientOn(other),
    calls,
    bills: (id) => calls(id).filter(({ billed }) => billed).length,
    worker: async (given = {}) => {
      native ??= await NativeConnection.connect({ address: server.address });
      const worker = await startWorker({
        ...server,
        taskQueue,
        connection: native,
        apiKey,
        baseUrl: emulator.url,
        store,
        timeScale: TIME_SCALE,
        ...given,
        worker: { workflowBundle: { code }, ...given.worker },
      });
      workers.push(worker);
      return worker;
    },
    workerProcess: async (given = {}) => {
      const { address, namespace } = server;
      const where = { address, namespace, taskQueue, store: place, bundle: path };
      const way = given.routes === undefined ? { apiKey, baseUrl: emulator.url } : {};
      const settings = { ...where, ...way, timeScale: TIME_SCALE, ...given };
      const child = await startWorkerProcess(settings);
      processes.push(child);
      return child;
    },
    close: async () => {
      for (const child of processes) child.signal('SIGKILL');
      await Promise.all(processes.map(({ ended }) => ended));
      // Calls that hang in the emulator end with it, so that draining has an end.
      await emulator.close();
      await Promise.all(workers.map((worker) => worker.stop()));
      await native?.close();
      await connection.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
