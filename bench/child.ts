/** A program of a bench as a process of its own: told its settings, asked to say when it is ready. */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';

export interface Child<Ready> {
  readonly ready: Ready;
  stop(): Promise<void>;
}

const READY_DEADLINE_MS = 60_000;
/** For workers that drain and emulators whose calls end. */
const STOP_DEADLINE_MS = 30_000;

/** Ends with the bench, however that ends: the program watches its `disconnect`. */
export async function startChild<Ready>(program: URL, settings: object): Promise<Child<Ready>> {
  const child = fork(program, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const message = new Promise<{ readonly ready: Ready }>((resolve) => {
    child.once('message', (told) => resolve(told as { readonly ready: Ready }));
  });
  child.send(settings);
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_DEADLINE_MS);
  const told = await Promise.race([message, ended]);
  clearTimeout(timer);
  if (told === undefined) throw new Error(`${program.pathname} did not start:\n${said}`);
  return { ready: told.ready, stop: () => stop(child, ended) };
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(timer);
}

/** For the program itself: gets the settings, and ends with its parent. */
export function runAsChild<Settings, Ready>(
  start: (settings: Settings) => Promise<{ readonly ready: Ready; close(): Promise<void> }>,
): void {
  process.once('message', (settings: Settings) => {
    const started = start(settings);
    process.once('disconnect', () => {
      void started.then(({ close }) => close()).finally(() => process.exit());
    });
    started.then(
      ({ ready }) => process.send?.({ ready }),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
