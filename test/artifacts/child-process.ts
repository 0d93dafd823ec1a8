/** Programs of `children/` as processes of their own: started, heard, and killed with the test at the latest. */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export function startChild(file: string, ...args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(`children/${file}`, import.meta.url)), args, { execArgv: [] });
}

/** The child's next message; a child that dies first fails the test at once. */
export async function told(child: ChildProcess): Promise<unknown> {
  const settled = new AbortController();
  const { signal } = settled;
  const exit = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`the child process ended with ${code} before it said anything`);
  });
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal }), exit])) as [unknown];
    return message;
  } finally {
    exit.catch(() => undefined);
    settled.abort();
  }
}
