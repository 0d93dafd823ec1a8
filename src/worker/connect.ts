/**
 * The worker's connection, by `@temporalio/envconfig` like the client's. A server that is still
 * starting is waited for; at the deadline it is {@link ServerUnreachable}.
 */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { NativeConnection } from '@temporalio/worker';
import { ServerUnreachable } from '../client/errors.ts';

const DEFAULT_ADDRESS = '127.0.0.1:7233';
const TRY_AGAIN_MS = 500;

export interface WorkerConnection {
  readonly connection: NativeConnection;
  readonly address: string;
  readonly namespace: string;
}

export interface WorkerConnectOptions {
  readonly address?: string | undefined;
  readonly namespace?: string | undefined;
  readonly connectTimeoutMs: number;
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal | undefined;
}

export async function connectWorker(options: WorkerConnectOptions): Promise<WorkerConnection> {
  const config = loadClientConnectConfig();
  const address = options.address ?? config.connectionOptions.address ?? DEFAULT_ADDRESS;
  const namespace = options.namespace ?? config.namespace ?? 'default';
  const until = Date.now() + options.connectTimeoutMs;
  for (;;) {
    try {
      const given: NativeConnectionOptions = { ...config.connectionOptions, address };
      return { connection: await withinTime(given, until), address, namespace };
    } catch (error) {
      options.signal?.throwIfAborted();
      if (Date.now() + TRY_AGAIN_MS >= until) {
        throw new ServerUnreachable(
          `no Temporal server at ${address} within ${options.connectTimeoutMs} ms: start one ` +
            '(gemini-images dev) or set TEMPORAL_ADDRESS',
          { cause: error },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
    }
  }
}

/** The native client has no deadline of its own; a firewall that swallows packets would hang it. */
async function withinTime(options: NativeConnectionOptions, until: number): Promise<NativeConnection> {
  const connecting = NativeConnection.connect(options);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error('the connection did not come up')),
      Math.max(1, until - Date.now()),
    );
  });
  try {
    return await Promise.race([connecting, late]);
  } catch (error) {
    connecting.then(
      (connection) => connection.close(),
      () => undefined,
    );
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
