/**
 * Telemetry of a worker: options for Temporal's `Runtime.install`, which a program calls once, before its first
 * connection. Our metrics and Temporal's own come out of one endpoint.
 */
import type { TelemetryOptions } from '@temporalio/worker';
import { METRICS } from '../contract/metrics.ts';
import { isListenAddress } from '../domain/listen-address.ts';

type Exporter = NonNullable<TelemetryOptions['metrics']>;

/** Upper bounds of our histograms, by name: Temporal's own are for milliseconds of tasks. */
export const HISTOGRAM_BUCKETS: Readonly<Record<string, number[]>> = Object.fromEntries(
  Object.values(METRICS).flatMap((metric) =>
    metric.kind === 'histogram' ? [[metric.name, [...metric.buckets]]] : [],
  ),
);

/**
 * Metrics for Prometheus, at `/metrics` of an address of your choice.
 *
 * @param bindAddress `127.0.0.1:9464`; whoever reaches it can read everything there, so bind it to where your
 *   Prometheus is and to nowhere else. Throws a TypeError where it is no
 *   IP address with a port.
 * @example Runtime.install({ telemetryOptions: { metrics: prometheusMetrics('127.0.0.1:9464') } });
 */
export function prometheusMetrics(bindAddress: string): Exporter {
  if (!isListenAddress(bindAddress)) {
    throw new TypeError(`metrics at ${bindAddress}: give an IP address and a port, such as 127.0.0.1:9464`);
  }
  return { prometheus: { bindAddress, histogramBucketOverrides: { ...HISTOGRAM_BUCKETS } } };
}
