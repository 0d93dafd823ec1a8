/** The closing line of .ci/run tells the truth, also about runs that went wrong. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../src/dev/run.ts';
import { ROOT } from '../support/root.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'count-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const file = (status: string, ...tests: string[]): object => ({
  status,
  assertionResults: tests.map((each) => ({ status: each })),
});

async function closing(report?: object | string): Promise<{ code: number | null; line: string }> {
  const path = join(folder, 'report.json');
  await rm(path, { force: true });
  if (report !== undefined)
    await writeFile(path, typeof report === 'string' ? report : JSON.stringify(report));
  const outcome = await run(process.execPath, [join(ROOT, '.ci/count.mjs'), path], { deadlineMs: 20_000 });
  if (outcome.kind !== 'exited') throw new Error(outcome.kind);
  return { code: outcome.code, line: outcome.output.trim().split('\n').at(-1) ?? '' };
}

it.each([
  [
    'all passed',
    { success: true, numPassedTests: 3, numFailedTests: 0, testResults: [file('passed', 'passed')] },
    { code: 0, line: '3 passed, 0 failed' },
  ],
  [
    'one failed',
    {
      success: false,
      numPassedTests: 2,
      numFailedTests: 1,
      testResults: [file('failed', 'passed', 'failed')],
    },
    { code: 1, line: '2 passed, 1 failed' },
  ],
  [
    'a file that could not be loaded is a failure although no test of it ran',
    {
      success: false,
      numPassedTests: 2,
      numFailedTests: 0,
      testResults: [file('passed', 'passed'), file('failed')],
    },
    { code: 1, line: '2 passed, 1 failed' },
  ],
  [
    'an unhandled error outside any test is a failure',
    { success: false, numPassedTests: 2, numFailedTests: 0, testResults: [file('passed', 'passed')] },
    { code: 1, line: '2 passed, 1 failed' },
  ],
  [
    'no test ran: not a success',
    { success: true, numPassedTests: 0, numFailedTests: 0, testResults: [] },
    { code: 1, line: '0 passed, 0 failed' },
  ],
  [
    'the runner crashed while it wrote the report',
    '{"numPassedTests": 3',
    { code: 1, line: '0 passed, 1 failed' },
  ],
  ['the runner never wrote one', undefined, { code: 1, line: '0 passed, 1 failed' }],
])('%s', async (_, report, expected) => {
  expect(await closing(report)).toEqual(expected);
});
