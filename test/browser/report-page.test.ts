/** The report's page in real Chromium, from a file as it is mailed: for whoever sees otherwise, light and dark, on a phone. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportPage } from '../../src/cli/spend-report/page.ts';
import { figuresOf } from '../../src/domain/report/figures.ts';
import { reportOf } from '../../src/domain/report/report.ts';
import { afterFailure, clean, NOW, times } from '../domain/report/runs.ts';
import { violations } from '../support/axe.ts';
import { launchChromium, visit } from '../support/browser.ts';
import { forAllTests, SLOW } from '../support/for-all-tests.ts';

const directory = mkdtempSync(join(tmpdir(), 'report-page-'));
const address = pathToFileURL(join(directory, 'report.html')).href;
const browser = forAllTests(launchChromium);
beforeAll(() => {
  const runs = [
    ...times(60, () => clean({ waitMs: { rpm: 90_000 }, tenant: 'acme' })),
    ...times(20, () => afterFailure('capacity/overloaded', { possibleUsd: 0.2 })),
    clean({ end: 'dead', verdict: 'policy/prohibited-content', images: 0 }),
  ];
  const limit = { account: 'google/ai-studio/shop', model: 'gemini-3-pro-image', dimension: 'rpm' };
  const report = reportOf({
    since: NOW - 86_400_000,
    until: NOW,
    madeAt: NOW,
    coverage: { lookedAt: 80, complete: false, readFromResults: 1, silentAccounts: ['google/vertex/shop'] },
    figures: figuresOf(runs),
    quotas: [{ ...limit, limit: 10, used: 9, source: 'learned', ageMs: 60_000 }],
  });
  writeFileSync(join(directory, 'report.html'), reportPage(report));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the report', { timeout: SLOW }, () => {
  test.each(['light', 'dark'] as const)('%s: axe finds nothing', async (colorScheme) => {
    const { page, close } = await visit(browser(), address, { colorScheme });
    await page.goto(address);
    expect(await violations(page)).toEqual([]);
    await close();
  });

  test('nothing is wider than a phone', async () => {
    const viewport = { width: 360, height: 740 };
    const { page, close } = await visit(browser(), address, { viewport, isMobile: true });
    await page.goto(address);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
    await close();
  });
});
