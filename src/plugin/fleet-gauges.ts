/**
 * How this process's quotas stand, as gauges where its worker's metrics go. Each process tells what its own
 * last lease said, so that no gauge outlives whoever served the governor; one that has nothing to do goes on
 * telling its last. Labels are bounded: the quota, the model, the dimension, the kind of stop.
 */
import type { MetricMeter } from '@temporalio/common';
import type { Answered } from '../quota/fleet-broker.ts';

const STOPS = ['hold', 'breaker'] as const;

export function fleetGauges(meter: MetricMeter): Answered {
  const gauge = (name: string, unit: string, about: string) =>
    meter.createGauge(`gemini_images_${name}`, 'float', unit, about);
  const used = gauge('quota_used_ratio', '', 'Share of a known limit that is in use');
  const limits = gauge('quota_limit', '', 'A known limit: calls, tokens or images a minute, calls a day');
  const stops = gauge('stops', '', 'Holds and breakers that keep this process from sending');
  const degraded = gauge(
    'degraded_routes',
    '',
    'Routes whose generations take an allowed alternative at once',
  );
  const closed = gauge(
    'quota_closed_until_seconds',
    's',
    'Unix time until which nobody calls the model: a pause, the day, spending; 0 where it is open',
  );
  return (quota, answer) => {
    for (const { model, limits: known, closed: until } of answer.lanes) {
      closed.set(until === undefined ? 0 : (Date.now() + until.ms) / 1_000, { quota, model });
      for (const { dimension, limit, used: count } of known) {
        used.set(count / limit, { quota, model, dimension });
        limits.set(limit, { quota, model, dimension });
      }
    }
    for (const kind of STOPS) {
      stops.set(answer.stops.filter((stop) => stop.kind === kind).length, { quota, kind });
    }
    degraded.set(answer.degraded.length, { quota });
  };
}
