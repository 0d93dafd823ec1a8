/** Workers as real processes: started, killed with SIGKILL for the show, and always ended. */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { StartWorkerOptions } from '../../src/worker/index.ts';

/** What can be sent to another process. */
export type WorkerSettings = Pick<
  StartWorkerOptions,
  'address' | 'taskQueue' | 'apiKey' | 'baseUrl' | 'project' | 'timeScale' | 'quotaWindowScale'
> & { readonly store: string };

const PROGRAM = fileURLToPath(new URL('./worker-program.ts', import.meta.url));
const READY_DEADLINE_MS = 60_000;
const DRAIN_DEADLINE_MS = 10_000;

export class WorkerProcess {
  readonly name: string;
  readonly pid: number;
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;

  private constructor(name: string, child: ChildProcess, pid: number) {
    this.name = name;
    this.pid = pid;
    this.child = child;
    this.ended = once(child, 'exit');
  }

  /** Resolves when it takes tasks; its log goes to `logFile`. */
  static async start(name: string, settings: WorkerSettings, logFile: string): Promise<WorkerProcess> {
    const log = openSync(logFile, 'a');
    // In a group of its own: Ctrl-C reaches the demo alone, which ends its workers in order.
    const child = fork(PROGRAM, { detached: true, stdio: ['ignore', log, log, 'ipc'] });
    closeSync(log);
    if (child.pid === undefined) throw new Error(`worker ${name} could not be started`);
    const worker = new WorkerProcess(name, child, child.pid);
    child.send(settings);
    const ready = await Promise.race([
      once(child, 'message').then(() => true),
      worker.ended.then(() => false),
      after(READY_DEADLINE_MS).then(() => false),
    ]);
    if (!ready) {
      await worker.kill();
      throw new Error(`worker ${name} did not start: see ${logFile}`);
    }
    return worker;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async kill(): Promise<void> {
    if (this.isRunning) this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Lets it finish what it has; kills it when that takes too long. */
  async stop(): Promise<void> {
    if (!this.isRunning) return;
    this.child.kill('SIGTERM');
    await Promise.race([this.ended, after(DRAIN_DEADLINE_MS)]);
    await this.kill();
  }
}

/** Does not keep the process alive. */
async function after(ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
