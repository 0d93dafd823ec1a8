/** A Python program of the bench, asked as the others are: a line of JSON for each question, and one back. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { CallersQuestion } from './callers-program.ts';
import type { Outcome } from './judge.ts';

export interface PythonCaller {
  /** Rejects when the process has ended. */
  ask(question: CallersQuestion): Promise<readonly Outcome[]>;
  kill(): Promise<void>;
}

/** Loading what it imports takes a while on a busy machine. */
const READY_DEADLINE_MS = 120_000;

export async function startPython(python: string, program: string, settings: object): Promise<PythonCaller> {
  // Its price list is not fetched: the bench needs no network.
  const env = { ...process.env, LITELLM_LOCAL_MODEL_COST_MAP: 'True', PYTHONUNBUFFERED: '1' };
  const child = spawn(python, [program], { env, stdio: 'pipe' });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4_000)));
  child.stdin.on('error', () => undefined);
  const ended = new Promise<undefined>((resolve) => {
    child.once('close', () => resolve(undefined));
    child.once('error', () => resolve(undefined));
  });
  const waiting: ((line: string) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(line));
  const exchange = async (sent: object): Promise<unknown> => {
    const line = new Promise<string>((resolve) => waiting.push(resolve));
    child.stdin.write(`${JSON.stringify(sent)}\n`);
    const given = await Promise.race([line, ended]);
    if (given === undefined) throw new Error(`${program} ended:\n${said}`);
    return JSON.parse(given);
  };
  const late = setTimeout(() => child.kill('SIGKILL'), READY_DEADLINE_MS);
  await exchange(settings);
  clearTimeout(late);
  return {
    ask: async (question) => (await exchange(question)) as readonly Outcome[],
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
