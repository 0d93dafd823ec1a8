/**
 * The pace of many revivals: one after another, no more than so many a minute, and no more at once than may be
 * open. The first few are the proof that the cause is gone: until one of them is served no further one is begun, and
 * where none is, the rest stays.
 */
import type { Clock } from './clock.ts';

export interface RevivalPace {
  /** Absent: as they end. */
  readonly perMinute?: number;
  /** Revived and not ended. */
  readonly inFlight: number;
  /** Begun in all. */
  readonly limit: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

export type Act =
  /** It runs; resolves with whether it was served, and with undefined where nobody waited for it to the end. */
  { readonly kind: 'begun'; readonly ended: Promise<boolean | undefined> } | { readonly kind: 'refused' };

export interface Paced {
  /** Letters that `act` was not called for. */
  readonly left: number;
  readonly stopped?: 'aborted' | 'cause-remains' | 'limit';
}

/** So many in a row, from the first on, without one that was served. */
export const PROOF = 3;
const SLICE_MS = 1_000;

/** Throws what `act` throws; those begun before go on. */
export async function paceRevivals<L>(
  letters: readonly L[],
  { perMinute = Infinity, inFlight, limit, signal, clock }: RevivalPace,
  act: (letter: L) => Promise<Act>,
): Promise<Paced> {
  let open = 0;
  let served = 0;
  let unserved = 0;
  let wake = (): void => undefined;
  const woken = (): void => wake();
  signal.addEventListener('abort', woken);
  const remains = (): boolean => served === 0 && unserved >= PROOF;
  const begun = clock.now();
  let acted = 0;
  try {
    for (let next = 0; next < letters.length; next += 1) {
      if (acted >= limit) return { left: letters.length - next, stopped: 'limit' };
      const at = begun + (acted * 60_000) / perMinute;
      // One that ended unserved keeps its place among the first, so that no other is tried in its stead.
      const isFull = (): boolean => open >= inFlight || (served === 0 && open + unserved >= PROOF);
      while (!signal.aborted && !remains() && (isFull() || clock.now() < at)) {
        if (isFull()) await new Promise<void>((resolve) => (wake = resolve));
        else await clock.sleep(Math.min(SLICE_MS, at - clock.now()));
      }
      const left = letters.length - next;
      if (signal.aborted) return { left, stopped: 'aborted' };
      if (remains()) return { left, stopped: 'cause-remains' };
      const did = await act(letters[next] as L);
      if (did.kind === 'refused') continue;
      acted += 1;
      open += 1;
      void did.ended.then((was) => {
        open -= 1;
        if (was === true) served += 1;
        else if (was === false) unserved += 1;
        wake();
      });
    }
    return { left: 0 };
  } finally {
    signal.removeEventListener('abort', woken);
  }
}
