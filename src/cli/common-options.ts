/** Options that several commands share; each falls back to its environment variable. */
import type { Command } from 'commander';
import { openStore } from '../artifacts/open-store.ts';
import { setting } from './environment.ts';
import { duration } from './option-values.ts';
import { UsageError } from './usage-error.ts';

export interface ServerOptions {
  readonly address?: string;
  readonly namespace?: string;
  readonly taskQueue: string;
  /** A directory or `s3://bucket/prefix?…`. */
  readonly store: string;
  /** Milliseconds. */
  readonly connectTimeout: number;
}

const CONNECT_TIMEOUT_MS = 10_000;

export function withServerOptions(command: Command): Command {
  return withStoreOptions(
    command
      .option('--address <host:port>', 'Temporal server (TEMPORAL_ADDRESS, else 127.0.0.1:7233)')
      .option('--namespace <name>', 'Temporal namespace (TEMPORAL_NAMESPACE, else default)')
      .option('--connect-timeout <duration>', 'how long to try to reach the server (10s)', duration),
  );
}

export function withStoreOptions(command: Command): Command {
  return command
    .option('--task-queue <name>', 'task queue (GEMINI_IMAGES_TASK_QUEUE, else gemini-images)')
    .option('--store <place>', 'artifact store of the workers, a directory or s3://… (GEMINI_IMAGES_STORE)');
}

/**
 * The options as given, with what the environment says where they are silent. Address and namespace
 * stay absent then: envconfig reads their variables, and profile files besides.
 */
export function serverOptions(given: Partial<ServerOptions>): ServerOptions {
  const { address, namespace } = given;
  return {
    taskQueue: given.taskQueue ?? (setting('GEMINI_IMAGES_TASK_QUEUE') as string),
    store: usable(given.store ?? (setting('GEMINI_IMAGES_STORE') as string)),
    connectTimeout: given.connectTimeout ?? CONNECT_TIMEOUT_MS,
    ...(address === undefined ? {} : { address }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** Refused before anything is asked or started; the words do not repeat it. */
function usable(store: string): string {
  try {
    openStore(store);
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
  return store;
}

/** The settings that another command needs to find the same generation, as options. */
export function sameServer({ address, namespace, store }: Partial<ServerOptions>): readonly string[] {
  return [
    ...(address === undefined ? [] : ['--address', address]),
    ...(namespace === undefined ? [] : ['--namespace', namespace]),
    ...(store === undefined ? [] : ['--store', store]),
  ];
}
