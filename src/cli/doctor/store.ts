/** The artifact store: written by this process, read by another, on a file system that outlives both. */
import { execFile } from 'node:child_process';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { StoreUnavailable } from '../../artifacts/errors.ts';
import { FileArtifactStore } from '../../artifacts/file-store.ts';
import type { Finding } from './check.ts';
import { findingOf } from './check.ts';
import { judgeVolume, volumeOf } from './volume.ts';

/** The same text each time, so that doctors leave one artifact and one record a host, not one a visit. */
const PROBE = new TextEncoder().encode('written by gemini-images doctor\n');
const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const READER = fileURLToPath(new URL(`./read-artifact.${EXTENSION}`, import.meta.url));

export async function lookAtStore(
  directory: string,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Finding> {
  const store = new FileArtifactStore(directory);
  try {
    await store.checkWritable();
    const record = `doctor/${hostname()}`;
    const { sha256, bytes } = await store.put(PROBE, 'text/plain');
    await store.createRecord(record, { writtenBy: 'doctor' });
    const read = await readElsewhere([resolve(directory), sha256, record], deadlineMs, signal);
    if (read.bytes !== bytes || !read.record) throw new Error('it read something else');
    return {
      status: 'ok',
      seen: `${store.describe()} takes artifacts and records, and another process reads them`,
      facts: { store: store.describe() },
    };
  } catch (error) {
    if (error instanceof StoreUnavailable) return findingOf(error);
    const words = error instanceof Error ? error.message : String(error);
    return {
      status: 'failed',
      seen: `${store.describe()} is written by this process and another cannot read it: ${words}`,
      cure: 'check the rights of the directory and the mount options',
    };
  }
}

async function readElsewhere(
  args: readonly string[],
  timeout: number,
  signal: AbortSignal,
): Promise<{ readonly bytes: number; readonly record: boolean }> {
  // Without our environment: no key is needed to read a file.
  const options = { timeout, signal, env: {} };
  const { stdout } = await promisify(execFile)(process.execPath, [READER, ...args], options);
  return JSON.parse(stdout) as { bytes: number; record: boolean };
}

export async function lookAtVolume(directory: string, workers: readonly string[]): Promise<Finding> {
  return judgeVolume(await volumeOf(resolve(directory)), workers);
}
