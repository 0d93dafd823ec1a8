/** The alert rules in Prometheus's own tools: they load, and each one fires at its threshold and not below it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ALERTS } from '../../scripts/ops/alerts.ts';
import { ROOT } from '../support/root.ts';
import { errorOf } from '../support/eventually.ts';
import { promtool } from '../support/prometheus.ts';
import type { Series } from './alert-cases.ts';
import { ALERT_CASES } from './alert-cases.ts';

const RULES = join(ROOT, 'ops/alerts.yml');

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'alerts-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Rejects with promtool's words unless so many instances of the alert fire at the 90th minute. */
async function mustFire(cases: readonly { alert: string; series: Series; times: 0 | 1 }[]): Promise<void> {
  const file = join(directory, 'test.yml');
  const tests = cases.map(({ alert, series, times }) => ({
    name: `${alert} ${times === 1 ? 'fires' : 'is quiet'}`,
    interval: '1m',
    input_series: Object.entries(series).map(([of, values]) => ({ series: of, values })),
    promql_expr_test: [
      {
        expr: `(count(ALERTS{alertname="${alert}",alertstate="firing"}) > bool 0) or vector(0)`,
        eval_time: '90m',
        exp_samples: [{ labels: '{}', value: times }],
      },
    ],
  }));
  await writeFile(file, stringify({ rule_files: [RULES], evaluation_interval: '1m', tests }));
  await promtool(['test', 'rules', file]);
}

describe('ops/alerts.yml', () => {
  it('is rules that Prometheus takes, and so is the configuration that names them', async () => {
    expect(await promtool(['check', 'rules', RULES])).toContain(`SUCCESS: ${ALERTS.length} rules found`);
    expect(await promtool(['check', 'config', join(ROOT, 'ops/prometheus.yml')])).toContain('SUCCESS');
  });

  it('each alert fires at its threshold', async () => {
    await mustFire(ALERTS.map(({ name: alert }) => ({ alert, series: ALERT_CASES[alert]!.fires, times: 1 })));
  });

  it('each alert is quiet below it', async () => {
    await mustFire(ALERTS.map(({ name: alert }) => ({ alert, series: ALERT_CASES[alert]!.quiet, times: 0 })));
  });

  it('a threshold that is not met is told: the check can fail', async () => {
    const [first] = ALERTS;
    const series = ALERT_CASES[first!.name]!.quiet;
    const error = await errorOf(mustFire([{ alert: first!.name, series, times: 1 }]));
    expect(error.message).toContain('FAILED');
  });
});
