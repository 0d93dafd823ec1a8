/**
 * This machine's clock against the provider's, by the `date` header of an answer, and, as far as the
 * server shows it, against Temporal's. Daily resets and a person's reading of times stand on it; waits
 * do not.
 */
import type { Finding } from './check.ts';
import { skipped } from './check.ts';
import type { Poller } from './pollers.ts';
import type { CallRecord } from './verdict.ts';

const TOLERATED_MS = 2_000;
/** An HTTP date has no fractions. */
const DATE_STEP_MS = 1_000;
const CURE = 'turn on time synchronisation (NTP) on this machine';

export interface SeenClocks {
  readonly call: CallRecord | undefined;
  readonly pollers: readonly Poller[];
  /** Epoch milliseconds at which the pollers were listed. */
  readonly listedAt: number;
}

export function judgeClock({ call, pollers, listedAt }: SeenClocks): Finding {
  const skewMs = call === undefined ? undefined : skewOf(call);
  // Temporal sends no time of its own; that a worker polled in our future is all that it can show.
  const lastPoll = Math.max(...pollers.map(({ lastPollAt }) => lastPollAt));
  const behindTemporalMs = pollers.length === 0 ? 0 : lastPoll - listedAt;
  const facts = { skewMs: skewMs ?? null };
  if (behindTemporalMs > TOLERATED_MS) {
    const seen = `a worker polled ${seconds(behindTemporalMs)} in our future by Temporal's clock: ours is behind`;
    return { status: 'warning', seen, cure: CURE, facts };
  }
  if (skewMs === undefined)
    return skipped('no answer of Gemini with a date to compare with, and Temporal sends none');
  if (Math.abs(skewMs) > TOLERATED_MS) {
    const way = skewMs > 0 ? 'ahead' : 'behind';
    const seen = `this clock is ${seconds(Math.abs(skewMs))} ${way} of Gemini's`;
    return { status: 'warning', seen, cure: CURE, facts };
  }
  const temporal =
    pollers.length === 0 ? 'Temporal sends no time' : "not behind Temporal's as far as polls show";
  return { status: 'ok', seen: `within 2 s of Gemini's clock; ${temporal}`, facts };
}

/** How far our clock is ahead (below 0: behind); 0 where the answer's own length and step may explain it. */
function skewOf({ outcome, startedAt, tookMs }: CallRecord): number | undefined {
  if (outcome.kind !== 'answer') return undefined;
  const date = Date.parse(outcome.headers['date'] ?? '');
  if (Number.isNaN(date)) return undefined;
  // It was written between our sending and our having read it all.
  if (date > startedAt + tookMs) return startedAt + tookMs - date;
  return Math.max(0, startedAt - (date + DATE_STEP_MS));
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
