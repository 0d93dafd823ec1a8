/**
 * Calls again, ever more rarely, while Temporal or the store is away: for work on thousands of generations,
 * which an hour's outage must not end.
 */
import { StoreUnavailable } from '../artifacts/errors.ts';
import { pauseFor } from './clock.ts';
import { ServerUnreachable } from './errors.ts';
import { grpcCode } from './rpc.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, FAILED_PRECONDITION, UNIMPLEMENTED, UNAUTHENTICATED. */
const FINAL_CODES: ReadonlySet<number> = new Set([3, 5, 6, 7, 9, 12, 16]);

export interface Outliving {
  /** Ends the waiting: the last absence is thrown then. */
  readonly signal: AbortSignal;
  /** Told of each absence, and with undefined that it is over. */
  readonly onAway?: (why: string | undefined) => void;
}

/** Throws what the call throws, unless that passes by itself. */
export async function outlive<T>(call: () => Promise<T>, { signal, onAway }: Outliving): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
    try {
      const value = await call();
      onAway?.(undefined);
      return value;
    } catch (error) {
      if (signal.aborted || !isAbsence(error)) throw error;
      onAway?.((error as Error).message);
      // Many wait at once: they shall not come back at once.
      await pauseFor(pause * (0.5 + Math.random() / 2), signal);
      if (signal.aborted) throw error;
    }
  }
}

export function isAbsence(error: unknown): boolean {
  if (error instanceof ServerUnreachable || error instanceof StoreUnavailable) return true;
  const code = grpcCode(error);
  return code !== undefined && !FINAL_CODES.has(code);
}
