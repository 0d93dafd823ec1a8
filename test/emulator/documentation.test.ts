import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { FAULT_PRESETS, TRANSPORT_ABOUT } from '../../src/emulator/index.ts';

test('docs/emulator.md names every fault with its branch and what it does, and no other', async () => {
  const page = await readFile(new URL('../../docs/emulator.md', import.meta.url), 'utf8');
  const cells = page
    .split('\n')
    .filter((line) => /^\| `[a-z0-9-]+` +\|/.test(line))
    .map((line) => line.split('|').map((cell) => cell.replaceAll('`', '').trim()));
  const documented = cells.map(([, name = '', ...rest]) => [name, rest.join(' ').trim()]);
  const presets = Object.entries(FAULT_PRESETS).map(([name, preset]) => {
    const charged = preset.kind === 'shape' ? preset.picture : 'billed' in preset && preset.billed;
    return [name, `${preset.branch} ${preset.about}${charged ? ' · charged' : ''}`];
  });
  expect(documented).toEqual([...presets, ...Object.entries(TRANSPORT_ABOUT)]);
});
