/**
 * Runs a short-lived program to its end under a deadline. Never rejects: the caller reads from the
 * outcome whether the program was there, ended, or had to be killed.
 */
import { spawn } from 'node:child_process';

export type RunOutcome =
  | { readonly kind: 'exited'; readonly code: number | null; readonly output: string }
  | { readonly kind: 'absent'; readonly why: string }
  | { readonly kind: 'overdue'; readonly ms: number };

const KEPT_OUTPUT = 16_384;

/** Standard output and error together, the last 16 KiB. The whole process group dies at the deadline. */
export function run(
  command: string,
  args: readonly string[],
  options: { readonly deadlineMs: number; readonly env?: NodeJS.ProcessEnv },
): Promise<RunOutcome> {
  return new Promise((resolve) => {
    const ownGroup = process.platform !== 'win32';
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: options.env ?? process.env,
      detached: ownGroup,
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-KEPT_OUTPUT);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const timer = setTimeout(() => {
      // pip starts children of its own, which would go on downloading.
      if (ownGroup && child.pid !== undefined) {
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {
          child.kill('SIGKILL');
        }
      } else child.kill('SIGKILL');
      resolve({ kind: 'overdue', ms: options.deadlineMs });
    }, options.deadlineMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ kind: 'absent', why: (error as NodeJS.ErrnoException).code ?? error.message });
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ kind: 'exited', code, output });
    });
  });
}
