/**
 * One run of a server program as a child process that cannot outlive its parent: killed when the
 * parent exits, and, where there is a shell, also when the parent is killed with SIGKILL.
 * It stands in a process group of its own, so that Ctrl-C reaches the parent first and a worker can
 * drain while its server still answers.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const KEPT_LINES = 20;
const running = new Set<ChildProcess>();
let exitHookSet = false;

export interface ServerProcess {
  readonly pid: number | undefined;
  /** Resolves when the process has ended, with a phrase such as `exit code 1` or `SIGKILL`. */
  readonly ended: Promise<string>;
  readonly hasEnded: () => boolean;
  /** The last 20 lines it printed. */
  lastLines(): string;
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** @param log gets each line the server prints on either stream. */
export function startProcess(
  path: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  log?: (line: string) => void,
): ServerProcess {
  const child = spawn(path, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    detached: true,
    windowsHide: true,
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      log?.(line);
    });
    // A program that is done must not wait for its server, which dies with it.
    (stream as unknown as { unref(): void }).unref();
  }
  child.unref();
  running.add(child);
  if (!exitHookSet) {
    exitHookSet = true;
    process.on('exit', () => {
      for (const each of running) each.kill('SIGKILL');
    });
  }
  const watch = child.pid === undefined ? undefined : watchdog(child.pid);

  let over = false;
  const ended = new Promise<string>((resolve) => {
    const end = (how: string): void => {
      over = true;
      running.delete(child);
      // First the watchdog, so that it never shoots at a reused pid.
      watch?.kill('SIGKILL');
      resolve(how);
    };
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => end(signal ?? `exit code ${code ?? 'unknown'}`));
  });
  return {
    pid: child.pid,
    ended,
    hasEnded: () => over,
    lastLines: () => lines.join('\n'),
    signal: (signal) => {
      // From here on somebody waits for its end.
      child.ref();
      child.kill(signal);
    },
  };
}

/** A shell that waits for its standard input to close, which happens when this process is gone. */
function watchdog(pid: number): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined;
  const script = 'read -r _; kill -KILL "$1" 2>/dev/null';
  const shell = spawn('sh', ['-c', script, 'watchdog', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.on('error', () => undefined);
  shell.unref();
  (shell.stdin as unknown as { unref?(): void } | null)?.unref?.();
  return shell;
}
