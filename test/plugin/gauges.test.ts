/** How quotas stand, as gauges: what a lease said, what this process knows, and how long either may stand. */
import type { MetricMeter, MetricTags } from '@temporalio/common';
import { noopMetricMeter } from '@temporalio/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExchangeAnswer, LimitView } from '../../src/contract/exchange.ts';
import { FleetGauges } from '../../src/plugin/fleet-gauges.ts';
import { LimitGauges } from '../../src/plugin/limit-gauges.ts';
import { watchLocal } from '../../src/plugin/local-gauges.ts';
import type { QuotaBroker } from '../../src/quota/broker.ts';
import { LocalQuotaBroker } from '../../src/quota/local-broker.ts';
import { prometheusMetrics } from '../../src/worker/metrics.ts';

const QUOTA = 'google/ai-studio/shop';
const MODEL = 'gemini-3-pro-image';

/** The last value of each series, and the sum of each counter. */
const told = new Map<string, number>();
const key = (name: string, tags: MetricTags = {}): string =>
  `${name.replace('gemini_images_', '')} ${Object.values(tags).join(' ')}`;
const meter = {
  ...noopMetricMeter,
  createCounter: (name: string) => ({
    add: (value: number, tags?: MetricTags) =>
      void told.set(key(name, tags), (told.get(key(name, tags)) ?? 0) + value),
  }),
  createGauge: (name: string) => ({
    set: (value: number, tags?: MetricTags) => void told.set(key(name, tags), value),
  }),
} as unknown as MetricMeter;

const limit = (more: Partial<LimitView>): LimitView => ({
  ...{ model: MODEL, dimension: 'rpm', limit: 60, used: 30, source: 'config', ageMs: 0 },
  ...more,
});

const ANSWER = {
  lanes: [
    {
      ...{ model: MODEL, slots: [0, 10, 20], closed: { ms: 30_000, by: 'pause' } },
      limits: [limit({}), limit({ dimension: 'rpd', limit: 100, used: 90 })],
    },
  ],
  stops: [{ kind: 'hold' }, { kind: 'unproved' }],
  degraded: [{}],
} as unknown as ExchangeAnswer;

beforeEach(() => {
  vi.useFakeTimers();
  told.clear();
});
afterEach(() => vi.useRealTimers());

describe('gauges of a process in a fleet', () => {
  it('tell what its last lease said, and the slots that it leased and gave back', () => {
    const gauges = new FleetGauges(meter);
    gauges.answered(QUOTA, ANSWER, [{ model: MODEL, slots: 2 }]);
    gauges.stop();
    expect(told.get(`quota_used_ratio ${QUOTA} ${MODEL} rpm config`)).toBe(0.5);
    expect(told.get(`quota_limit ${QUOTA} ${MODEL} rpd config`)).toBe(100);
    expect(told.get(`quota_closed_until_seconds ${QUOTA} ${MODEL}`)).toBe((Date.now() + 30_000) / 1_000);
    expect(told.get(`stops ${QUOTA} hold`)).toBe(1);
    expect(told.get(`stops ${QUOTA} breaker`)).toBe(0);
    expect(told.get(`degraded_routes ${QUOTA}`)).toBe(1);
    expect(told.get(`slots_total leased ${MODEL}`)).toBe(3);
    expect(told.get(`slots_total returned ${MODEL}`)).toBe(2);
  });

  it('a process with nothing to do keeps no alert alive: a minute ends, later the stops; a day stays', () => {
    const gauges = new FleetGauges(meter);
    gauges.answered(QUOTA, ANSWER, []);
    vi.advanceTimersByTime(150_000);
    expect(told.get(`quota_used_ratio ${QUOTA} ${MODEL} rpm config`)).toBe(0);
    expect(told.get(`quota_used_ratio ${QUOTA} ${MODEL} rpd config`)).toBe(0.9);
    expect(told.get(`quota_closed_until_seconds ${QUOTA} ${MODEL}`)).toBe(0);
    expect(told.get(`stops ${QUOTA} hold`)).toBe(1);
    vi.advanceTimersByTime(800_000);
    expect(told.get(`stops ${QUOTA} hold`)).toBe(0);
    expect(told.get(`slots_total leased ${MODEL}`)).toBe(3);
    gauges.stop();
    gauges.answered(QUOTA, ANSWER, []);
    vi.advanceTimersByTime(3_600_000);
    expect(told.get(`stops ${QUOTA} hold`)).toBe(1);
  });
});

describe('gauges of a process alone', () => {
  it('tell its limits and stops, and of two accounts the one that used more', () => {
    const broker = new LocalQuotaBroker();
    vi.spyOn(broker, 'limits').mockReturnValue([limit({ used: 54 }), limit({ used: 6 })]);
    watchLocal(broker, meter)();
    expect(told.get(`quota_used_ratio local ${MODEL} rpm config`)).toBe(0.9);
    expect(told.get('stops local hold')).toBe(0);
  });

  it("look again while a worker runs, and a broker of somebody's that throws ends nothing", () => {
    let used = 6;
    const broker = { limits: () => (used > 50 ? fail() : [limit({ used })]) } as unknown as QuotaBroker;
    const stop = watchLocal(broker, meter);
    used = 12;
    vi.advanceTimersByTime(10_000);
    expect(told.get(`quota_used_ratio local ${MODEL} rpm config`)).toBe(0.2);
    used = 60;
    vi.advanceTimersByTime(10_000);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});

function fail(): never {
  throw new Error('no limits today');
}

it('a limit that is known from elsewhere now leaves none behind', () => {
  const gauges = new LimitGauges(meter);
  gauges.tell(QUOTA, limit({ source: 'learned', used: 60 }));
  gauges.tell(QUOTA, limit({ source: 'live', limit: 120 }));
  expect(told.get(`quota_used_ratio ${QUOTA} ${MODEL} rpm learned`)).toBe(0);
  expect(told.get(`quota_limit ${QUOTA} ${MODEL} rpm learned`)).toBe(0);
  expect(told.get(`quota_limit ${QUOTA} ${MODEL} rpm live`)).toBe(120);
});

describe('prometheusMetrics', () => {
  it('serves at an address, with bounds for seconds and days', () => {
    expect(prometheusMetrics('[::1]:9464')).toMatchObject({
      prometheus: {
        bindAddress: '[::1]:9464',
        histogramBucketOverrides: { gemini_images_wait_seconds: expect.arrayContaining([1, 86_400]) },
      },
    });
  });

  it.each(['', 'localhost:9464', '127.0.0.1', '127.0.0.1:0', '127.0.0.1:70000'])(
    'refuses %j and says what to give',
    (address) => {
      expect(() => prometheusMetrics(address)).toThrow('give an IP address and a port');
    },
  );
});
