/**
 * How this process's quotas stand in a fleet, where its worker's metrics go. Each process tells what its own
 * last lease said, so that no gauge outlives whoever served the governor. One that has nothing to do asks its
 * governor for nothing: what its last lease said of a minute is over two minutes later, of stops a quarter of
 * an hour later, because whoever waits behind a stop asks more often than that.
 */
import type { MetricMeter } from '@temporalio/common';
import type { ExchangeAnswer } from '../contract/exchange.ts';
import { count, gauge } from '../contract/measure.ts';
import type { Answered } from '../quota/fleet-broker.ts';
import { LimitGauges } from './limit-gauges.ts';

const STOPS = ['hold', 'breaker'] as const;
const LOOK_EVERY_MS = 15_000;
const MINUTE_IS_OVER_MS = 120_000;
const STOPS_ARE_OVER_MS = 900_000;

interface Last {
  readonly answer: ExchangeAnswer;
  readonly at: number;
}

export class FleetGauges {
  readonly #meter: MetricMeter;
  readonly #limits: LimitGauges;
  readonly #last = new Map<string, Last>();
  readonly #timer: NodeJS.Timeout;

  constructor(meter: MetricMeter) {
    this.#meter = meter;
    this.#limits = new LimitGauges(meter);
    this.#timer = setInterval(() => this.#age(), LOOK_EVERY_MS).unref();
  }

  readonly answered: Answered = (quota, answer, returned) => {
    this.#last.set(quota, { answer, at: Date.now() });
    for (const { model, slots } of answer.lanes)
      count(this.#meter, 'slots', { event: 'leased', model }, slots.length);
    for (const { model, slots } of returned) count(this.#meter, 'slots', { event: 'returned', model }, slots);
    this.#tell(quota, answer, 0);
  };

  stop(): void {
    clearInterval(this.#timer);
  }

  #age(): void {
    for (const [quota, { answer, at }] of this.#last) this.#tell(quota, answer, Date.now() - at);
  }

  #tell(quota: string, { lanes, stops, degraded }: ExchangeAnswer, ageMs: number): void {
    const meter = this.#meter;
    for (const { model, limits, closed } of lanes) {
      const left = closed === undefined ? 0 : closed.ms - ageMs;
      gauge(meter, 'quotaClosedUntil', { quota, model }, left > 0 ? (Date.now() + left) / 1_000 : 0);
      for (const each of limits) {
        const isOver = each.dimension !== 'rpd' && ageMs > MINUTE_IS_OVER_MS;
        this.#limits.tell(quota, { ...each, model, used: isOver ? 0 : each.used });
      }
    }
    const areOver = ageMs > STOPS_ARE_OVER_MS;
    for (const kind of STOPS) {
      const n = stops.filter((stop) => stop.kind === kind).length;
      gauge(meter, 'stops', { quota, kind }, areOver ? 0 : n);
    }
    gauge(meter, 'degraded', { quota }, areOver ? 0 : degraded.length);
  }
}
