/**
 * Everything the demo runs on: Temporal server with UI, emulator, workers, client. `close` ends all of
 * it, in the order in which nothing has to wait for what is gone already.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { FileArtifactStore } from '../../src/artifacts/file-store.ts';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import type { RunningConsole } from '../../src/console/server.ts';
import { DEFAULT_CONSOLE_PORT, startConsole } from '../../src/console/server.ts';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.ts';
import { answers } from '../../src/dev/ports.ts';
import type { DevServer } from '../../src/dev/server.ts';
import { startDevServer } from '../../src/dev/server.ts';
import type { Emulator, LedgerEntry } from '../../src/emulator/index.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import type { KilledWorker } from './audit-answers.ts';
import { callsByGeneration } from './audit-calls.ts';
import { WorkerProcess } from './worker-process.ts';

/** Computed waits, quota windows and the emulator's clock are divided by this. */
export const WAITS_DIVIDED_BY = 20;
export const QUEUE = 'gemini-images';
/** The route that no request allows beforehand. */
export const BACKUP = 'backup';

/** By route; faults name a key by its last four characters. */
const KEYS = { main: 'demo-key-of-the-project-main', [BACKUP]: 'demo-key-of-the-backup-bkup' } as const;
/** Room for two of the demo's large inputs: with a third one a project is full. */
const FILE_STORAGE_BYTES = 40_000_000;
/** A model takes its time; real ones take ten times this. */
const MODEL_LATENCY = { meanMs: 700, spread: 0.5 };

export class Stage {
  readonly out: string;
  readonly server: DevServer;
  readonly emulator: Emulator;
  readonly client: Client;
  readonly store: FileArtifactStore;
  readonly images: GeminiImages;
  readonly killed: KilledWorker[] = [];
  private readonly connection: Connection;
  private readonly workers: WorkerProcess[] = [];
  private room: RunningConsole | undefined;

  private constructor(out: string, server: DevServer, emulator: Emulator, connection: Connection) {
    this.out = out;
    this.server = server;
    this.emulator = emulator;
    this.connection = connection;
    this.client = new Client({ connection, namespace: server.namespace });
    this.store = new FileArtifactStore(storeIn(out));
    this.images = new GeminiImages({ client: this.client, store: this.store, taskQueue: QUEUE });
  }

  /** Empties what an earlier demo left in `out`, and starts server and emulator. */
  static async open(out: string): Promise<Stage> {
    for (const left of ['store', 'images', 'logs', 'index.html', 'session.html']) {
      await rm(join(out, left), { recursive: true, force: true });
    }
    await mkdir(join(out, 'logs'), { recursive: true });
    const emulator = await startEmulator({
      keys: Object.values(KEYS),
      signatureChecks: true,
      latencyMs: MODEL_LATENCY,
      timeScale: 1 / WAITS_DIVIDED_BY,
      fileStorageBytes: FILE_STORAGE_BYTES,
      keepExpiredFiles: true,
    });
    try {
      const server = await startDevServer({ ui: true, searchAttributes: SEARCH_ATTRIBUTES });
      try {
        const connection = await Connection.connect({ address: server.address });
        return new Stage(out, server, emulator, connection);
      } catch (error) {
        await server.stop();
        throw error;
      }
    } catch (error) {
      await emulator.close();
      throw error;
    }
  }

  /** Calls that the provider saw for one generation. */
  calls(id: string): readonly LedgerEntry[] {
    return callsByGeneration(this.emulator.calls()).get(id) ?? [];
  }

  async addWorker(name: string): Promise<WorkerProcess> {
    const worker = new WorkerProcess(
      name,
      {
        address: this.server.address,
        store: storeIn(this.out),
        taskQueue: QUEUE,
        routes: Object.entries(KEYS).map(([route, apiKey]) => ({
          name: route,
          apiKey,
          // Another address for another gateway: what stops one does not stop the other.
          baseUrl: route === BACKUP ? this.emulator.url.replace('127.0.0.1', 'localhost') : this.emulator.url,
          project: `demo-${route}`,
        })),
        timeScale: 1 / WAITS_DIVIDED_BY,
        quotaWindowScale: 1 / WAITS_DIVIDED_BY,
        quota: 'fleet',
      },
      join(this.out, 'logs', `worker-${name}.log`),
    );
    // Before it is ready, so that nothing can be left behind.
    this.workers.push(worker);
    await worker.ready();
    return worker;
  }

  /** `kill -9` of the worker with this process id; undefined when it is none of ours. */
  async kill(pid: number): Promise<WorkerProcess | undefined> {
    const worker = this.workers.find((each) => each.pid === pid && each.isRunning);
    if (worker === undefined) return undefined;
    this.killed.push({ pid, at: Date.now() });
    await worker.kill();
    return worker;
  }

  /** The operator's room, for whoever stays. @returns its address */
  async openConsole(): Promise<string> {
    const { images, server } = this;
    const isFree = !(await answers('127.0.0.1', DEFAULT_CONSOLE_PORT));
    this.room = await startConsole({
      images,
      port: isFree ? DEFAULT_CONSOLE_PORT : 0,
      log: console.error,
      ...(server.uiUrl === undefined ? {} : { temporalUi: server.uiUrl }),
    });
    return this.room.url;
  }

  async close(): Promise<void> {
    await this.room?.close();
    await Promise.all(this.workers.map((worker) => worker.stop()));
    await this.connection.close();
    await this.server.stop();
    await this.emulator.close();
  }
}

function storeIn(out: string): string {
  return join(out, 'store');
}
