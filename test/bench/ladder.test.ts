/** bench:ladder in small: real processes, a real provider, no figure asserted but those that are certain. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callers } from '../../bench/ladder/callers.ts';
import { runDay } from '../../bench/ladder/day.ts';
import { npmWith } from '../../bench/ladder/packages.ts';
import { traceOf } from '../../bench/ladder/trace.ts';

test(
  'parties go through the same day, each with a ledger and images of its own',
  { timeout: 120_000 },
  async () => {
    const trace = traceOf('smoke', 6, 1);
    const soon = { ...trace, asks: trace.asks.map((ask) => ({ ...ask, atMs: ask.atMs / 100 })) };
    const directory = await mkdtemp(join(tmpdir(), 'ladder-smoke-'));
    try {
      const { figures } = await runDay([callers('guideLoop', 1), callers('genaiRetry', 1)], soon, directory);
      expect(figures.map(({ party }) => party)).toEqual(['guideLoop', 'genaiRetry']);
      for (const each of figures) {
        expect(each.images + Object.values(each.reasons).reduce((sum, n) => sum + n, 0)).toBe(each.asked);
        expect(each.calls).toBeGreaterThanOrEqual(6);
        expect(each.paid).toBeGreaterThanOrEqual(each.images);
        expect(each.unusable).toBe(0);
      }
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
);

test('a baseline that cannot be installed is told by its name', async () => {
  await expect(npmWith({ 'no-such-package-of-anybody': 'file:/nowhere.tgz' })).rejects.toThrow(
    /^cannot install no-such-package-of-anybody@file:\/nowhere\.tgz from npm: /,
  );
});
