/** Lint as a wall: the real eslint on fixtures that read a clock, a random, a locale, or lose a promise. */
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/root.ts';
import { FIXTURES, promisedFailures, tool } from './tool.ts';

const folder = join(FIXTURES, 'lint');

async function eslint(cwd: string, args: readonly string[]): Promise<string[]> {
  const command = ['--config', join(ROOT, 'eslint.config.mjs'), '--format', 'json', ...args];
  const files = JSON.parse(await tool('eslint/bin/eslint.js', command, cwd)) as {
    filePath: string;
    messages: { ruleId: string | null; message: string }[];
  }[];
  return files.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, message }) => `${relative(cwd, filePath)}: ${ruleId ?? message}`),
  );
}

/** A minute is enough by itself, and not beside others. */
const SLOW = 240_000;

describe('lint', { timeout: SLOW }, () => {
  it('each fixture breaks exactly the rule it names; the clean one breaks none', async () => {
    const project = `project:${join(folder, 'tsconfig.json')}`;
    const reported = await eslint(folder, ['--parser-options', project, '.']);
    expect(reported.sort()).toEqual(await promisedFailures(folder));
  });

  it('the pure code of the tree breaks none', async () => {
    expect(
      await eslint(ROOT, ['src/domain', 'src/policies', 'src/governor', 'src/sessions', 'src/lane']),
    ).toEqual([]);
  });
});
