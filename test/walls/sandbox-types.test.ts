/** The sandbox project has no Node types and lists only ★ folders: the real compiler says so. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../support/root.ts';
import { FIXTURES, promisedFailures, tool } from './tool.ts';

const folder = join(FIXTURES, 'sandbox');

async function compile(cwd: string, project: string): Promise<string[]> {
  const printed = await tool('typescript/bin/tsc', ['-p', project, '--noEmit', '--pretty', 'false'], cwd);
  return [...printed.matchAll(/^(\S+)\(\d+,\d+\): error (TS\d+)/gm)].map(
    ([, file, code]) => `${file}: ${code}`,
  );
}

it('process, Buffer, fetch, URL, timers, node:fs and a type from the activities do not compile', async () => {
  expect((await compile(folder, 'tsconfig.json')).sort()).toEqual(await promisedFailures(folder));
});

it('the sandbox project of the tree compiles', async () => {
  expect(await compile(ROOT, 'tsconfig.sandbox.json')).toEqual([]);
});
