/**
 * A real Prometheus: found by PROMETHEUS_PATH (its directory) or on the PATH, run on the loopback interface with
 * a directory of its own, ended with its test file. Where there is none the tests fail and say how to get it.
 */
import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../../src/dev/ports.ts';
import { eventually } from './eventually.ts';

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Throws where it is not installed. */
export function program(name: 'prometheus' | 'promtool'): string {
  const places = [process.env['PROMETHEUS_PATH'] ?? '', ...(process.env['PATH'] ?? '').split(delimiter)];
  const found = places.filter((place) => place !== '').map((place) => join(place, name));
  const path = found.find(isProgram);
  if (path !== undefined) return path;
  throw new Error(
    `no ${name} on the PATH: install Prometheus (apt-get install prometheus, brew install prometheus), ` +
      'or name its directory in PROMETHEUS_PATH',
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs promtool to its end; rejects with what it said where it fails. */
export async function promtool(args: readonly string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    execFile(program('promtool'), args, { timeout: 60_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout + stderr);
      else reject(new Error(`promtool ${args.join(' ')}:\n${stdout}${stderr}${error.message}`));
    });
  });
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Prometheus {
  /** Instant query. Rejects with Prometheus's words where it is none. */
  query(expr: string): Promise<readonly Sample[]>;
  /** GET of its API: `/api/v1/rules`. */
  get(path: string): Promise<unknown>;
  close(): Promise<void>;
}

/** Resolves once it is ready. @param config Path of its configuration. */
export async function startPrometheus(config: string): Promise<Prometheus> {
  const data = await mkdtemp(join(tmpdir(), 'prometheus-'));
  const url = `http://127.0.0.1:${await freePort()}`;
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=${url.slice('http://'.length)}`,
    '--log.level=error',
  ];
  const child = spawn(program('prometheus'), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  void ended.then(() => running.delete(child));
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  const get = async (path: string): Promise<unknown> => {
    const answer = (await (await fetch(url + path)).json()) as {
      readonly status: string;
      readonly error?: string;
      readonly data?: unknown;
    };
    if (answer.status === 'success') return answer.data;
    throw new Error(`${path}: ${answer.error ?? answer.status}`);
  };
  try {
    await eventually('a Prometheus that is ready', async () => {
      if (!running.has(child)) throw new Error(`Prometheus ended before it was ready:\n${said}`);
      return await fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    get,
    close,
    query: async (expr) => {
      const { result } = (await get(`/api/v1/query?query=${encodeURIComponent(expr)}`)) as {
        readonly result: readonly {
          readonly metric: Sample['metric'];
          readonly value: readonly [number, string];
        }[];
      };
      return result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }));
    },
  };
}
