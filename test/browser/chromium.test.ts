/** Which Chromium the browser tests take; that there is none is said, never passed over. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { chromiumPath } from '../support/browser.ts';

async function folderWith(...names: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chromium-path-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const name of names) {
    await writeFile(join(folder, name), '#!/bin/sh\n');
    await chmod(join(folder, name), 0o755);
  }
  return folder;
}

test('the one that is named, else the first name that is anywhere on PATH', async () => {
  const [chrome, chromium] = [await folderWith('google-chrome'), await folderWith('chromium')];
  const PATH = `${chrome}:${chromium}`;
  expect(chromiumPath({ PATH })).toBe(join(chromium, 'chromium'));
  expect(chromiumPath({ PATH, CHROMIUM_PATH: join(chrome, 'google-chrome') })).toBe(
    join(chrome, 'google-chrome'),
  );
});

test('where there is none the words say how to get one', async () => {
  const PATH = await folderWith();
  expect(() => chromiumPath({ PATH })).toThrow('apt-get install chromium');
  expect(() => chromiumPath({ PATH, CHROMIUM_PATH: '/nowhere/chromium' })).toThrow('CHROMIUM_PATH');
});
