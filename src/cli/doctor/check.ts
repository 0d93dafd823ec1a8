/**
 * One check of `doctor`. It never rejects and never hangs: a deadline that passes and an error that
 * nobody expected are findings like any other.
 *
 * `ok` · `warning`: works, and will hurt somebody · `failed`: generations cannot run, or not safely ·
 * `skipped`: could not be looked at, and why.
 */
export type Status = 'ok' | 'warning' | 'failed' | 'skipped';

export interface Finding {
  readonly status: Status;
  /** What was seen, in one line. */
  readonly seen: string;
  /** What to do; absent where all is well. */
  readonly cure?: string;
  /** For programs; JSON. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export interface Check extends Finding {
  readonly name: string;
}

export async function check(
  name: string,
  deadlineMs: number,
  look: (signal: AbortSignal) => Promise<Finding> | Finding,
): Promise<Check> {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => {
      resolve({
        status: 'failed',
        seen: `no answer within ${deadlineMs} ms`,
        cure: 'see what hangs, or give it longer with --check-timeout',
      });
    }, deadlineMs);
  });
  try {
    return { name, ...(await Promise.race([Promise.resolve(look(over.signal)), late])) };
  } catch (error) {
    return { name, ...unexpected(error) };
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}

export function skipped(seen: string): Finding {
  return { status: 'skipped', seen };
}

function unexpected(error: unknown): Finding {
  const seen = error instanceof Error ? error.message : String(error);
  return {
    status: 'failed',
    seen,
    cure: 'see the message; GEMINI_IMAGES_DEBUG=1 shows more of the Temporal SDK',
  };
}

/** Errors of ours read `what happened — who: what to do`, or `what happened: what to do`. */
export function findingOf({ message }: Error, status: Status = 'failed'): Finding {
  const mark = message.includes(' — ') ? ' — ' : ': ';
  const at = message.indexOf(mark);
  if (at === -1) return { status, seen: message };
  return { status, seen: message.slice(0, at), cure: message.slice(at + mark.length) };
}
