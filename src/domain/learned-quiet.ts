/**
 * Quiet hours from what was counted. An hour is quiet where it is known well enough and its share of capacity
 * failures is at most half of the whole day's. Where load was never a problem no hour is worth a wait.
 */
import type { HourCounts, QuietOutlook } from './quiet.ts';

const HOUR_MS = 3_600_000;
const HOURS = 24;
/** Calls, weighed, from which on an hour's share means something. */
const ENOUGH_CALLS = 20;
/** Hours that must be known before any of them is called quiet. */
const ENOUGH_HOURS = 4;
/** Of the whole day: below it there is nothing to avoid. */
const SMALL_SHARE = 0.02;

interface Hour {
  readonly hour: number;
  readonly calls: number;
  readonly share: number;
}

/** @param now Epoch milliseconds. */
export function learnedQuiet(counts: HourCounts | undefined, now: number): QuietOutlook {
  const known = counts === undefined ? [] : hoursOf(counts);
  if (counts === undefined || known.length < ENOUGH_HOURS) {
    const heard = `${known.length} of 24 hours have ${ENOUGH_CALLS} calls or more, ${ENOUGH_HOURS} are needed`;
    return { source: 'none', why: `no quiet hours are configured, and none are learned yet: ${heard}` };
  }
  const average = shareOf(known);
  const { model } = counts;
  if (average < SMALL_SHARE) {
    return { source: 'learned', inMs: 0, forMs: HOUR_MS, why: `${model}: ${calm(average, known)}` };
  }
  const quiet = known.filter(({ share }) => share <= average / 2);
  const at = Math.floor(now / HOUR_MS);
  const present = at % HOURS;
  const ahead = [...Array(HOURS).keys()].find((n) =>
    quiet.some(({ hour }) => hour === (present + n) % HOURS),
  );
  const then = ahead === undefined ? undefined : quiet.find(({ hour }) => hour === (present + ahead) % HOURS);
  if (ahead === undefined || then === undefined) {
    return { source: 'none', why: `${model}: no hour is quieter than the others, ${percent(average)} fail` };
  }
  const said = [...known.filter(({ hour }) => hour === present && ahead > 0), then].map(words).join('; ');
  return {
    source: 'learned',
    inMs: ahead === 0 ? 0 : (at + ahead) * HOUR_MS - now,
    forMs: ahead === 0 ? (at + 1) * HOUR_MS - now : HOUR_MS,
    why: `${model}, capacity failures ${said}; ${percent(average)} over the day (learned, UTC)`,
  };
}

function hoursOf({ calls, capacity }: HourCounts): readonly Hour[] {
  return [...Array(HOURS).keys()].flatMap((hour) => {
    const n = calls[hour] ?? 0;
    return n < ENOUGH_CALLS ? [] : [{ hour, calls: n, share: Math.min(1, (capacity[hour] ?? 0) / n) }];
  });
}

function shareOf(hours: readonly Hour[]): number {
  const calls = hours.reduce((n, hour) => n + hour.calls, 0);
  return hours.reduce((n, hour) => n + hour.share * hour.calls, 0) / calls;
}

function words({ hour, calls, share }: Hour): string {
  return `at ${String(hour).padStart(2, '0')} h: ${percent(share)} of ${Math.round(calls)} calls`;
}

function calm(average: number, known: readonly Hour[]): string {
  const calls = Math.round(known.reduce((n, hour) => n + hour.calls, 0));
  return `${percent(average)} of ${calls} calls failed for capacity: no hour is worth a wait (learned)`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
