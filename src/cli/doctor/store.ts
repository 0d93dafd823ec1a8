/**
 * The artifact store: written by this process and read back; one in a directory by another process, on a
 * file system that outlives both.
 */
import { execFile } from 'node:child_process';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { StoreUnavailable } from '../../artifacts/errors.ts';
import { openStore, storeDirectory } from '../../artifacts/open-store.ts';
import type { ArtifactStore } from '../../artifacts/store.ts';
import type { Finding } from './check.ts';
import { findingOf } from './check.ts';
import { judgeVolume, volumeOf } from './volume.ts';

/** The same text each time, so that doctors leave one artifact and one record a host, not one a visit. */
const PROBE = new TextEncoder().encode('written by gemini-images doctor\n');
const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const READER = fileURLToPath(new URL(`./read-artifact.${EXTENSION}`, import.meta.url));

export async function lookAtStore(place: string, deadlineMs: number, signal: AbortSignal): Promise<Finding> {
  const store = openStore(place);
  const directory = storeDirectory(place);
  try {
    await store.checkWritable();
    const record = `doctor/${hostname()}`;
    const { sha256, bytes } = await store.put(PROBE, 'text/plain');
    await store.createRecord(record, { writtenBy: 'doctor' });
    const read =
      directory === undefined
        ? await readAgain(openStore(place), sha256, record)
        : await readElsewhere([resolve(directory), sha256, record], deadlineMs, signal);
    if (read.bytes !== bytes || !read.record) throw new Error('it read something else');
    const told =
      directory === undefined
        ? 'writes each record once, and gives them back'
        : 'and another process reads them';
    return {
      status: 'ok',
      seen: `${store.describe()} takes artifacts and records, ${told}`,
      facts: { store: store.describe() },
    };
  } catch (error) {
    if (error instanceof StoreUnavailable) return findingOf(error);
    if (directory === undefined && error instanceof Error) return findingOf(error);
    const words = error instanceof Error ? error.message : String(error);
    return {
      status: 'failed',
      seen: `${store.describe()} is written by this process and another cannot read it: ${words}`,
      cure: 'check the rights of the directory and the mount options',
    };
  }
}

interface Read {
  readonly bytes: number;
  readonly record: boolean;
}

async function readAgain(store: ArtifactStore, sha256: string, record: string): Promise<Read> {
  const { length } = await store.get(sha256);
  return { bytes: length, record: (await store.readRecord(record)) !== undefined };
}

async function readElsewhere(args: readonly string[], timeout: number, signal: AbortSignal): Promise<Read> {
  // Without our environment: no key is needed to read a file.
  const options = { timeout, signal, env: {} };
  const { stdout } = await promisify(execFile)(process.execPath, [READER, ...args], options);
  return JSON.parse(stdout) as Read;
}

export async function lookAtVolume(place: string, workers: readonly string[]): Promise<Finding> {
  const directory = storeDirectory(place);
  if (directory === undefined) {
    const where = openStore(place).describe();
    return {
      status: 'ok',
      seen: `${where} is reached from every host; all workers and clients must be given this one`,
      facts: { store: where },
    };
  }
  return judgeVolume(await volumeOf(resolve(directory)), workers);
}
