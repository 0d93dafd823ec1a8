/**
 * A real Prometheus beside a real worker: it loads the configuration and the rules, scrapes what the worker tells
 * of good and bad calls, and answers every query of the dashboard. The worker forgets each workflow after each of
 * its tasks, so that whatever is counted in a replay is counted too often here.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALERTS } from '../../scripts/ops/alerts.ts';
import { ROWS } from '../../scripts/ops/panels.ts';
import { METRICS } from '../../src/contract/metrics.ts';
import { freePort } from '../../src/dev/ports.ts';
import { eventually } from '../support/eventually.ts';
import type { Prometheus } from '../support/prometheus.ts';
import { startPrometheus } from '../support/prometheus.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';
import { ROOT } from '../support/root.ts';

const SLOW = 180_000;
const PRO = 'gemini-3-pro-image';
const NANO = 'gemini-nano-banana-2.1';
const PROMPT = 'a very secret fox';
const KEY = 'metrics-test-key-0123456789';

let rig: Rig;
let prometheus: Prometheus;
let directory: string;
let metricsAt: string;

beforeAll(async () => {
  rig = await startRig({ apiKey: KEY });
  metricsAt = `127.0.0.1:${await freePort()}`;
  directory = await mkdtemp(join(tmpdir(), 'ops-'));
  const config = join(directory, 'prometheus.yml');
  const example = await readFile(join(ROOT, 'ops/prometheus.yml'), 'utf8');
  await writeFile(
    config,
    example
      .replaceAll('15s', '1s')
      .replace('alerts.yml', join(ROOT, 'ops/alerts.yml'))
      .replaceAll('127.0.0.1:9464', metricsAt),
  );
  prometheus = await startPrometheus(config);
  await rig.workerProcess({ metricsAt, forgetful: true, limits: { [PRO]: { rpm: 600, rpd: 5_000 } } });
}, SLOW);
afterAll(async () => {
  await prometheus?.close();
  await rig?.close();
  await rm(directory, { recursive: true, force: true });
});

/** Ends in one way or another. */
async function ended(prompt: string, more: object = {}): Promise<void> {
  await rig.images.generate({ prompt, ...more }).catch(() => undefined);
}

/** The sum of a counter over all its series with these labels, once Prometheus has as many as that. */
async function counted(selector: string, least = 1): Promise<number> {
  const sum = async (): Promise<number> => (await prometheus.query(`sum(${selector})`))[0]?.value ?? 0;
  await eventually(`${least} of ${selector}`, async () => (await sum()) >= least);
  return await sum();
}

/** Generations that end in four ways; fewer refusals than open the breaker. */
const day = async (): Promise<void> => {
  await ended(PROMPT);
  await ended(`${PROMPT} [[fault:capacity]]`);
  await ended(`${PROMPT} [[fault:prohibited-content]]`, { routeOut: 'never' });
};

describe('what a worker tells Prometheus', { timeout: SLOW }, () => {
  it('says what each call came to, once, although every task replays the history', async () => {
    await day();
    await ended(`${PROMPT} [[fault:capacity*always@${PRO}]]`, { allow: { models: [NANO] } });
    const attempts = METRICS.attempts.name;
    expect(await counted(`${METRICS.generations.name}`, 4)).toBe(4);
    const calls = rig.calls();
    expect(await counted(attempts, calls.length)).toBe(calls.length);
    const refused = calls.filter(({ status }) => status === 503).length;
    expect(refused).toBeGreaterThan(2);
    expect(await counted(`${attempts}{branch="capacity",level="warning",billed="no"}`, refused)).toBe(
      refused,
    );
    expect(await counted(`${attempts}{branch="policy",level="warning",model="${PRO}"}`)).toBe(1);
    expect(await counted(`${attempts}{branch="none",level="none",billed="yes"}`, 3)).toBe(3);
    expect(await counted(METRICS.images.name, 3)).toBe(3);
    expect(await counted(`${METRICS.deadLetters.name}{branch="policy"}`)).toBe(1);
    expect(await counted(`${METRICS.fallbacks.name}{from="${PRO}",to="${NANO}"}`)).toBe(1);
    expect(await counted(`${METRICS.slots.name}{event="granted"}`, calls.length)).toBe(calls.length);
    expect(await counted(`${METRICS.waitSeconds.name}_count{reason="capacity"}`)).toBeGreaterThan(0);
  });

  it('books what was billed, in money and tokens, and the bytes that came', async () => {
    const cost = (await counted(`${METRICS.cost.name}{certainty="sure"}`)) / 1e6;
    expect(cost).toBeGreaterThan(0.2);
    expect(cost).toBeLessThan(1);
    expect(await counted(`${METRICS.tokens.name}{kind="image"}`)).toBeGreaterThan(1_000);
    const images = await counted(`${METRICS.artifactBytes.name}{kind="image"}`);
    expect(await counted(`${METRICS.artifactBytes.name}{kind="raw"}`)).toBeGreaterThan(images);
  });

  it('answers each query of the dashboard, and has something to show where there was something', async () => {
    // A rate is known once a series that Prometheus has seen has grown.
    await day();
    await counted(METRICS.generations.name, 7);
    const asked = ROWS.flatMap(({ panels }) => panels).flatMap(({ title, queries, mayBeEmpty }) =>
      queries.map(({ expr }) => ({ title, mayBeEmpty, expr: filledIn(expr) })),
    );
    expect(asked.length).toBeGreaterThan(25);
    for (const { title, expr, mayBeEmpty } of asked) {
      const samples = await prometheus.query(expr);
      if (mayBeEmpty !== true)
        expect(
          samples.filter(({ value }) => Number.isFinite(value)),
          `${title}: ${expr}`,
        ).not.toEqual([]);
    }
  });

  it('has all rules loaded, none of them ill, and the one on policy verdicts fires', async () => {
    const { groups } = (await prometheus.get('/api/v1/rules')) as {
      readonly groups: readonly { readonly rules: readonly { name: string; health: string }[] }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.map(({ name }) => name)).toEqual(ALERTS.map(({ name }) => name));
    await eventually('each rule evaluated', async () => {
      const now = (await prometheus.get('/api/v1/rules')) as { groups: readonly { rules: typeof rules }[] };
      return now.groups.every((group) => group.rules.every(({ health }) => health === 'ok'));
    });
    await counted('ALERTS{alertname="GeminiImagesPolicy",alertstate="firing"}');
  });

  it('I7: never a prompt, a key or the id of a generation, and only labels that are declared', async () => {
    const text = await (await fetch(`http://${metricsAt}/metrics`)).text();
    for (const secret of [PROMPT, KEY, ...rig.calls().flatMap(({ generation }) => generation?.id ?? [])])
      expect(text).not.toContain(secret);
    const temporals = ['namespace', 'taskQueue', 'workflowType', 'activityType', 'le'];
    const declared = new Set<string>(
      Object.values(METRICS)
        .flatMap(({ labels }) => [...labels])
        .concat(temporals as never[]),
    );
    for (const line of text.split('\n').filter((each) => each.startsWith('gemini_images_'))) {
      for (const [, label = ''] of line.matchAll(/(\w+)="/g)) expect(declared, line).toContain(label);
    }
  });
});

function filledIn(expr: string): string {
  return expr.replaceAll('$__rate_interval', '1m').replaceAll('$model', '.*');
}
