/**
 * The worker's connection, by `@temporalio/envconfig` like the client's. A server that is still
 * starting, or whose namespace is still being made, is waited for; at the deadline it is
 * {@link ServerUnreachable}, which says which of these it was.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { isGrpcServiceError } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { NativeConnection } from '@temporalio/worker';
import { ServerUnreachable } from '../client/errors.ts';

const DEFAULT_ADDRESS = '127.0.0.1:7233';
const TRY_AGAIN_MS = 500;
/** gRPC status codes, as the protocol fixes them. */
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

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
  const { connectTimeoutMs, signal } = options;
  const config = loadClientConnectConfig();
  const address = options.address ?? config.connectionOptions.address ?? DEFAULT_ADDRESS;
  const namespace = options.namespace ?? config.namespace ?? 'default';
  const until = Date.now() + connectTimeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const connection = await connectOnce({ ...config.connectionOptions, address }, namespace, until);
      return { connection, address, namespace };
    } catch (error) {
      if (Date.now() + TRY_AGAIN_MS >= until) {
        const why = whyNot(error, address, namespace, connectTimeoutMs);
        throw new ServerUnreachable(why, { cause: error });
      }
      await pause(TRY_AGAIN_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    }
  }
}

async function connectOnce(
  options: NativeConnectionOptions,
  namespace: string,
  until: number,
): Promise<NativeConnection> {
  const connection = await withinTime(options, until);
  try {
    // Asked here, because a worker finds out late and says it in the words of its core.
    await connection.withDeadline(until, () => connection.workflowService.describeNamespace({ namespace }));
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** The native client has no deadline of its own; a firewall that swallows packets would hang it. */
async function withinTime(options: NativeConnectionOptions, until: number): Promise<NativeConnection> {
  const connecting = NativeConnection.connect(options);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const giveUp = (): void => reject(new Error('the connection did not come up'));
    timer = setTimeout(giveUp, Math.max(1, until - Date.now()));
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

function whyNot(error: unknown, address: string, namespace: string, timeoutMs: number): string {
  const refusal = isGrpcServiceError(error) ? error : undefined;
  const code: number | undefined = refusal?.code;
  if (code === NOT_FOUND) {
    return `Temporal at ${address} has no namespace ${namespace}: create it or set TEMPORAL_NAMESPACE`;
  }
  if (code === PERMISSION_DENIED || code === UNAUTHENTICATED) {
    return `Temporal at ${address} refuses us (${refusal?.details}): check TEMPORAL_API_KEY or the TLS certificate`;
  }
  return (
    `no Temporal server at ${address} within ${timeoutMs} ms: start one (gemini-images dev) ` +
    'or set TEMPORAL_ADDRESS'
  );
}
