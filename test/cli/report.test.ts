/** `report` as a person runs it: on an empty namespace, and with what it cannot take. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { reportSchema } from '../../src/schema/report.ts';
import { ownNamespace } from '../support/namespaces.ts';
import type { Ended } from './program.ts';
import { DIRECTORY, onlyJson, run } from './program.ts';

let where: Readonly<Record<string, string>>;
beforeAll(async () => {
  const { address, namespace } = await ownNamespace();
  where = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
});

const report = (...args: readonly string[]): Promise<Ended> => run(['report', ...args], { env: where });

describe('report', () => {
  test('nothing has ended: zeros, no advice, and a page all the same', async () => {
    const file = join(DIRECTORY, 'report.html');
    const { code, stdout, stderr } = await report('--json', '--html', file);
    expect([code, stderr]).toEqual([EXIT.ok, `written: ${file}\n`]);
    const told = reportSchema.parse(onlyJson(stdout));
    expect(told.total).toMatchObject({ generations: 0, calls: 0, sureUsd: 0 });
    expect(told.advice.map(({ verdict }) => verdict)).not.toContain('worth-it');
    expect(readFileSync(file, 'utf8')).toContain('<h2>Advice</h2>');
  });

  test.each([
    [['--since', 'yesterday'], /--since.*duration back/s],
    [['--since', '2999-01-01'], /--since.*has passed/s],
    [['--availability', '120'], /--availability.*at most 100/s],
    [['--since', '1h', '--until', '2h'], /since.*before until/s],
  ])('%j is refused with its cure', async (args, words) => {
    const { code, stderr } = await report(...args);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toMatch(words);
  });

  test('a page that cannot be written leaves no half one', async () => {
    const file = join(DIRECTORY, 'nowhere', 'report.html');
    const { code, stderr } = await report('--html', file);
    expect([code, existsSync(file)]).toEqual([EXIT.failed, false]);
    expect(stderr).toContain('choose another --html');
  });

  test('a server that is away: unreachable, within its time', async () => {
    const { code, stderr } = await run(['report', '--connect-timeout', '500ms'], {
      env: { TEMPORAL_ADDRESS: '127.0.0.1:1' },
    });
    expect(code).toBe(EXIT.unreachable);
    expect(stderr).toContain('no Temporal server at 127.0.0.1:1');
  });
});
