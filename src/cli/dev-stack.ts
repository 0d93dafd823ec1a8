/**
 * Everything a laptop needs, in one process: an embedded Temporal server with its UI, an emulator where
 * there is no key, and one worker. What was started is stopped again, in an order that loses nothing,
 * also when a later part does not come up.
 */
import { NativeConnection } from '@temporalio/worker';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openStore } from '../artifacts/open-store.ts';
import { GeminiImages } from '../client/gemini-images.ts';
import { startConsole } from '../console/server.ts';
import { SEARCH_ATTRIBUTES } from '../contract/search-attributes.ts';
import { answers } from '../dev/ports.ts';
import type { DevServer } from '../dev/server.ts';
import { startDevServer } from '../dev/server.ts';
import type { EmulatorOptions } from '../emulator/index.ts';
import { startEmulator } from '../emulator/index.ts';
import type { RunningWorker } from '../worker/run.ts';
import { startWorker } from '../worker/run.ts';
import type { GeminiEndpoint } from './gemini-endpoint.ts';
import { emulatorEndpoint } from './gemini-endpoint.ts';
import { say } from './output.ts';
import type { NotificationSettings } from '../schema/webhooks.ts';
import type { QuotaSettings } from './quota-options.ts';
import type { Scales } from './scales.ts';

/** Where Temporal's own tools look; taken when nothing else listens there. */
const USUAL_PORT = 7233;
const USUAL_UI_PORT = 8233;
const USUAL_CONSOLE_PORT = 8480;

export interface DevStackOptions extends Scales, QuotaSettings {
  /** Webhooks that its worker tells what happens. */
  readonly notifications?: NotificationSettings;
  readonly port?: number;
  readonly uiPort?: number;
  readonly consolePort?: number;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly store: string;
  /** SQLite file that keeps generations beyond this run. */
  readonly db?: string;
  /** Google or a gateway; else an emulator with these options. */
  readonly gemini: GeminiEndpoint | { readonly emulator: EmulatorOptions };
}

export interface DevStack {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string;
  readonly emulatorUrl?: string;
  readonly gemini: string;
  readonly consoleUrl: string;
  readonly taskQueue: string;
  /** `file:///…` */
  readonly store: string;
  /** Rejects when a part ends that nobody stopped. */
  readonly broken: Promise<never>;
  stop(): Promise<void>;
}

export async function startDevStack(options: DevStackOptions): Promise<DevStack> {
  const parts: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) await part();
  };
  try {
    let breakDown: (error: Error) => void = () => undefined;
    const broken = new Promise<never>((_resolve, reject) => {
      breakDown = reject;
    });
    broken.catch(() => undefined);
    const server = await serverOf(options, breakDown);
    parts.push(() => server.stop());
    const connection = await NativeConnection.connect({ address: server.address });
    parts.push(() => connection.close());
    const { endpoint, emulatorUrl, close } = await geminiOf(options);
    const worker = await workerOf(options, server, connection, endpoint);
    worker.ended.catch(breakDown);
    parts.push(() => worker.stop());
    const { consoleUrl, close: closeConsole } = await consoleOf(options, server);
    parts.push(closeConsole);
    // First of all to stop: calls to it end at once, so that the worker has nothing to wait for.
    parts.push(close);
    return {
      address: server.address,
      namespace: server.namespace,
      uiUrl: server.uiUrl ?? '',
      gemini: endpoint.words,
      consoleUrl,
      taskQueue: worker.taskQueue,
      store: worker.store,
      broken,
      stop,
      ...(emulatorUrl === undefined ? {} : { emulatorUrl }),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function serverOf(
  { port, uiPort, namespace, db }: DevStackOptions,
  onCrash: (error: Error) => void,
): Promise<DevServer> {
  if (db !== undefined) await mkdir(dirname(db), { recursive: true });
  const ports = {
    port: await portOr(port, USUAL_PORT),
    uiPort: await portOr(uiPort, USUAL_UI_PORT),
  };
  return await startDevServer({
    namespace,
    ui: true,
    searchAttributes: SEARCH_ATTRIBUTES,
    onCrash,
    ...(ports.port === undefined ? {} : { port: ports.port }),
    ...(ports.uiPort === undefined ? {} : { uiPort: ports.uiPort }),
    ...(db === undefined ? {} : { dbFile: db }),
  });
}

/** Undefined where any free port will do. */
async function portOr(given: number | undefined, usual: number): Promise<number | undefined> {
  if (given !== undefined) return given === 0 ? undefined : given;
  return (await answers('127.0.0.1', usual)) ? undefined : usual;
}

/** On loopback, with a client of its own: it is a guest here, as in any other process. */
async function consoleOf(
  { consolePort, store, taskQueue }: DevStackOptions,
  { address, namespace, uiUrl }: DevServer,
): Promise<{ readonly consoleUrl: string; readonly close: () => Promise<void> }> {
  const images = await GeminiImages.connect({ address, namespace, taskQueue, store: openStore(store) });
  try {
    const room = await startConsole({
      images,
      port: (await portOr(consolePort, USUAL_CONSOLE_PORT)) ?? 0,
      log: say,
      ...(uiUrl === undefined ? {} : { temporalUi: uiUrl }),
    });
    const close = async (): Promise<void> => {
      await room.close();
      await images.close();
    };
    return { consoleUrl: room.url, close };
  } catch (error) {
    await images.close();
    throw error;
  }
}

async function geminiOf({ gemini }: DevStackOptions): Promise<{
  readonly endpoint: GeminiEndpoint;
  readonly emulatorUrl?: string;
  readonly close: () => Promise<void>;
}> {
  if (!('emulator' in gemini)) return { endpoint: gemini, close: () => Promise.resolve() };
  const emulator = await startEmulator(gemini.emulator);
  return {
    endpoint: emulatorEndpoint(emulator.url),
    emulatorUrl: emulator.url,
    close: () => emulator.close(),
  };
}

async function workerOf(
  options: DevStackOptions,
  server: DevServer,
  connection: NativeConnection,
  { routes }: GeminiEndpoint,
): Promise<RunningWorker> {
  const { store, taskQueue, timeScale, quotaWindowScale, quota } = options;
  const { limits, spendLimit, quietHours, notifications } = options;
  return await startWorker({
    connection,
    address: server.address,
    namespace: server.namespace,
    taskQueue,
    store,
    routes,
    timeScale,
    quotaWindowScale,
    quota,
    ...(quietHours === undefined ? {} : { quietHours }),
    ...(notifications === undefined ? {} : { notifications }),
    ...(limits === undefined ? {} : { limits }),
    ...(spendLimit === undefined ? {} : { spendLimit }),
  });
}
