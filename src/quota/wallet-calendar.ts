/**
 * Where days and months begin in a time zone. A day has 23, 24 or 25 hours, seldom other lengths, and does
 * not always begin at midnight: the rules come from Intl, and a boundary is the first instant whose local
 * date has come.
 */
import type { BudgetPeriod, PeriodStart } from '../contract/budget.ts';

const HOUR_MS = 3_600_000;
/** Zones are at most 14 h ahead and 12 h behind; a day may be skipped on the date line. */
const REACH_MS = 40 * HOUR_MS;

interface WallTime {
  /** `2026-11-26` */
  readonly date: string;
  /** The wall time read as if it were UTC, in epoch milliseconds, whole seconds. */
  readonly asUtc: number;
}

export class ZoneCalendar {
  readonly timeZone: string;
  readonly #format: Intl.DateTimeFormat;

  /** Throws a RangeError for what is no time zone. */
  constructor(timeZone: string) {
    this.timeZone = timeZone;
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  }

  /** The start of the period that `epochMs` lies in. */
  startOf(period: BudgetPeriod, epochMs: number): PeriodStart {
    const { date } = this.#wall(epochMs);
    return this.#begin(firstDay(period, date));
  }

  nextAfter(period: BudgetPeriod, { at }: PeriodStart): PeriodStart {
    return this.#begin(followingDay(period, this.#wall(at).date));
  }

  before(period: BudgetPeriod, { at }: PeriodStart): PeriodStart {
    return this.startOf(period, at - 1);
  }

  /** `2026-11-26`: the local date. */
  dateAt(epochMs: number): string {
    return this.#wall(epochMs).date;
  }

  /**
   * When the local clock shows a time: the first of two where it comes twice, as much later as the clocks go
   * forward where it is skipped.
   *
   * @param asUtc The local time read as if it were UTC, in epoch milliseconds.
   */
  instantOf(asUtc: number): number {
    const before = asUtc - this.#offset(asUtc - REACH_MS);
    const after = asUtc - this.#offset(asUtc + REACH_MS);
    if (this.#wall(before).asUtc === asUtc) return before;
    return this.#wall(after).asUtc === asUtc ? after : before;
  }

  /** The first instant at which the local date is `date`, or later where that day was skipped. */
  #begin(date: string): PeriodStart {
    const utc = Date.parse(`${date}T00:00:00Z`);
    const near = utc - this.#offset(utc);
    const midnight = utc - this.#offset(near);
    if (this.#isFirst(midnight, date)) return { at: midnight, iso: this.#iso(midnight) };
    // Midnight is skipped, or comes twice.
    let [early, late] = [utc - REACH_MS, utc + REACH_MS];
    while (late - early > 1) {
      const middle = Math.floor((early + late) / 2);
      if (this.#wall(middle).date >= date) late = middle;
      else early = middle;
    }
    return { at: late, iso: this.#iso(late) };
  }

  #isFirst(epochMs: number, date: string): boolean {
    return this.#wall(epochMs).date === date && this.#wall(epochMs - 1).date < date;
  }

  /** What to add to an instant to get its wall time, milliseconds. */
  #offset(epochMs: number): number {
    return this.#wall(epochMs).asUtc - Math.floor(epochMs / 1_000) * 1_000;
  }

  #iso(epochMs: number): string {
    const { asUtc } = this.#wall(epochMs);
    const minutes = Math.round(this.#offset(epochMs) / 60_000);
    const two = (n: number): string => String(Math.trunc(n)).padStart(2, '0');
    const offset = `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
    return `${new Date(asUtc).toISOString().slice(0, 19)}${offset}`;
  }

  #wall(epochMs: number): WallTime {
    const parts = new Map(
      this.#format.formatToParts(epochMs).map(({ type, value }) => [type, Number(value)]),
    );
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    const [year, month, day] = [part('year'), part('month') - 1, part('day')];
    const asUtc = Date.UTC(year, month, day, part('hour'), part('minute'), part('second'));
    return { date: dateText(asUtc), asUtc };
  }
}

function dateText(utc: number): string {
  return new Date(utc).toISOString().slice(0, 10);
}

function firstDay(period: BudgetPeriod, date: string): string {
  return period === 'day' ? date : `${date.slice(0, 7)}-01`;
}

function followingDay(period: BudgetPeriod, date: string): string {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return dateText(period === 'day' ? Date.UTC(year, month - 1, day + 1) : Date.UTC(year, month, 1));
}
