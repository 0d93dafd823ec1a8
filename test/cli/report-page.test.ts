/** The page: nothing in it runs or is fetched, whoever named a tenant or a model, and each plot has its table. */
import { describe, expect, it } from 'vitest';
import { reportPage } from '../../src/cli/spend-report/page.ts';
import { reportLines } from '../../src/cli/spend-report/terminal.ts';
import type { EndedRun } from '../../src/domain/report/figures.ts';
import { figuresOf } from '../../src/domain/report/figures.ts';
import type { Report } from '../../src/domain/report/report.ts';
import { reportOf } from '../../src/domain/report/report.ts';
import { afterFailure, clean, NOW, times } from '../domain/report/runs.ts';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;

function report(runs: readonly EndedRun[]): Report {
  return reportOf({
    since: NOW - 7 * 86_400_000,
    until: NOW,
    madeAt: NOW,
    coverage: { lookedAt: runs.length, complete: true, readFromResults: 0, silentAccounts: [HOSTILE] },
    figures: figuresOf(runs),
    quotas: [
      { account: HOSTILE, model: HOSTILE, dimension: 'rpm', limit: 10, used: 9, source: 'config', ageMs: 0 },
    ],
  });
}

const busy = [
  ...times(60, () => clean({ waitMs: { rpm: 90_000 }, tenant: HOSTILE })),
  ...times(20, () => afterFailure('capacity/overloaded', { model: HOSTILE, possibleUsd: 0.2 })),
];

describe('the report as a page', () => {
  const page = reportPage(report(busy));

  it('runs and fetches nothing, and says so to the browser', () => {
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/<script|<img|<link|<iframe|url\(|@import|<[^>]*\s(href|src|on\w+)=/i);
    expect(page).toContain('&lt;script&gt;');
  });

  it('every plot has a title, a description and a table with every number', () => {
    const plots = [...page.matchAll(/<svg[^>]*aria-labelledby="([^"]+)"[^>]*>(.*?)<\/svg>/gs)];
    expect(plots.length).toBeGreaterThanOrEqual(5);
    for (const [, ids = '', content = ''] of plots) {
      for (const id of ids.split(' ')) expect(content).toContain(`id="${id}"`);
      expect(content).toMatch(/<title[^>]*>.+<\/title><desc[^>]*>.+<\/desc>/);
    }
    const sections = page.split('<section').filter((section) => section.includes('<svg'));
    for (const section of sections) expect(section).toContain('<table>');
  });

  it('no number is not a number', () => {
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(reportPage(report([]))).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('the report on a terminal', () => {
  it('says the same: what fails, what it costs, what was waited for, what to do', () => {
    const text = reportLines(report(busy)).join('\n');
    for (const part of [
      '80 generations ended',
      'capacity/overloaded',
      'Wasted on calls',
      'calls a minute',
      'A higher tier: worth it',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('nothing ended: no plot, no advice, no division by nothing', () => {
    const text = reportLines(report([])).join('\n');
    expect(text).toContain('0 generations ended');
    expect(text).toContain('too few');
    expect(text).not.toMatch(/NaN|undefined|Infinity|worth it/);
  });
});
