/**
 * The directory of a bulk: its id, its results, its images. One process at a time works in it; what a killed one
 * left is taken over.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { CommandFailed } from '../report.ts';
import { UsageError } from '../usage-error.ts';
import { ResultsFile } from './results-file.ts';

export interface Folder {
  readonly path: string;
  /** Of the bulk. */
  readonly id: string;
  readonly results: ResultsFile;
  close(): Promise<void>;
}

const ID_FILE = 'bulk.json';
const LOCK_FILE = '.lock';
export const RESULTS_FILE = 'results.jsonl';
export const IMAGE_FOLDER = 'images';
export const PREVIEW_FOLDER = 'previews';

/** Throws {@link UsageError} where another process works in it, and where it is another bulk's. */
export async function openFolder(path: string, givenId: string | undefined): Promise<Folder> {
  try {
    await mkdir(path, { recursive: true });
    await lock(join(path, LOCK_FILE), path);
  } catch (error) {
    throw asFailure(error, path);
  }
  try {
    await removePartials(path);
    const id = await idOf(path, givenId);
    const results = await ResultsFile.open(join(path, RESULTS_FILE));
    const close = async (): Promise<void> => {
      await results.close();
      await rm(join(path, LOCK_FILE), { force: true });
    };
    return { path, id, results, close };
  } catch (error) {
    await rm(join(path, LOCK_FILE), { force: true });
    throw asFailure(error, path);
  }
}

/** Files that a killed run was about to rename: behind the lock they are nobody's. */
async function removePartials(path: string): Promise<void> {
  for (const folder of [IMAGE_FOLDER, PREVIEW_FOLDER]) {
    const names = await readdir(join(path, folder)).catch(() => []);
    for (const name of names)
      if (name.endsWith('.partial')) await rm(join(path, folder, name), { force: true });
  }
}

/** Kept before anything is started, so that a later run finds it again. */
async function idOf(path: string, given: string | undefined): Promise<string> {
  const file = join(path, ID_FILE);
  const before = await readOrNothing(file);
  if (before === undefined) {
    const id = given ?? randomUUID();
    await create(file, `${JSON.stringify({ id })}\n`);
    return id;
  }
  const { id } = asObject(before);
  if (typeof id !== 'string') throw new UsageError(`--out: ${file} has no id: give another directory`);
  if (given !== undefined && given !== id)
    throw new UsageError(`--id: ${path} belongs to bulk ${id}: leave --id out, or give another --out`);
  return id;
}

async function lock(file: string, path: string): Promise<void> {
  const mine = JSON.stringify({ pid: process.pid, host: hostname() });
  for (;;) {
    if (await create(file, mine)) return;
    const { pid, host } = asObject((await readOrNothing(file)) ?? '{}');
    const mayRun = host !== hostname() || (typeof pid === 'number' && pid !== process.pid && isAlive(pid));
    if (mayRun) {
      throw new UsageError(
        `--out: process ${String(pid)} on ${String(host)} works in ${path}: wait for it, or remove ${file} if it does not`,
      );
    }
    await rm(file, { force: true });
  }
}

/** Whole or not at all, and only where there is none; resolves with whether it was created. */
async function create(file: string, text: string): Promise<boolean> {
  const partial = `${file}.${process.pid}.partial`;
  await writeFile(partial, text);
  try {
    await link(partial, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(partial, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function readOrNothing(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function asObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function asFailure(error: unknown, path: string): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  return new CommandFailed(`cannot work in ${path} (${message}): choose another --out`, { cause: error });
}
