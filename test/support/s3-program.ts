/**
 * The S3 server of the tests, a Versity gateway: built once by Go at a pinned version, which Go checks
 * against its checksum database, and kept in the user's cache directory.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cacheFolder } from '../../src/dev/fetch-wheel.ts';
import { run } from '../../src/dev/run.ts';

/** docker-compose.yml has the same one. */
export const S3_SERVER_VERSION = '1.8.0';
const MODULE = 'github.com/versity/versitygw/cmd/versitygw';
/** Some hundred modules are fetched and compiled; a busy machine takes minutes. */
const BUILD_DEADLINE_MS = 580_000;
const SUFFIX = process.platform === 'win32' ? '.exe' : '';

function programPath(): string {
  return join(cacheFolder(process.env), `versitygw-${S3_SERVER_VERSION}${SUFFIX}`);
}

/** Why this machine cannot have it; undefined where it can. Asks nobody outside. */
export async function whyNoS3Program(): Promise<string | undefined> {
  if (existsSync(programPath())) return undefined;
  const go = await run('go', ['version'], { deadlineMs: 30_000 });
  if (go.kind === 'exited' && go.code === 0) return undefined;
  return `the S3 server of the tests is built by Go, which is not on PATH: install Go`;
}

export async function s3Program(): Promise<{ readonly path: string }> {
  const path = programPath();
  if (existsSync(path)) return { path };
  // Built beside its place and moved there whole, so that an interrupted build is never taken for one.
  const building = `${path}.building-${process.pid}`;
  await mkdir(building, { recursive: true });
  try {
    const install = ['install', '-trimpath', '-ldflags=-s -w', `${MODULE}@v${S3_SERVER_VERSION}`];
    const env = { ...process.env, GOBIN: building, CGO_ENABLED: '0' };
    const outcome = await run('go', install, { env, deadlineMs: BUILD_DEADLINE_MS });
    if (outcome.kind !== 'exited' || outcome.code !== 0)
      throw new Error(`cannot build ${basename(MODULE)}: ${JSON.stringify(outcome)}`);
    await rename(join(building, `versitygw${SUFFIX}`), path);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return { path };
}
