/**
 * A worker with the plugin, from connecting to drained. Stopping never cuts a paid call (design
 * section 15): the worker takes no new task, waits for the calls under way and for their answers to be
 * stored, and then ends.
 *
 * `startWorker` is for programs that end it themselves, `runWorker` for those that are the worker.
 * Both throw a TypeError for options that cannot be used, {@link StoreUnavailable} and
 * {@link ServerUnreachable}, all before any task is taken.
 */
import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { DEFAULT_TASK_QUEUE } from '../contract/names.ts';
import { GeminiImagesPlugin } from '../plugin/gemini-images-plugin.ts';
import type { GeminiImagesPluginOptions } from '../plugin/options.ts';
import type { WorkerConnection } from './connect.ts';
import { connectWorker } from './connect.ts';

const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;

export interface StartWorkerOptions extends GeminiImagesPluginOptions {
  /** @default 'gemini-images' */
  readonly taskQueue?: string;
  /** `host:port`. @default TEMPORAL_ADDRESS, else 127.0.0.1:7233 */
  readonly address?: string;
  /** @default TEMPORAL_NAMESPACE, else `default` */
  readonly namespace?: string;
  /** How long to wait for a server that is still starting. @default 10000 */
  readonly connectTimeoutMs?: number;
  /** A connection of the caller's, who closes it; then `address` is for messages only. */
  readonly connection?: NativeConnection;
  /** More options of the Temporal worker: your own workflows and activities, concurrency, identity. */
  readonly worker?: Omit<WorkerOptions, 'connection' | 'namespace' | 'taskQueue'>;
  /** Drains the worker when aborted; while it still connects, ends that with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface RunningWorker {
  readonly taskQueue: string;
  readonly namespace: string;
  readonly address: string;
  /** Where artifacts go: `file:///…`. */
  readonly store: string;
  /** Resolves when it has drained, rejects when it failed. */
  readonly ended: Promise<void>;
  /** Drains it; may take as long as the longest call under way. Resolves like `ended`. */
  stop(): Promise<void>;
}

export async function startWorker(options: StartWorkerOptions): Promise<RunningWorker> {
  const plugin = new GeminiImagesPlugin(options);
  const { store } = plugin.resolved;
  await store.checkWritable();
  const taskQueue = options.taskQueue ?? DEFAULT_TASK_QUEUE;
  const { connection, address, namespace } = await connectionOf(options);
  const ours = options.connection === undefined;
  try {
    const worker = await Worker.create({
      ...options.worker,
      connection,
      namespace,
      taskQueue,
      plugins: [...(options.worker?.plugins ?? []), plugin],
    });
    const ended = runToItsEnd(worker, ours ? connection : undefined);
    // Whoever awaits `ended` or `stop()` hears of a failure; nobody else may be killed by it.
    ended.catch(() => undefined);
    const stop = async (): Promise<void> => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    };
    onAbort(options.signal, () => void stop().catch(() => undefined));
    return { taskQueue, namespace, address, store: store.describe(), ended, stop };
  } catch (error) {
    if (ours) await connection.close();
    throw error;
  }
}

export interface RunWorkerOptions extends StartWorkerOptions {
  /** Drains the worker when aborted. @default SIGTERM and SIGINT drain it */
  readonly signal?: AbortSignal;
  /** Called once it takes tasks. */
  readonly onReady?: (worker: RunningWorker) => void;
}

/**
 * Runs a worker until it is told to stop, and resolves when it has drained.
 *
 * @example await runWorker({ apiKey: process.env.GEMINI_API_KEY, store: '/data/gemini-images' });
 */
export async function runWorker(options: RunWorkerOptions): Promise<void> {
  const { signal, release } =
    options.signal === undefined ? signalOfProcess() : { signal: options.signal, release: undefined };
  try {
    const worker = await startWorker({ ...options, signal });
    if (!signal.aborted) options.onReady?.(worker);
    await worker.ended;
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
  } finally {
    release?.();
  }
}

async function runToItsEnd(worker: Worker, connection: NativeConnection | undefined): Promise<void> {
  try {
    await worker.run();
  } finally {
    await connection?.close();
  }
}

async function connectionOf({
  connection,
  address,
  namespace,
  connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS,
  signal,
}: StartWorkerOptions): Promise<WorkerConnection> {
  if (connection === undefined) {
    return await connectWorker({ address, namespace, connectTimeoutMs, signal });
  }
  return { connection, address: address ?? "the caller's connection", namespace: namespace ?? 'default' };
}

function onAbort(signal: AbortSignal | undefined, act: () => void): void {
  if (signal?.aborted === true) act();
  else signal?.addEventListener('abort', act, { once: true });
}

function signalOfProcess(): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  process.on('SIGTERM', abort);
  process.on('SIGINT', abort);
  const release = (): void => {
    process.off('SIGTERM', abort);
    process.off('SIGINT', abort);
  };
  return { signal: controller.signal, release };
}
