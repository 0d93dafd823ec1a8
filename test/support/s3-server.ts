/**
 * A real S3 server for one test file: a Versity gateway on the loopback interface over a directory, in
 * which each folder is a bucket and each file an object. It may be killed and started again at its port.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/dev/ports.ts';
import type { ServerProcess } from '../../src/dev/server-process.ts';
import { startProcess } from '../../src/dev/server-process.ts';
import { eventually } from './eventually.ts';
import { borrow } from './lender.ts';
import { whyNoS3Program } from './s3-program.ts';

/** Long enough for a first build of the server; for hooks that start one. */
export const S3_START_MS = 600_000;

const ACCESS_KEY = 's3-test-access';
export const S3_SECRET_KEY = 's3-test-secret-0123456789';
/** AWS's default chain finds these and looks nowhere else. */
export const S3_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: ACCESS_KEY,
  AWS_SECRET_ACCESS_KEY: S3_SECRET_KEY,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
} as const;

const REGION = 'us-east-1';
const STARTS = 5;
const UP_WITHIN_MS = 30_000;

export interface S3Server {
  /** `http://127.0.0.1:…` */
  readonly endpoint: string;
  /** Holds `<bucket>/<key>`. */
  readonly directory: string;
  makeBucket(name: string): Promise<void>;
  /** Of a store in a bucket of this server: `s3://images/shop?endpoint=…&region=…`. */
  storeUrl(place: string): string;
  /** SIGKILL: the port answers no more. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Why tests that need one are skipped, for the developer to read; undefined where there will be one. CI has
 * to have one.
 */
export async function whyNoS3Server(): Promise<string | undefined> {
  const why = await whyNoS3Program();
  if (why === undefined) return undefined;
  if (process.env['CI'] !== undefined) throw new Error(why);
  process.stderr.write(`skipped: ${why}\n`);
  return why;
}

/** @param given A directory to serve; it stays. @default a temporary one */
export async function startS3Server(given?: string): Promise<S3Server> {
  const { path } = await borrow<{ readonly path: string }>('/s3-program');
  const directory = given ?? (await mkdtemp(join(tmpdir(), 's3-server-')));
  const env = { ...process.env, ROOT_ACCESS_KEY: ACCESS_KEY, ROOT_SECRET_KEY: S3_SECRET_KEY };
  const launch = async (port: number): Promise<ServerProcess | undefined> => {
    const listen = ['--port', `127.0.0.1:${port}`, '--health', '/health', '--region', REGION, '--quiet'];
    const server = startProcess(path, [...listen, 'posix', directory], env);
    await eventually('the S3 server', () => server.hasEnded() || isHealthy(port), UP_WITHIN_MS);
    if (!server.hasEnded()) return server;
    // The port may have been taken meanwhile; anything else ends all tries.
    if (!/address already in use/.test(server.lastLines()))
      throw new Error(`the S3 server ended: ${server.lastLines()}`);
    return undefined;
  };

  let port = 0;
  let server: ServerProcess | undefined;
  for (let start = 0; server === undefined && start < STARTS; start += 1) {
    port = await freePort();
    server = await launch(port);
  }
  if (server === undefined) throw new Error('no port stays free for the S3 server');
  const endpoint = `http://127.0.0.1:${port}`;
  const kill = async (): Promise<void> => {
    server?.signal('SIGKILL');
    await server?.ended;
  };
  return {
    endpoint,
    directory,
    makeBucket: async (name) => void (await mkdir(join(directory, name))),
    storeUrl: (place) => `s3://${place}?${new URLSearchParams({ endpoint, region: REGION }).toString()}`,
    kill,
    restart: async () => {
      server = await launch(port);
      if (server === undefined) throw new Error(`port ${port} was taken`);
    },
    close: async () => {
      await kill();
      if (given === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

async function isHealthy(port: number): Promise<boolean> {
  const signal = AbortSignal.timeout(1_000);
  const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal }).catch(() => undefined);
  return answer?.ok === true;
}
