/**
 * Runs in the process that starts the test files and lends them what is dear: one dev server for the
 * whole run, the bundled workflows, the time-skipping program and the S3 server's. Each is found, built or
 * started when the first file asks, so a run of pure unit tests starts nothing.
 *
 * Test files ask over HTTP on the loopback interface, through `servers.ts` and `s3-server.ts`: `GET
 * /dev-server` answers `{ address, namespace }`, `GET /time-skipping-program`, `/s3-program`, `/workflow-bundle`
 * and `/entity-bundle` answer `{ path }`; a failure is a 500 with its message.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.ts';
import { locateServer } from '../../src/dev/binaries.ts';
import type { DevServer } from '../../src/dev/server.ts';
import { startDevServer } from '../../src/dev/server.ts';
import { entitiesPath, ourWorkflowsPath } from '../../src/plugin/workflows-path.ts';
import { s3Program } from './s3-program.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly serverLender: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let devServer: Promise<DevServer> | undefined;
  let timeSkipping: Promise<{ readonly path: string }> | undefined;
  let s3: Promise<{ readonly path: string }> | undefined;
  const bundles = new Map<string, Promise<{ readonly path: string }>>();
  const directory = await mkdtemp(join(tmpdir(), 'lent-bundles-'));
  const bundled = (name: string, workflowsPath: string): Promise<{ readonly path: string }> => {
    const made = bundles.get(name) ?? bundleInto(join(directory, `${name}.js`), workflowsPath);
    bundles.set(name, made);
    return made;
  };
  // In watch mode the sources have changed.
  project.onTestsRerun(() => bundles.clear());
  const lend: Readonly<Record<string, () => Promise<object>>> = {
    '/dev-server': async () => {
      devServer ??= startDevServer({ searchAttributes: SEARCH_ATTRIBUTES });
      const { address, namespace } = await devServer;
      return { address, namespace };
    },
    '/time-skipping-program': () => (timeSkipping ??= locateServer('temporal-test-server')),
    '/s3-program': () => (s3 ??= s3Program()),
    '/workflow-bundle': () => bundled('workflows', ourWorkflowsPath()),
    '/entity-bundle': () => bundled('entities', entitiesPath()),
  };
  const lender = createServer((request, response) => {
    const answer = lend[request.url ?? ''] ?? (() => Promise.reject(new Error(`nothing at ${request.url}`)));
    answer().then(
      (body) => response.end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  await new Promise<void>((resolve) => {
    lender.listen(0, '127.0.0.1', resolve);
  });
  project.provide('serverLender', `http://127.0.0.1:${(lender.address() as AddressInfo).port}`);
  return async () => {
    lender.close();
    lender.closeAllConnections();
    await (await devServer?.catch(() => undefined))?.stop();
    await rm(directory, { recursive: true, force: true });
  };
}

async function bundleInto(path: string, workflowsPath: string): Promise<{ readonly path: string }> {
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  await writeFile(path, code);
  return { path };
}
