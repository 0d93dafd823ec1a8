/** What a metric is, as Prometheus will know it. */
export type Metric = {
  /** With its unit and, of a counter, `_total`, as Prometheus writes them. */
  readonly name: `gemini_images_${string}`;
  readonly labels: readonly string[];
  /** One line, for Prometheus and for the operations page. */
  readonly help: string;
} & (
  | { readonly kind: 'counter' | 'gauge' }
  /** `buckets`: upper bounds, in the unit of the name. */
  | { readonly kind: 'histogram'; readonly buckets: readonly number[] }
);
