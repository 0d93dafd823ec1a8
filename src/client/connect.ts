/** Connects by `@temporalio/envconfig`: environment, profile file, TLS and API keys as Temporal's own tools. */
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ArtifactStore } from '../artifacts/store.ts';
import { ServerUnreachable } from './errors.ts';

export interface ConnectOptions {
  readonly store: ArtifactStore;
  readonly taskQueue?: string;
  readonly rpcDeadlineMs?: number;
  /** `host:port`. Default: TEMPORAL_ADDRESS, else 127.0.0.1:7233. */
  readonly address?: string;
  /** Default: TEMPORAL_NAMESPACE, else `default`. */
  readonly namespace?: string;
}

export async function connectClient(
  { address, namespace }: Pick<ConnectOptions, 'address' | 'namespace'>,
  deadlineMs: number,
): Promise<{ readonly client: Client; readonly close: () => Promise<void> }> {
  const config = loadClientConnectConfig();
  const options = {
    ...config.connectionOptions,
    ...(address === undefined ? {} : { address }),
    connectTimeout: deadlineMs,
  };
  try {
    const connection = await Connection.connect(options);
    const client = new Client({ connection, namespace: namespace ?? config.namespace ?? 'default' });
    return { client, close: () => connection.close() };
  } catch (error) {
    throw new ServerUnreachable(
      `no Temporal server at ${options.address ?? '127.0.0.1:7233'} within ${deadlineMs} ms: ` +
        'start one (npm run gemini-images -- dev) or set TEMPORAL_ADDRESS',
      { cause: error },
    );
  }
}
