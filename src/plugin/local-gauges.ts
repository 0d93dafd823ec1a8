/**
 * How the quotas of a process without a governor stand, looked at every few seconds while a worker of its
 * plugin runs. Of a model that several accounts call, the account that has used most is told.
 */
import type { MetricMeter } from '@temporalio/common';
import { gauge } from '../contract/measure.ts';
import type { LimitView, QuotaBroker } from '../quota/broker.ts';
import { LocalQuotaBroker } from '../quota/local-broker.ts';
import { LimitGauges } from './limit-gauges.ts';

/** There is no governor that it would be the name of. */
const QUOTA = 'local';
const LOOK_EVERY_MS = 5_000;

/** @returns Ends it. */
export function watchLocal(broker: QuotaBroker, meter: MetricMeter): () => void {
  const limits = new LimitGauges(meter);
  const tell = (): void => {
    try {
      tellLocal(broker, limits, meter);
    } catch {
      // A broker of somebody's own that cannot say: no gauge is worth a worker.
    }
  };
  tell();
  const timer = setInterval(tell, LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}

function tellLocal(broker: QuotaBroker, limits: LimitGauges, meter: MetricMeter): void {
  for (const each of fullest(broker.limits())) limits.tell(QUOTA, each);
  if (!(broker instanceof LocalQuotaBroker)) return;
  const { holds, breakers, degraded } = broker.standing();
  gauge(meter, 'stops', { quota: QUOTA, kind: 'hold' }, holds.length);
  gauge(meter, 'stops', { quota: QUOTA, kind: 'breaker' }, breakers.length);
  gauge(meter, 'degraded', { quota: QUOTA }, degraded.length);
}

function fullest(limits: readonly LimitView[]): Iterable<LimitView> {
  const byLane = new Map<string, LimitView>();
  for (const each of limits) {
    const key = `${each.model} ${each.dimension}`;
    const other = byLane.get(key);
    if (other === undefined || each.used / each.limit > other.used / other.limit) byLane.set(key, each);
  }
  return byLane.values();
}
