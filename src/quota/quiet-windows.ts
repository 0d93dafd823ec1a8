/**
 * Configured quiet hours on the calendar of their zones: whether one is open, and when the next one begins.
 * A time that a change of clocks skips comes as much later as the clocks go forward; one that comes twice is
 * the first of the two.
 */
import type { QuietOutlook, QuietWindow, Weekday } from '../domain/quiet.ts';
import { WEEKDAYS } from '../domain/quiet.ts';
import { ZoneCalendar } from './wallet-calendar.ts';

const DAY_MS = 86_400_000;
/** A window of one weekday opens within so many days. */
const DAYS_AHEAD = 8;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

interface Opening {
  readonly at: number;
  readonly until: number;
  readonly window: QuietWindow;
}

export interface QuietCalendar {
  /** @param now Epoch milliseconds. */
  outlook(now: number): QuietOutlook;
}

/** Throws a TypeError that names the field and the cure. @param of Whose windows they are: ` of route main`. */
export function quietCalendar(windows: readonly QuietWindow[], of = ''): QuietCalendar {
  if (!Array.isArray(windows) || windows.length === 0) {
    const example = "[{ from: '22:00', to: '06:00', zone: 'America/Los_Angeles' }]";
    throw new TypeError(`quietHours${of}: give at least one window, such as ${example}, or leave it out`);
  }
  const openings = windows.map((window, i) =>
    openingsOf(window, (field) => `quietHours[${i}].${field}${of}`),
  );
  return {
    outlook: (now) =>
      outlookOf(
        openings.flatMap((near) => near(now)),
        now,
      ),
  };
}

function outlookOf(openings: readonly Opening[], now: number): QuietOutlook {
  const open = openings.filter(({ at, until }) => at <= now && now < until);
  const [longest] = open.toSorted((a, b) => b.until - a.until);
  if (longest !== undefined) {
    return { source: 'configured', inMs: 0, forMs: longest.until - now, why: words(longest) };
  }
  const [next] = openings.filter(({ at }) => at > now).toSorted((a, b) => a.at - b.at);
  if (next === undefined) return { source: 'none', why: 'no configured quiet hours come within eight days' };
  return { source: 'configured', inMs: next.at - now, forMs: next.until - next.at, why: words(next) };
}

function words({ window: { from, to, zone, days } }: Opening): string {
  return `quiet hours ${from}–${to} ${zone}${days === undefined ? '' : ` (${days.join(', ')})`}`;
}

/** How a field is called in a message. */
type Named = (field: keyof QuietWindow) => string;

function openingsOf(window: QuietWindow, named: Named): (now: number) => readonly Opening[] {
  const { from, to, days } = checked(window, named);
  const calendar = calendarOf(window.zone, named);
  return (now) => {
    const today = calendar.dateAt(now);
    return [...Array(DAYS_AHEAD + 2).keys()].flatMap((n) => {
      const day = Date.parse(`${today}T00:00:00Z`) + (n - 1) * DAY_MS;
      if (!days.has(weekdayOf(day))) return [];
      const at = calendar.instantOf(day + from);
      const until = calendar.instantOf(day + to + (to > from ? 0 : DAY_MS));
      // Empty where the clocks skip it whole.
      return at < until ? [{ at, until, window }] : [];
    });
  };
}

/** Times as milliseconds of the day. */
function checked({ from, to, days }: QuietWindow, named: Named) {
  const times = { from: timeOf(from, named('from')), to: timeOf(to, named('to'), DAY_MS) };
  if (times.from === times.to) {
    throw new TypeError(
      `${named('to')} is ${to}, as from is: give another time; a whole day is 00:00 to 24:00`,
    );
  }
  for (const day of days ?? []) {
    if (WEEKDAYS.includes(day)) continue;
    throw new TypeError(`${named('days')}: ${String(day)} is no day: give some of ${WEEKDAYS.join(', ')}`);
  }
  if (days?.length === 0) throw new TypeError(`${named('days')} is empty: give some days, or leave it out`);
  return { ...times, days: new Set(days ?? WEEKDAYS) };
}

function timeOf(text: string, field: string, end?: number): number {
  if (end !== undefined && text === '24:00') return end;
  const [, hours, minutes] = TIME.exec(String(text)) ?? [];
  if (hours !== undefined && minutes !== undefined)
    return Number(hours) * 3_600_000 + Number(minutes) * 60_000;
  throw new TypeError(`${field} is ${String(text)}: give a time of day such as 22:00`);
}

function calendarOf(zone: string, named: Named): ZoneCalendar {
  try {
    if (typeof zone === 'string' && zone !== '') return new ZoneCalendar(zone);
  } catch {
    // Told below.
  }
  const given = zone === undefined ? 'missing' : String(zone);
  throw new TypeError(`${named('zone')} is ${given}: give an IANA time zone such as America/Los_Angeles`);
}

/** Of a date read as if it were UTC. */
function weekdayOf(utc: number): Weekday {
  return WEEKDAYS[(new Date(utc).getUTCDay() + 6) % 7] as Weekday;
}
