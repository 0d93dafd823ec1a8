/** Pieces of PromQL that rules and panels share. */
import type { MetricName } from '../../src/contract/metrics.ts';
import { METRICS } from '../../src/contract/metrics.ts';

/** `gemini_images_attempts_total{branch="capacity"}` */
export function series(metric: MetricName, matchers = ''): string {
  return `${METRICS[metric].name}${matchers === '' ? '' : `{${matchers}}`}`;
}

/**
 * What a counter grew by, series that began within the window included: they appear at their first count, and
 * `increase` does not see how they came to it.
 */
export function grown(metric: MetricName, window: string, matchers = ''): string {
  const counter = series(metric, matchers);
  return `(${counter} unless ${counter} offset ${window} or increase(${counter}[${window}]))`;
}

/** As matchers of a label: `branch=~"capacity|internal"`. */
export function oneOf(label: string, values: readonly string[]): string {
  return `${label}=~"${values.join('|')}"`;
}

/** Share of a part of all, by some labels; only where there are at least so many of all. */
export function share(part: string, all: string, { by, least }: { by: string; least: number }): string {
  const whole = `sum by (${by}) (${all})`;
  return `sum by (${by}) (${part}) / (${whole} >= ${least})`;
}
