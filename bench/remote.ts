/**
 * A program of a bench as a process of its own that can be asked while it runs. It is told its
 * settings, says when it is ready, answers one question after another, and ends with its parent.
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';

export interface Remote<Ready, Question, Answer> {
  readonly ready: Ready;
  /** Rejects when the process has ended; one that does not answer is ended. */
  ask(question: Question): Promise<Answer>;
  /** Lets it close what it has open; kills it after 10 s. */
  stop(): Promise<void>;
  /** For a worker whose calls nobody needs any more: draining takes as long as they do. */
  kill(): Promise<void>;
}

type Told<Ready, Answer> =
  | { readonly kind: 'ready'; readonly ready: Ready }
  | { readonly kind: 'answer'; readonly n: number; readonly answer: Answer };

const READY_DEADLINE_MS = 60_000;
const ANSWER_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 10_000;

export async function startRemote<Ready, Question, Answer>(
  program: URL,
  settings: object,
): Promise<Remote<Ready, Question, Answer>> {
  const child = fork(program, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  });
  const ended = new Promise<undefined>((resolve) => {
    child.once('exit', () => resolve(undefined));
    child.once('error', () => resolve(undefined));
  });
  const pending = new Map<number, (answer: Answer) => void>();
  const isReady = new Promise<{ readonly ready: Ready }>((resolve) => {
    child.on('message', (told) => {
      const message = told as Told<Ready, Answer>;
      if (message.kind === 'ready') return resolve(message);
      pending.get(message.n)?.(message.answer);
      pending.delete(message.n);
    });
  });
  child.send(settings);
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_DEADLINE_MS);
  const told = await Promise.race([isReady, ended]);
  clearTimeout(timer);
  if (told === undefined) throw new Error(`${program.pathname} did not start:\n${said}`);
  let n = 0;
  return {
    ready: told.ready,
    ask: async (question) => {
      n += 1;
      const key = n;
      const answered = new Promise<{ readonly answer: Answer }>((resolve) => {
        pending.set(key, (answer) => resolve({ answer }));
      });
      if (child.connected) child.send({ n: key, question });
      const late = setTimeout(() => child.kill('SIGKILL'), ANSWER_DEADLINE_MS);
      const given = await Promise.race([answered, ended]);
      clearTimeout(late);
      if (given === undefined) throw new Error(`${program.pathname} ended:\n${said}`);
      return given.answer;
    },
    stop: () => stop(child, ended),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function stop(child: ChildProcess, ended: Promise<undefined>): Promise<void> {
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(timer);
}

/** For the program itself. */
export function runAsRemote<Settings, Ready, Question, Answer>(
  start: (settings: Settings) => Promise<{
    readonly ready: Ready;
    answer(question: Question): Answer | Promise<Answer>;
    close(): Promise<void>;
  }>,
): void {
  process.once('message', (settings: Settings) => {
    const started = start(settings);
    process.once('disconnect', () => {
      void started.then(({ close }) => close()).finally(() => process.exit());
    });
    started.then(
      ({ ready, answer }) => {
        process.on('message', (asked) => {
          const { n, question } = asked as { readonly n: number; readonly question: Question };
          void Promise.resolve(answer(question)).then((given) =>
            process.send?.({ kind: 'answer', n, answer: given }),
          );
        });
        process.send?.({ kind: 'ready', ready });
      },
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
