/** Who may import whom: the real dependency-cruiser on one fixture for each rule, then on the tree. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../support/root.ts';
import { depcruise, FIXTURES, promisedFailures } from './tool.ts';

const folder = join(FIXTURES, 'directions');

it('each fixture breaks exactly the rules it names, and nothing else is reported', async () => {
  const reported = (await depcruise(folder)).map(({ rule, from }) => `${from}: ${rule}`);
  expect([...new Set(reported)].sort()).toEqual(await promisedFailures(folder));
});

it('no rule is without a fixture that must fail', async () => {
  const { default: config } = (await import(join(ROOT, '.dependency-cruiser.mjs'))) as {
    default: { forbidden: { name: string }[] };
  };
  const proved = new Set((await promisedFailures(folder)).map((line) => line.split(': ')[1]));
  expect([...proved].sort()).toEqual(config.forbidden.map(({ name }) => name).sort());
});

it('the tree breaks none', async () => {
  expect(await depcruise(ROOT)).toEqual([]);
});
