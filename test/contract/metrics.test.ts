/** Metrics as data: names that Prometheus takes, labels that are bounded, and measuring that never throws. */
import { noopMetricMeter } from '@temporalio/common';
import type { MetricMeter, MetricTags } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { count, gauge, observe } from '../../src/contract/measure.ts';
import { METRICS } from '../../src/contract/metrics.ts';

const all = Object.values(METRICS);

describe('each metric', () => {
  it('has a name of its own with its unit, as Prometheus writes them, and one line of help', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { name, kind, help } of all) {
      expect(name).toMatch(/^gemini_images_[a-z_]+$/);
      expect(name.endsWith('_total'), name).toBe(kind === 'counter');
      expect(help).not.toMatch(/\n|^.{0,10}$/);
    }
  });

  it('has labels of few values only: none is an id, a prompt, an address or a key (I7)', () => {
    const bounded = ['branch', 'level', 'model', 'tier', 'billed', 'outcome', 'certainty', 'kind', 'remedy'];
    const more = [
      'from',
      'to',
      'reason',
      'cause',
      'event',
      'quota',
      'dimension',
      'source',
      'alert',
      'mark',
      'period',
    ];
    for (const { labels } of all) for (const label of labels) expect([...bounded, ...more]).toContain(label);
  });

  it('of a histogram has bounds that rise', () => {
    for (const metric of all) {
      if (metric.kind !== 'histogram') continue;
      expect([...metric.buckets].sort((a, b) => a - b)).toEqual(metric.buckets);
    }
  });
});

describe('measuring', () => {
  const told: [string, number, MetricTags | undefined][] = [];
  const record = (name: string) => (value: number, tags?: MetricTags) => void told.push([name, value, tags]);
  const meter = {
    ...noopMetricMeter,
    createCounter: (name: string) => ({ add: record(name) }),
    createHistogram: (name: string) => ({ record: record(name) }),
    createGauge: (name: string) => ({ set: record(name) }),
  } as unknown as MetricMeter;

  it('tells whole numbers of a counter, with its labels', () => {
    count(meter, 'images', { model: 'm' }, 2.4);
    expect(told.splice(0)).toEqual([['gemini_images_images_total', 2, { model: 'm' }]]);
  });

  it('tells nothing where there is nothing, and never throws for what is no number', () => {
    for (const value of [NaN, -1, -Infinity]) {
      count(meter, 'images', { model: 'm' }, value);
      observe(meter, 'waitSeconds', { reason: 'rpm' }, value);
      gauge(meter, 'degraded', { quota: 'q' }, value);
    }
    count(meter, 'images', { model: 'm' }, 0);
    expect(told).toEqual([]);
    gauge(meter, 'degraded', { quota: 'q' }, 0);
    expect(told.splice(0)).toEqual([['gemini_images_degraded_routes', 0, { quota: 'q' }]]);
  });
});
