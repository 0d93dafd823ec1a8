/** `ops/alerts.yml`, for Prometheus's `rule_files`. */
import { stringify } from 'yaml';
import { runbookUrl } from './alert.ts';
import { ALERTS } from './alerts.ts';

const HEAD = `# Alert rules of temporal-gemini-images; written by \`npm run docs\` from scripts/ops/alerts.ts.
# Each one's first three moves are in docs/operations.md, where its runbook_url leads.
`;

export function alertRules(): string {
  const rules = ALERTS.map(({ name, severity, expr, for: lasting, summary, about }) => ({
    alert: name,
    expr,
    for: lasting,
    labels: { severity },
    annotations: { summary, description: about, runbook_url: runbookUrl(name) },
  }));
  const groups = [{ name: 'temporal-gemini-images', rules }];
  return HEAD + stringify({ groups }, { lineWidth: 0, singleQuote: true });
}
