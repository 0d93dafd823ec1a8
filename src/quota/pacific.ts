/**
 * The provider's calendar: daily quotas reset at midnight in America/Los_Angeles, whatever zone the
 * worker runs in. A Pacific day has 23, 24 or 25 hours; the time zone rules come from Intl.
 */
const ZONE = 'America/Los_Angeles';

const pacificClock = new Intl.DateTimeFormat('en-US', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** The wall time read as if it were UTC, in epoch milliseconds, whole seconds. */
  readonly asUtc: number;
}

function wallTime(epochMs: number): WallTime {
  const parts = new Map(
    pacificClock.formatToParts(epochMs).map(({ type, value }) => [type, Number(value)] as const),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  const [year, month, day] = [part('year'), part('month'), part('day')];
  return {
    year,
    month,
    day,
    asUtc: Date.UTC(year, month - 1, day, part('hour'), part('minute'), part('second')),
  };
}

/** What to add to an instant to get its Pacific wall time: −8 h in winter, −7 h in summer. */
function offsetAt(epochMs: number): number {
  const wholeSeconds = Math.floor(epochMs / 1000) * 1000;
  return wallTime(wholeSeconds).asUtc - wholeSeconds;
}

/** `2026-11-01`: the day that a call at `epochMs` counts for. */
export function pacificDay(epochMs: number): string {
  return new Date(wallTime(epochMs).asUtc).toISOString().slice(0, 10);
}

/**
 * Milliseconds from `epochMs` to the next midnight in America/Los_Angeles: more than 0, at most 25 h.
 * At midnight itself it answers with the whole new day.
 */
export function msToPacificMidnight(epochMs: number): number {
  const { year, month, day } = wallTime(epochMs);
  const midnightAsUtc = Date.UTC(year, month - 1, day + 1);
  // Clocks change at 2 in the morning, never late in the evening: an instant one to three hours before
  // midnight has midnight's own offset, also when today's offset is still the one from before the change.
  const nearMidnight = midnightAsUtc - offsetAt(epochMs) - 2 * 3_600_000;
  return midnightAsUtc - offsetAt(nearMidnight) - epochMs;
}
