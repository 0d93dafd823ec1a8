/** Known limits and their use as gauges. A limit that is known from elsewhere now leaves none behind. */
import type { MetricMeter } from '@temporalio/common';
import { gauge } from '../contract/measure.ts';
import type { LimitView } from '../contract/exchange.ts';

export type Limit = Pick<LimitView, 'model' | 'dimension' | 'limit' | 'used' | 'source'>;

export class LimitGauges {
  readonly #meter: MetricMeter;
  /** What was told last of a limit, by where it is from. */
  readonly #sources = new Map<string, LimitView['source']>();

  constructor(meter: MetricMeter) {
    this.#meter = meter;
  }

  tell(quota: string, { model, dimension, source, limit, used }: Limit): void {
    const key = [quota, model, dimension].join(' ');
    const before = this.#sources.get(key);
    const labels = { quota, model, dimension };
    if (before !== undefined && before !== source) {
      gauge(this.#meter, 'quotaUsed', { ...labels, source: before }, 0);
      gauge(this.#meter, 'quotaLimit', { ...labels, source: before }, 0);
    }
    this.#sources.set(key, source);
    gauge(this.#meter, 'quotaUsed', { ...labels, source }, used / limit);
    gauge(this.#meter, 'quotaLimit', { ...labels, source }, limit);
  }
}
