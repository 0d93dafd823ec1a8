/**
 * Runs the real program as its users do, in a directory and an environment of its own: nothing of the
 * machine's Temporal or Gemini settings reaches it, and no process outlives the test file.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { ROOT } from '../support/root.ts';
import { eventually } from '../support/eventually.ts';

const PROGRAM = join(ROOT, 'src/cli/main.ts');
/** Only a program that hangs ever meets it. */
const DEADLINE_MS = 40_000;

/** Working directory of all programs of this test file. */
export const DIRECTORY = mkdtempSync(join(tmpdir(), 'cli-test-'));

const running = new Set<ChildProcessWithoutNullStreams>();

function endAll(): void {
  for (const child of running) child.kill('SIGKILL');
  rmSync(DIRECTORY, { recursive: true, force: true });
}

// A test that failed left its programs running; one whose file was cut short never comes to its hooks.
afterAll(endAll);
process.on('exit', endAll);

export interface Ended {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Closes standard output as soon as something came, as `head` does. */
  readonly reader?: 'leaves';
  /** Arguments for Node itself. */
  readonly node?: readonly string[];
}

export interface Running {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<Ended>;
  hasEnded(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** Resolves with the event of that name, once it is printed (`--json`). */
  event(name: string): Promise<Readonly<Record<string, unknown>>>;
}

/** Runs it to its end; fails with all it said where that does not come. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const program = start(args, options);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    program.signal('SIGKILL');
  }, DEADLINE_MS);
  const ended = await program.ended.finally(() => clearTimeout(timer));
  if (late) throw new Error(`${args.join(' ')} did not end:\n${ended.stdout}${ended.stderr}`);
  return ended;
}

export function start(args: readonly string[], options: RunOptions = {}): Running {
  const child = spawn(process.execPath, [...(options.node ?? []), PROGRAM, ...args], {
    cwd: DIRECTORY,
    env: { ...plainEnvironment(), ...options.env },
    stdio: 'pipe',
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (options.reader === 'leaves') child.stdout.destroy();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A program that does not read its input may close it first.
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  let over = false;
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      over = true;
      running.delete(child);
      resolve({ code: signal ?? code ?? 'no code', stdout, stderr });
    });
  });
  return {
    pid: child.pid as number,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    hasEnded: () => over,
    signal: (signal) => void child.kill(signal),
    event: (name) =>
      eventually(`event ${name} of ${args.join(' ')}`, () => {
        const found = jsonLines(stdout).find(({ event }) => event === name);
        if (found === undefined && over) throw new Error(`ended without event ${name}:\n${stdout}${stderr}`);
        return found;
      }),
  };
}

export function jsonLines(text: string): readonly Record<string, unknown>[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The one object that `--json` prints; fails where there is more or less. */
export function onlyJson(stdout: string): Record<string, unknown> {
  const [first, ...more] = jsonLines(stdout);
  if (first === undefined || more.length > 0) throw new Error(`expected one JSON line, got:\n${stdout}`);
  return first;
}

function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(?:TEMPORAL_|GEMINI_|NODE_OPTIONS$|NO_COLOR$|FORCE_COLOR$|VITEST)/.test(name),
    ),
  );
}
