/**
 * Writes what is generated in the docs: the README's branch table, the tables and examples of the wire
 * contract, its JSON Schemas, the runbook, and what Prometheus and Grafana load. Tests keep all of them fresh.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { JSON_SCHEMA_NAMES, jsonSchema } from '../src/schema/json-schema.ts';
import { withBranchTable } from './branch-table.ts';
import { withContract } from './contract-document.ts';
import { alertRules } from './ops/alert-rules.ts';
import { dashboard } from './ops/dashboard.ts';
import { withOperations } from './ops/runbook.ts';

function renew(path: string, change: (text: string) => string): void {
  const file = new URL(`../${path}`, import.meta.url);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

renew('README.md', withBranchTable);
renew('docs/contract.md', withContract);
renew('docs/operations.md', withOperations);
renew('ops/alerts.yml', alertRules);
renew('ops/grafana-dashboard.json', () => `${JSON.stringify(dashboard(), null, 2)}\n`);
for (const name of JSON_SCHEMA_NAMES) {
  const file = new URL(`../docs/${name}.schema.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(jsonSchema(name), null, 2)}\n`);
}
