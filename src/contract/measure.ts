/**
 * Measuring, by a meter of Temporal's: of a workflow, an activity or the runtime. A measurement never throws
 * and never decides anything: what is no number, or nothing, is not told.
 */
import type { MetricMeter } from '@temporalio/common';
import type { LabelsOf, MetricOf } from './metrics.ts';
import { METRICS } from './metrics.ts';

/** Adds whole units; a fraction is rounded. */
export function count<M extends MetricOf<'counter'>>(
  meter: MetricMeter,
  metric: M,
  labels: LabelsOf<M>,
  value = 1,
): void {
  const whole = Math.round(value);
  if (!(whole > 0)) return;
  const { name, help } = METRICS[metric];
  meter.createCounter(name, '', help).add(whole, labels);
}

export function observe<M extends MetricOf<'histogram'>>(
  meter: MetricMeter,
  metric: M,
  labels: LabelsOf<M>,
  value: number,
): void {
  if (!(value >= 0)) return;
  const { name, help } = METRICS[metric];
  meter.createHistogram(name, 'float', '', help).record(value, labels);
}

export function gauge<M extends MetricOf<'gauge'>>(
  meter: MetricMeter,
  metric: M,
  labels: LabelsOf<M>,
  value: number,
): void {
  if (!(value >= 0)) return;
  const { name, help } = METRICS[metric];
  meter.createGauge(name, 'float', '', help).set(value, labels);
}
