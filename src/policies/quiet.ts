/**
 * Whether a first call that may wait for quiet hours does, and until when. The deadline comes first: a wait
 * ends early enough for the call and its retests, and where quiet hours begin later than that, or none are
 * known, the call goes at once: a wait that comes to nothing would only make it late.
 */
import type { QuietOutlook } from '../domain/quiet.ts';

/** What is kept before the deadline: so long, or three calls where those may take longer. */
const KEPT_MS = 30 * 60_000;
const CALLS_KEPT = 3;
/** Those that waited for the same moment come one after another. */
const LONGEST_SPREAD_MS = 5 * 60_000;
const SPREAD = 0.1;
/** No durable wait is shorter. */
const SHORTEST_MS = 1_000;

export interface QuietCircumstances {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly deadlineAt: number;
  readonly callTimeoutMs: number;
  /** 0–1. */
  readonly random: number;
  /** Multiplies the spread alone: hours and deadlines are the calendar's. */
  readonly timeScale: number;
}

/** `isQuiet`: because they are quiet already; else it goes although the caller would have it wait. */
export type QuietStep =
  | { readonly kind: 'wait'; readonly until: number; readonly why: string }
  | { readonly kind: 'go'; readonly isQuiet: boolean; readonly why: string };

export function whenQuiet(
  { inMs, forMs = 0, why }: QuietOutlook,
  { now, deadlineAt, callTimeoutMs, random, timeScale }: QuietCircumstances,
): QuietStep {
  if (inMs === undefined) return { kind: 'go', isQuiet: false, why };
  if (inMs < SHORTEST_MS) return { kind: 'go', isQuiet: true, why };
  const keptMs = Math.max(KEPT_MS, CALLS_KEPT * callTimeoutMs);
  const latest = deadlineAt - keptMs;
  const begin = now + inMs;
  if (begin > latest) {
    const kept = `${minutes(keptMs)} min before its deadline are kept for the call and its retests`;
    return {
      kind: 'go',
      isQuiet: false,
      why: `${why}; they begin at ${iso(begin)}, and it must go by ${iso(latest)}: ${kept}`,
    };
  }
  const spread = Math.min(LONGEST_SPREAD_MS * timeScale, forMs * SPREAD);
  return { kind: 'wait', until: Math.min(latest, Math.round(begin + random * spread)), why };
}

function minutes(ms: number): number {
  return Math.round(ms / 60_000);
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
