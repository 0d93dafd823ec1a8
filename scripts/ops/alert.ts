/** One alert rule, as data: ops/alerts.yml and the runbook are made of it. */
export interface Alert {
  /** `GeminiImagesHeld`; in the runbook `alert-held`. */
  readonly name: `GeminiImages${string}`;
  readonly severity: 'info' | 'warning' | 'error';
  /** PromQL; true is trouble. */
  readonly expr: string;
  /** How long it has to be true. */
  readonly for: string;
  /** One line, with Prometheus's template fields. */
  readonly summary: string;
  /** What it means, in the runbook. */
  readonly about: string;
  /** What to do first, in order. */
  readonly moves: readonly [string, string, string];
}

/** `GeminiImagesQuotaNearLimit` → `alert-quota-near-limit` */
export function anchorOf(name: Alert['name']): string {
  const words = name.slice('GeminiImages'.length).replace(/(?<=[a-z\d])(?=[A-Z])/g, '-');
  return `alert-${words.toLowerCase()}`;
}

/** Where an alert leads to. */
export function runbookUrl(name: Alert['name']): string {
  return `docs/operations.md#${anchorOf(name)}`;
}
