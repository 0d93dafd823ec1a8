/**
 * Files that appear whole or not at all. Everything is written to a temporary file on the same file
 * system, flushed to the disk, and then given its name, so that neither a reader nor a crash (of the
 * process or of the machine) ever meets half a file.
 *
 * Errors are the system's own; the store turns them into its errors.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from './store-failure.ts';
import { CHUNK_BYTES } from './sha256.ts';

/** What a crash left behind is removed once nobody can be writing it any more. */
const GARBAGE_AGE_MS = 24 * 3_600_000;

export interface TemporaryFile {
  readonly path: string;
  /** Of the bytes that were written, which are not the ones that were meant if those were moved away. */
  readonly sha256: string;
  readonly bytes: number;
}

export async function writeTemporary(
  directory: string,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<TemporaryFile> {
  const path = join(directory, `${process.pid}-${randomUUID()}`);
  const handle = await open(path, 'wx');
  try {
    const written = await writeHashed(handle, bytes, signal);
    await handle.sync();
    await handle.close();
    return { path, ...written };
  } catch (error) {
    await handle.close().catch(() => undefined);
    await discard(path);
    throw error;
  }
}

async function writeHashed(
  handle: FileHandle,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<Omit<TemporaryFile, 'path'>> {
  const hash = createHash('sha256');
  let written = 0;
  while (written < bytes.length) {
    signal?.throwIfAborted();
    const chunk = bytes.subarray(written, written + CHUNK_BYTES);
    hash.update(chunk);
    written += await writeAll(handle, chunk);
  }
  return { sha256: hash.digest('hex'), bytes: written };
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<number> {
  let written = 0;
  while (written < chunk.length) {
    // A disk that fills up writes less than it was given before it fails.
    written += (await handle.write(chunk, written, chunk.length - written)).bytesWritten;
  }
  return written;
}

/** Gives the file its name whether or not the name is taken; for content-addressed files. */
export async function publish(temporary: TemporaryFile, path: string): Promise<void> {
  await inDirectoryOf(path, () => rename(temporary.path, path));
  await syncDirectory(dirname(path));
}

/** Gives the file its name unless the name is taken; of several callers exactly one gets `true`. */
export async function publishFirst(temporary: TemporaryFile, path: string): Promise<boolean> {
  try {
    await inDirectoryOf(path, () => link(temporary.path, path));
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    // A network file system may repeat a request whose answer was lost: a second link is ours.
    if ((await stat(temporary.path)).nlink < 2) return false;
  } finally {
    await discard(temporary.path);
  }
  await syncDirectory(dirname(path));
  return true;
}

async function inDirectoryOf(path: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    await makeDirectory(dirname(path));
    await act();
  }
}

/** What `read` gives, or undefined where there is no such file while `store` itself is there. */
export async function present<T>(store: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    // An unmounted store must not look like an empty one.
    await stat(store);
    return undefined;
  }
}

/** Creates a directory with its parents, each of them flushed to the disk. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  const top = dirname(first);
  for (let at = dirname(path); ; at = dirname(at)) {
    await syncDirectory(at);
    if (at === top || at === dirname(at)) return;
  }
}

async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open directories; its file systems journal names by themselves.
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes a temporary file; one that cannot be removed is garbage, not an error. */
export async function discard(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

/** Removes temporary files of processes that died more than a day ago. */
export async function discardGarbage(directory: string): Promise<void> {
  const oldest = Date.now() - GARBAGE_AGE_MS;
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const file = await stat(path).catch(() => undefined);
    if (file !== undefined && file.mtimeMs < oldest) await discard(path);
  }
}
