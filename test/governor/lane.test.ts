import { describe, expect, it } from 'vitest';
import type { LaneState } from '../../src/governor/lane/index.ts';
import {
  atTime,
  closedFor,
  everyMs,
  leased,
  leftToday,
  limitsOf,
  madeUntil,
  merged,
  newLane,
  rejected,
  returned,
  roomPerSlot,
  spanMs,
  unpaced,
  withLimits,
  withSendLag,
  withSizes,
} from '../../src/governor/lane/index.ts';
import { perDay, violation } from '../quota/fixtures.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 5, 1, 12);
const calendar = { msToReset: 10 * 3_600_000 };
const paced = (rpm: number, more: object = {}, now = NOW): LaneState =>
  withLimits(atTime(newLane('m', 60_000, now), calendar, now), { rpm, ...more }, undefined, now);
/** Makes and leases everything up to `until`. */
const run = (lane: LaneState, until: number, now: number): { lane: LaneState; times: readonly number[] } => {
  const made = madeUntil(lane, until, now);
  return { lane: leased(made, made.free), times: made.free };
};
const mostIn = (times: readonly number[], spanMs_: number): number =>
  Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + spanMs_).length));

describe('spacing', () => {
  it('60 a minute: slots lie evenly, a little wider than the window needs', () => {
    const { times } = run(paced(60), NOW + 120_000, NOW);
    expect(times[1]! - times[0]!).toBeGreaterThan(1_000);
    expect(times[1]! - times[0]!).toBeLessThanOrEqual(1_020);
    expect(mostIn(times, 60_000)).toBeLessThanOrEqual(60);
  });

  it('nothing is made twice: what was leased before is not made again', () => {
    const first = run(paced(60), NOW + 10_000, NOW);
    const second = run(first.lane, NOW + 20_000, NOW + 3_000);
    expect(second.times[0]!).toBeGreaterThan(first.times.at(-1)!);
  });

  it('an idle lane owes nobody a burst', () => {
    const lane = atTime(paced(60), calendar, NOW + 600_000);
    expect(run(lane, NOW + 603_000, NOW + 600_000).times).toHaveLength(3);
  });

  it('tokens bind when calls are large: a slot has room for its share of the minute', () => {
    const lane = withSizes(paced(60, { tpm: 60_000 }), { tokens: 4_000, images: 1 }, 1, NOW);
    expect(everyMs(lane)).toBeCloseTo((spanMs(lane) * 4_000) / 60_000);
    expect(roomPerSlot(lane, NOW + 120_000).tokensPerSlot).toBe(4_000);
  });

  it('small calls under a token limit are paced by requests, and a slot has room to spare', () => {
    const lane = withSizes(paced(60, { tpm: 600_000 }), { tokens: 500, images: 1 }, 1, NOW);
    expect(everyMs(lane)).toBeCloseTo(spanMs(lane) / 60);
    expect(roomPerSlot(lane, NOW + 120_000).tokensPerSlot).toBeGreaterThanOrEqual(9_999);
  });

  it('slots that come back in time are somebody else’s; their place in the window is free again', () => {
    const { lane, times } = run(paced(60), NOW + 10_000, NOW);
    const back = returned(lane, times.slice(5), NOW + 2_000);
    expect(back.free).toEqual(times.slice(5));
    expect(limitsOf(back, NOW + 10_000)[0]?.used).toBeLessThan(limitsOf(lane, NOW + 10_000)[0]!.used);
  });

  it('the margin follows the measured lag between a slot and its send', () => {
    const lane = Array.from({ length: 60 }).reduce<LaneState>((each) => withSendLag(each, 250), paced(60));
    expect(spanMs(lane)).toBeGreaterThan(61_500);
  });
});

describe('limits', () => {
  it('configured too high: the named limit binds, and no window holds more than that once its pause is over', () => {
    const before = run(paced(120), NOW + 60_000, NOW);
    const at = NOW + 40_000;
    const refused = rejected(
      before.lane,
      { violations: [violation({ limit: 60 })], retryAfterMs: 20_000, slotAt: at - 50, agoMs: 0 },
      at,
    );
    expect(limitsOf(refused, at)[0]).toMatchObject({ limit: 60, source: 'learned' });
    const after = run(refused, at + 180_000, at);
    expect(after.times[0]!).toBeGreaterThanOrEqual(at + 20_000);
    const sent = [...before.times.filter((each) => each < NOW + 60_000), ...after.times];
    const late = sent.filter((each) => each > after.times[0]! - 60_000);
    expect(mostIn(late.slice(late.findIndex((each) => each >= after.times[0]!)), 60_000)).toBeLessThanOrEqual(
      60,
    );
    for (const end of after.times) {
      expect(sent.filter((each) => each > end - 60_000 && each <= end).length).toBeLessThanOrEqual(60);
    }
  });

  it('a limit that is raised in the configuration takes effect at once', () => {
    const lane = withLimits(paced(6), { rpm: 60 }, undefined, NOW);
    expect(run(lane, NOW + 10_000, NOW).times.length).toBeGreaterThanOrEqual(9);
  });

  it('live: what the provider publishes binds below the configuration, and says so', () => {
    const lane = withLimits(paced(60), { rpm: 60 }, { rpm: 30 }, NOW);
    expect(limitsOf(lane, NOW)[0]).toMatchObject({ limit: 30, source: 'live' });
  });

  it('without a number the first 429 teaches what went through in the window', () => {
    const open = unpaced(atTime(newLane('m', 60_000, NOW), calendar, NOW), 21, NOW);
    const lane = rejected(open, { violations: [violation({})], agoMs: 0 }, NOW + 1_000);
    expect(limitsOf(lane, NOW)[0]).toMatchObject({ dimension: 'rpm', limit: 20, source: 'learned' });
  });

  it.each([
    ['an hour', HOUR, HOUR],
    ['int64 max', 2 ** 63, undefined],
    ['negative', -5_000, undefined],
    ['not a number', Number.NaN, undefined],
  ])('RetryInfo of %s pauses only for what is a time (I5)', (_name, retryAfterMs, ms) => {
    const lane = rejected(paced(60), { violations: [violation({ limit: 60 })], retryAfterMs, agoMs: 0 }, NOW);
    expect(closedFor(lane, NOW)?.ms).toBe(ms);
  });

  it('limit 0 is no limit to pace by: the tier does not have the model', () => {
    const lane = rejected(paced(60), { violations: [violation({ limit: 0 })], agoMs: 0 }, NOW);
    expect(limitsOf(lane, NOW)[0]).toMatchObject({ limit: 60 });
  });

  it('an unexpected 429 widens the margin', () => {
    const { lane } = run(paced(60), NOW + 60_000, NOW);
    const at = NOW + 50_000;
    const wider = rejected(lane, { violations: [violation({ limit: 60 })], slotAt: at, agoMs: 0 }, at + 10);
    expect(spanMs(wider)).toBeGreaterThan(spanMs(lane));
  });

  it('two ids that are one quota keep the lower limit and all that was sent', () => {
    const one = run(paced(60), NOW + 10_000, NOW).lane;
    const other = run(paced(30), NOW + 10_000, NOW).lane;
    const both = merged(one, { ...other, models: ['alias'] });
    expect(limitsOf(both, NOW + 10_000)[0]).toMatchObject({ limit: 30 });
    expect(limitsOf(both, NOW + 10_000)[0]!.used).toBeGreaterThanOrEqual(14);
  });
});

describe('the day', () => {
  it('a 429 that names minute and day closes the lane until the reset, whatever RetryInfo says', () => {
    const lane = rejected(
      paced(60, { rpd: 1_000 }),
      { violations: [violation({ limit: 60 }), perDay({ limit: 1_000 })], retryAfterMs: 22_000, agoMs: 0 },
      NOW,
    );
    expect(closedFor(lane, NOW)).toMatchObject({ by: 'rpd' });
    expect(closedFor(lane, NOW)!.ms).toBeGreaterThan(9.9 * 3_600_000);
  });

  it('no more is left of a day than its limit, and the next day is whole', () => {
    const { lane } = run(paced(60, { rpd: 5 }), NOW + 10_000, NOW);
    expect(leftToday(lane)).toBe(0);
    const next = atTime(lane, { msToReset: DAY }, NOW + calendar.msToReset + 2_000);
    expect(leftToday(next)).toBe(5);
  });

  it('the last slots of a day leave room for clocks', () => {
    const end = NOW + calendar.msToReset;
    const lane = atTime(paced(60, { rpd: 1_000 }), { msToReset: 3_000 }, end - 3_000);
    expect(run(lane, end + 10_000, end - 3_000).times.every((at) => at < end - 1_000)).toBe(true);
  });
});
