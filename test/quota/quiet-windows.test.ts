/** Configured quiet hours on the calendar: summer time, midnight, days, and what is told of a mistake. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QuietWindow, Weekday } from '../../src/domain/quiet.ts';
import { WEEKDAYS } from '../../src/domain/quiet.ts';
import { quietCalendar } from '../../src/quota/quiet-windows.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NIGHT = { from: '22:00', to: '06:00', zone: 'America/Los_Angeles' } as const;

function outlook(iso: string, ...windows: readonly QuietWindow[]) {
  return quietCalendar(windows.length === 0 ? [NIGHT] : windows).outlook(Date.parse(iso));
}

describe('a window across midnight', () => {
  it.each([
    ['before it: until it begins', '2026-01-15T20:00:00-08:00', 2 * HOUR, 8 * HOUR],
    ['in it, before midnight', '2026-01-15T23:00:00-08:00', 0, 7 * HOUR],
    ['in it, after midnight', '2026-01-16T05:59:59-08:00', 0, 1_000],
    ['at its end it is over', '2026-01-16T06:00:00-08:00', 16 * HOUR, 8 * HOUR],
    ['at its beginning it is open', '2026-01-15T22:00:00-08:00', 0, 8 * HOUR],
  ])('%s', (_name, iso, inMs, forMs) => {
    expect(outlook(iso)).toMatchObject({ source: 'configured', inMs, forMs });
  });
});

describe('clocks that change', () => {
  it('the night of spring forward is an hour shorter, that of fall back an hour longer', () => {
    expect(outlook('2026-03-07T22:00:00-08:00')).toMatchObject({ inMs: 0, forMs: 7 * HOUR });
    expect(outlook('2026-10-31T22:00:00-07:00')).toMatchObject({ inMs: 0, forMs: 9 * HOUR });
  });

  it('the wait is an hour longer than the clock shows, where clocks go back on the way', () => {
    // The day of fall back: from half past midnight to ten at night it is 21.5 hours on the clock.
    const day = { from: '22:00', to: '23:00', zone: NIGHT.zone };
    expect(outlook('2026-11-01T00:30:00-07:00', day).inMs).toBe(22.5 * HOUR);
  });

  it('a time that is skipped comes as much later; a window that is skipped whole does not open', () => {
    const late = { from: '02:30', to: '05:00', zone: NIGHT.zone };
    expect(outlook('2026-03-08T01:00:00-08:00', late).inMs).toBe(1.5 * HOUR);
    const sunday = { from: '02:10', to: '02:50', zone: NIGHT.zone, days: ['sun'] } as const;
    const { inMs = 0, forMs } = outlook('2026-03-08T03:00:00-07:00', sunday);
    expect([inMs > 0, forMs]).toEqual([true, 40 * MINUTE]);
  });

  it('a time that comes twice is the first of the two', () => {
    const early = { from: '01:30', to: '04:00', zone: NIGHT.zone };
    expect(outlook('2026-11-01T01:00:00-07:00', early)).toMatchObject({
      inMs: 0.5 * HOUR,
      forMs: 3.5 * HOUR,
    });
  });
});

describe('days and several windows', () => {
  it('days are those on which it begins: the small hours of Monday belong to Sunday', () => {
    const weekend = { ...NIGHT, days: ['sat', 'sun'] } as const;
    expect(outlook('2026-11-30T05:00:00-08:00', weekend).inMs).toBe(0);
    expect(outlook('2026-12-01T05:00:00-08:00', weekend).inMs).toBe((4 * 24 + 17) * HOUR);
  });

  it('a whole day is 00:00 to 24:00', () => {
    const sunday = { from: '00:00', to: '24:00', zone: 'Europe/Berlin', days: ['sun'] } as const;
    expect(outlook('2026-03-29T00:00:00+01:00', sunday)).toMatchObject({ inMs: 0, forMs: 23 * HOUR });
  });

  it('the nearest one is waited for, and named', () => {
    const evening = { from: '17:00', to: '18:00', zone: 'Europe/Berlin' };
    const told = outlook('2026-01-15T16:00:00+01:00', NIGHT, evening);
    expect(told).toMatchObject({ inMs: HOUR, why: 'quiet hours 17:00–18:00 Europe/Berlin' });
  });
});

describe('laws', () => {
  const ZONES = [
    'America/Los_Angeles',
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
    'UTC',
  ] as const;
  const time = fc.integer({ min: 0, max: 24 * 4 - 1 });
  const text = (quarter: number): string =>
    `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`;
  const window = fc
    .record({
      from: time,
      to: time,
      zone: fc.constantFrom(...ZONES),
      days: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
    })
    .filter(({ from, to }) => from !== to)
    .map(({ from, to, ...rest }) => ({ from: text(from), to: text(to), ...rest }));

  /** By another formatter, minute by minute on the clock: whether a local time lies in the window. */
  function isOpen({ from, to, zone, days }: QuietWindow, at: number): boolean {
    const parts = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }).formatToParts(at);
    const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
    const now = `${part('hour')}:${part('minute')}`;
    const today = WEEKDAYS.indexOf(part('weekday').toLowerCase() as Weekday);
    const begins = (day: number): boolean => days?.includes(WEEKDAYS[(day + 7) % 7] as Weekday) ?? true;
    if (from < to) return begins(today) && from <= now && now < to;
    return (begins(today) && now >= from) || (begins(today - 1) && now < to);
  }

  /** Not within a day of a change of clocks, where the two ways to tell a time differ by an hour. */
  function isSteady(zone: string, at: number): boolean {
    const offset = (t: number): string =>
      new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
        .format(t)
        .split(' ')
        .at(-1) ?? '';
    return offset(at - 36 * HOUR) === offset(at + 10 * 24 * HOUR);
  }

  const instant = fc.integer({ min: Date.parse('2024-01-01'), max: Date.parse('2032-01-01') });

  it('it is open exactly when the local clock says so', () => {
    fc.assert(
      fc.property(window, instant, (quiet, at) => {
        fc.pre(isSteady(quiet.zone, at));
        expect(quietCalendar([quiet]).outlook(at).inMs === 0).toBe(isOpen(quiet, at));
      }),
      { numRuns: 300 },
    );
  });

  it('at the end of the wait it is open, and was not right before; also across a change of clocks', () => {
    fc.assert(
      fc.property(window, instant, (quiet, at) => {
        const calendar = quietCalendar([quiet]);
        const { inMs = -1 } = calendar.outlook(at);
        fc.pre(inMs > 0);
        expect(calendar.outlook(at + inMs).inMs).toBe(0);
        expect(calendar.outlook(at + inMs - 1).inMs).toBe(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a mistake names its field and the cure', () => {
  const mistakes: readonly (readonly [unknown, RegExp])[] = [
    [[], /^quietHours: give at least one window, such as/],
    [{ ...NIGHT }, /^quietHours: give at least one window/],
    [[{ ...NIGHT, zone: 'Pacific Time' }], /^quietHours\[0\]\.zone is Pacific Time: give an IANA time zone/],
    [[{ from: '22:00', to: '06:00' }], /^quietHours\[0\]\.zone is missing/],
    [
      [NIGHT, { ...NIGHT, from: '25:00' }],
      /^quietHours\[1\]\.from is 25:00: give a time of day such as 22:00/,
    ],
    [[{ ...NIGHT, to: '6am' }], /^quietHours\[0\]\.to is 6am/],
    [[{ ...NIGHT, from: '24:00' }], /^quietHours\[0\]\.from is 24:00/],
    [[{ ...NIGHT, to: '22:00' }], /^quietHours\[0\]\.to is 22:00, as from is/],
    [[{ ...NIGHT, days: ['sunday'] }], /^quietHours\[0\]\.days: sunday is no day: give some of mon,/],
    [[{ ...NIGHT, days: [] }], /^quietHours\[0\]\.days is empty/],
  ];
  it.each(mistakes)('%j', (windows, message) => {
    expect(() => quietCalendar(windows as readonly QuietWindow[])).toThrow(message);
    expect(() => quietCalendar(windows as readonly QuietWindow[])).toThrow(TypeError);
  });
});
