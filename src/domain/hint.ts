/**
 * Which of the provider's hints is a time to wait for (I5). What it says is read up to a day; whatever stands
 * at that cap, int64 max for one, says that there is a limit and not when it ends: nobody sleeps a day for
 * it, and no person could end that sleep. As a malformed hint it loses its timing, and nothing else.
 */
export const LONGEST_HINT_MS = 86_400_000;

/** Milliseconds to wait; undefined where the hint is none. */
export function heeded(retryAfterMs: number | undefined): number | undefined {
  if (retryAfterMs === undefined || !(retryAfterMs > 0)) return undefined;
  return retryAfterMs < LONGEST_HINT_MS ? retryAfterMs : undefined;
}
