/** Starts, watches and ends workers of their own process; none outlives the test file. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';
import type { WorkerSettings } from './worker-settings.ts';
import { SETTINGS_VARIABLE } from './worker-settings.ts';

const PROGRAM = fileURLToPath(new URL('./worker-program.ts', import.meta.url));
/** Loaded before anything else of the program, so that nobody has seen the true time. */
const SKEW = new URL('./skewed-clock.ts', import.meta.url).href;
const running = new Set<ChildProcessWithoutNullStreams>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface WorkerProcess {
  readonly pid: number;
  /** Everything it printed on either stream. */
  output(): string;
  /** `exit code 0` or a signal's name, once it has ended. */
  readonly ended: Promise<string>;
  hasEnded(): boolean;
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Resolves once the worker takes tasks. */
export async function startWorkerProcess(settings: WorkerSettings): Promise<WorkerProcess> {
  const skew = settings.clockOffsetMs === undefined ? [] : ['--import', SKEW];
  const child = spawn(process.execPath, [...skew, PROGRAM], {
    env: { ...process.env, [SETTINGS_VARIABLE]: JSON.stringify(settings) },
    stdio: 'pipe',
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  let over = false;
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => {
      over = true;
      running.delete(child);
      resolve(signal ?? `exit code ${code}`);
    });
  });
  await eventually('a worker process that is ready', () => {
    if (over) throw new Error(`the worker process ended before it was ready:\n${output}`);
    return /^ready$/m.test(output);
  });
  return {
    pid: child.pid as number,
    output: () => output,
    ended,
    hasEnded: () => over,
    signal: (signal) => void child.kill(signal),
  };
}
