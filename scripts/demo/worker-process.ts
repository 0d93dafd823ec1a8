/** Workers as real processes: started, killed with SIGKILL for the show, and always ended. */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { StartWorkerOptions } from '../../src/worker/index.ts';

/** What can be sent to another process. */
export type WorkerSettings = Pick<
  StartWorkerOptions,
  'address' | 'taskQueue' | 'routes' | 'timeScale' | 'quotaWindowScale' | 'quota'
> & { readonly store: string };

const PROGRAM = fileURLToPath(new URL('./worker-program.ts', import.meta.url));
const READY_DEADLINE_MS = 60_000;
const DRAIN_DEADLINE_MS = 10_000;

export class WorkerProcess {
  readonly name: string;
  readonly pid: number;
  private readonly logFile: string;
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  private readonly started: Promise<boolean>;

  /** Its log goes to `logFile`. It takes tasks once `ready` resolves. */
  constructor(name: string, settings: WorkerSettings, logFile: string) {
    this.name = name;
    this.logFile = logFile;
    const log = openSync(logFile, 'a');
    // In a group of its own: Ctrl-C reaches the demo alone, which ends its workers in order.
    this.child = fork(PROGRAM, { detached: true, stdio: ['ignore', log, log, 'ipc'] });
    closeSync(log);
    if (this.child.pid === undefined) throw new Error(`worker ${name} could not be started`);
    this.pid = this.child.pid;
    this.ended = new Promise((resolve) => {
      this.child.once('exit', resolve);
      // It could not be started, or was gone before it could be told its settings.
      this.child.once('error', resolve);
    });
    this.started = new Promise((resolve) => {
      this.child.once('message', () => resolve(true));
    });
    this.child.send(settings);
  }

  async ready(): Promise<void> {
    const ended = this.ended.then(() => false);
    const isReady = await Promise.race([this.started, ended, after(READY_DEADLINE_MS).then(() => false)]);
    if (isReady) return;
    await this.kill();
    throw new Error(`worker ${this.name} did not start: see ${this.logFile}`);
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
