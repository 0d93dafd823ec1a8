/** Sends each request at its time; times that have passed are caught up with at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arrival } from './arrivals.ts';

/**
 * @param startAt Epoch milliseconds of time 0.
 * @param send Not waited for; must not reject.
 */
export async function play<A extends Pick<Arrival, 'atMs'>>(
  arrivals: readonly A[],
  startAt: number,
  send: (arrival: A) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const arrival of arrivals.toSorted((a, b) => a.atMs - b.atMs)) {
    const ms = startAt + arrival.atMs - Date.now();
    if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    send(arrival);
  }
}
