/** What is generated for operators is fresh, and what refers to a section of the operations page finds it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { anchorOf } from '../../scripts/ops/alert.ts';
import { alertRules } from '../../scripts/ops/alert-rules.ts';
import { ALERTS } from '../../scripts/ops/alerts.ts';
import { dashboard } from '../../scripts/ops/dashboard.ts';
import { withOperations } from '../../scripts/ops/runbook.ts';
import { COMMANDS } from '../../src/cli/command-list.ts';
import { METRICS } from '../../src/contract/metrics.ts';
import { BRANCHES } from '../../src/domain/branch.ts';
import { REASONS } from '../../src/domain/reason.ts';

interface Dashboard {
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
    readonly targets?: readonly { readonly datasource: object; readonly refId: string }[];
  }[];
}

const text = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = text('docs/operations.md');
/** As GitHub makes anchors of headings. */
const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-'),
);
const section = (anchor: string): string => page.split(/^#+ /m)[anchors.indexOf(anchor) + 1] ?? '';

describe('the operations page and what leads to it', () => {
  it('is what the product runs on (npm run docs)', () => {
    expect(withOperations(page)).toBe(page);
    expect(text('ops/alerts.yml')).toBe(alertRules());
    expect(JSON.parse(text('ops/grafana-dashboard.json'))).toEqual(dashboard());
  });

  it('a section that is stale is seen: the check can fail', () => {
    const stale = page.replace('30→60→120→240 s', '1→2→4 s');
    expect(stale).not.toBe(page);
    expect(withOperations(stale)).not.toBe(stale);
  });

  it('has a section for each branch that names each of its reasons', () => {
    for (const branch of BRANCHES) {
      const found = section(`branch-${branch}`);
      for (const [reason, { userAction }] of Object.entries(REASONS[branch])) {
        expect(found, branch).toContain(`\`${reason}\``);
        expect(found, branch).toContain(userAction);
      }
    }
  });

  it('each decision that it prints is a whole command line, for whoever is on duty at three in the morning', () => {
    const lines = [...page.matchAll(/`gemini-images ([^`]+)`/g)].map(([, line = '']) => line);
    const decisions = lines.filter((line) =>
      /^(routes (resume|pause|end-degraded)|approve|reject|retry|revive|promote|grants revoke)\b/.test(line),
    );
    expect(decisions.length).toBeGreaterThan(5);
    for (const line of decisions) expect(line).toContain('--why ');
    for (const line of decisions.filter((each) => each.startsWith('approve --cause')))
      expect(line).toMatch(/--route \S+ --until \S+ --max-cost \d+/);
    for (const line of lines.filter((each) => each.includes('--bundle')))
      expect(line).toContain('--bundle case.zip');
  });

  it('has a section for each alert with its three moves, where its runbook_url leads', () => {
    const { groups } = parse(text('ops/alerts.yml')) as {
      readonly groups: readonly {
        rules: readonly { alert: string; annotations: Record<string, string> }[];
      }[];
    };
    const urls = new Map(
      groups.flatMap(({ rules }) =>
        rules.map(({ alert, annotations }) => [alert, annotations['runbook_url']]),
      ),
    );
    for (const { name, moves } of ALERTS) {
      const [path, anchor = ''] = urls.get(name)?.split('#') ?? [];
      expect(path).toBe('docs/operations.md');
      expect(anchor).toBe(anchorOf(name));
      for (const move of moves) expect(section(anchor), name).toContain(move);
    }
    expect(urls.size).toBe(ALERTS.length);
  });

  it('every link inside it leads somewhere, and no two headings have one anchor', () => {
    expect(new Set(anchors).size).toBe(anchors.length);
    const links = [...page.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.length).toBeGreaterThan(10);
    for (const link of links) expect(anchors).toContain(link);
    for (const [, path = ''] of page.matchAll(/\]\(\.\.\/([\w./-]+)\)/g)) expect(text(path)).not.toBe('');
  });

  it('names the status pages and where support is found', () => {
    for (const url of ['https://status.cloud.google.com', 'https://aistudio.google.com/status'])
      expect(page).toContain(`<${url}>`);
  });

  it('every command that it names is one', () => {
    const commands = COMMANDS.map(({ name }) => name).concat('console');
    const named = [...page.matchAll(/gemini-images ([a-z]+)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(20);
    for (const name of named) expect(commands).toContain(name);
  });

  it('the dashboard has panels of their own places and ids, each asking the Prometheus that is chosen', () => {
    const { panels, templating } = dashboard() as Dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...cells.map((cell) => Number(cell.split(',')[0])))).toBeLessThan(24);
    expect(templating.list.map(({ name, type }) => [name, type])).toEqual([
      ['datasource', 'datasource'],
      ['model', 'query'],
    ]);
    for (const { type, targets = [] } of panels) {
      expect(targets.length > 0, type).toBe(type !== 'row');
      for (const { datasource, refId } of targets) {
        expect(datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
        expect(refId).toMatch(/^[A-Z]$/);
      }
    }
  });

  it('rules and panels speak only of metrics that there are', () => {
    const known = new Set<string>(
      Object.values(METRICS).flatMap(({ name, kind }) =>
        kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    );
    const named = [...(alertRules() + JSON.stringify(dashboard())).matchAll(/\bgemini_images_\w+/g)];
    expect(named.length).toBeGreaterThan(40);
    for (const [name] of named) expect([...known], name).toContain(name);
  });
});
