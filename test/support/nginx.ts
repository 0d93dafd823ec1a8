/**
 * A real nginx: found by NGINX_PATH (the program) or on the PATH, run on the loopback interface in a directory of its own,
 * ended with its test file. Where there is none the tests fail and say how to get it.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { answers } from '../../src/dev/ports.ts';
import { eventually } from './eventually.ts';

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Throws where it is not installed. */
export function nginxPath(environment: NodeJS.ProcessEnv = process.env): string {
  const given = environment['NGINX_PATH'] ?? '';
  const places = [...(environment['PATH'] ?? '').split(delimiter), '/usr/sbin'].filter((each) => each !== '');
  const found = [given, ...places.map((place) => join(place, 'nginx'))].find(
    (path) => path !== '' && isProgram(path),
  );
  if (found !== undefined) return found;
  throw new Error(
    'no nginx on the PATH: install it (apt-get install nginx-light, brew install nginx), or name it in NGINX_PATH',
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

export interface NginxOptions {
  /** `server { … }`, each. @param directory for files that they name */
  readonly servers: (directory: string) => string;
  /** Files in that directory. */
  readonly files?: Readonly<Record<string, string>>;
  /** That the servers listen on, on loopback. */
  readonly ports: readonly number[];
}

/** Resolves once all its servers answer; rejects with what it said where it ends before. */
export async function startNginx(options: NginxOptions): Promise<{ close(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'nginx-'));
  // Its workers run as somebody else, where it is started by root.
  await chmod(directory, 0o755);
  for (const [name, text] of Object.entries(options.files ?? {}))
    await writeFile(join(directory, name), text);
  const config = join(directory, 'nginx.conf');
  await writeFile(config, configuration(directory, options.servers(directory)));
  const args = ['-p', directory, '-c', config, '-e', 'stderr'];
  const child = spawn(nginxPath(), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  running.add(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', (error) => {
      said += error.message;
      resolve();
    });
  });
  void ended.then(() => running.delete(child));
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await eventually('an nginx that answers', async () => {
      if (!running.has(child)) throw new Error(`nginx ended before it answered:\n${said}`);
      const all = await Promise.all(options.ports.map((port) => answers('127.0.0.1', port)));
      return all.every(Boolean);
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

/** Everything it writes stays in the directory. */
function configuration(directory: string, servers: string): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
events { worker_connections 64; }
http {
  access_log off;
  ${kinds.map((kind) => `${kind}_temp_path ${directory}/${kind};`).join('\n  ')}
${servers}
}
`;
}
