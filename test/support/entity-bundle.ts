/** The durable entities' workflows, bundled once for each test file: it costs more than a worker's whole start. */
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { afterAll } from 'vitest';
import { entitiesPath } from '../../src/plugin/workflows-path.ts';

let bundling: Promise<{ readonly code: string; readonly codePath: string }> | undefined;

let directory: string | undefined;
afterAll(() => {
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
});

export async function entityBundle(): Promise<{ readonly code: string; readonly codePath: string }> {
  bundling ??= (async () => {
    const logger = new DefaultLogger('ERROR');
    const { code } = await bundleWorkflowCode({ workflowsPath: entitiesPath(), logger });
    directory = await mkdtemp(join(tmpdir(), 'entity-bundle-'));
    const codePath = join(directory, 'entities.js');
    await writeFile(codePath, code);
    return { code, codePath };
  })();
  return await bundling;
}
