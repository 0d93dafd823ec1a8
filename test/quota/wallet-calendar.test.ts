import { describe, expect, it } from 'vitest';
import type { BudgetPeriod } from '../../src/contract/budget.ts';
import { ZoneCalendar } from '../../src/quota/wallet-calendar.ts';

const HOUR = 3_600_000;

function around(timeZone: string, period: BudgetPeriod, at: string) {
  const calendar = new ZoneCalendar(timeZone);
  const from = calendar.startOf(period, Date.parse(at));
  const until = calendar.nextAfter(period, from);
  return { from: from.iso, until: until.iso, hours: (until.at - from.at) / HOUR };
}

describe('calendar: days', () => {
  it('23 hours in spring, 25 in autumn', () => {
    expect(around('Europe/Berlin', 'day', '2026-03-29T12:00:00Z')).toEqual({
      from: '2026-03-29T00:00:00+01:00',
      until: '2026-03-30T00:00:00+02:00',
      hours: 23,
    });
    expect(around('America/Los_Angeles', 'day', '2026-11-01T23:00:00Z')).toEqual({
      from: '2026-11-01T00:00:00-07:00',
      until: '2026-11-02T00:00:00-08:00',
      hours: 25,
    });
  });

  it('half an hour of summer time', () => {
    expect(around('Australia/Lord_Howe', 'day', '2026-04-04T20:00:00Z').hours).toBe(24.5);
  });

  it('a day that begins at one in the morning, because midnight is skipped', () => {
    const day = around('America/Santiago', 'day', '2026-09-06T12:00:00Z');
    expect(day).toEqual({ from: '2026-09-06T01:00:00-03:00', until: '2026-09-07T00:00:00-03:00', hours: 23 });
  });

  it('a day that is skipped on the date line belongs to nobody', () => {
    const before = around('Pacific/Apia', 'day', '2011-12-30T09:00:00Z');
    expect(before).toMatchObject({
      from: '2011-12-29T00:00:00-10:00',
      until: '2011-12-31T00:00:00+14:00',
      hours: 24,
    });
  });

  it('zones ahead of and behind everybody, with odd offsets', () => {
    expect(around('Pacific/Kiritimati', 'day', '2026-11-26T10:00:00Z').from).toBe(
      '2026-11-27T00:00:00+14:00',
    );
    expect(around('Etc/GMT+12', 'day', '2026-11-26T11:59:59Z').from).toBe('2026-11-25T00:00:00-12:00');
    expect(around('Asia/Kathmandu', 'day', '2026-11-26T18:15:00Z').from).toBe('2026-11-27T00:00:00+05:45');
  });
});

describe('calendar: months', () => {
  it('ends where the next begins, also in February, in December and across summer time', () => {
    expect(around('UTC', 'month', '2028-02-29T23:59:59Z')).toMatchObject({
      from: '2028-02-01T00:00:00+00:00',
      until: '2028-03-01T00:00:00+00:00',
    });
    expect(around('Asia/Kolkata', 'month', '2026-12-31T18:29:59Z').until).toBe('2027-01-01T00:00:00+05:30');
    expect(around('Asia/Kolkata', 'month', '2026-12-31T18:30:00Z').from).toBe('2027-01-01T00:00:00+05:30');
    expect(around('Europe/Berlin', 'month', '2026-03-31T21:59:59Z')).toEqual({
      from: '2026-03-01T00:00:00+01:00',
      until: '2026-04-01T00:00:00+02:00',
      hours: 31 * 24 - 1,
    });
  });
});

it('every instant lies in one period, which the next one follows, in whatever zone', () => {
  for (const zone of [
    'Europe/Berlin',
    'America/Santiago',
    'Asia/Beirut',
    'Africa/Casablanca',
    'Pacific/Chatham',
  ]) {
    const calendar = new ZoneCalendar(zone);
    for (const period of ['day', 'month'] as const) {
      let from = calendar.startOf(period, Date.UTC(2025, 0, 1));
      for (let n = 0; n < (period === 'day' ? 400 : 36); n += 1) {
        const until = calendar.nextAfter(period, from);
        expect(calendar.startOf(period, until.at - 1)).toEqual(from);
        expect(calendar.startOf(period, until.at)).toEqual(until);
        expect(calendar.before(period, until)).toEqual(from);
        from = until;
      }
    }
  }
});
