/**
 * The bytes of an input image that is at hand: a file, bytes, base64 text, or an artifact. The size
 * is checked before bytes are read or decoded, so that a wrong path cannot fill the memory.
 *
 * Paths are for the process that the caller runs; an activity never reads a path that came by request.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { ArtifactRef } from '../domain/artifact.ts';
import { INLINE_LIMIT_BYTES } from '../domain/preflight.ts';
import { decodeBase64 } from './base64.ts';
import { ArtifactCorrupt, ArtifactMissing } from './errors.ts';
import { canonicalMime, mimeOfName } from './image-type.ts';
import { CURES, InputProblem } from './input-problem.ts';
import type { ArtifactStore } from './store.ts';

/** A whole request may carry this much, so no single input can be larger. */
export const MAX_INPUT_BYTES = INLINE_LIMIT_BYTES;

export type LocalInput =
  | { readonly path: string }
  | { readonly bytes: Uint8Array; readonly mime?: string }
  /** Plain or with line breaks; a `data:` URL is taken too. */
  | { readonly base64: string; readonly mime?: string }
  /** SHA-256 of an artifact: an image made before, or an input stored before. */
  | { readonly artifact: string };

export interface ReadInput {
  readonly bytes: Uint8Array;
  /** `inputs[1].path` */
  readonly field: string;
  /** What was given, in words. */
  readonly value: string;
  readonly declaredMime?: string;
  /** Present when the bytes came from the store. */
  readonly stored?: ArtifactRef;
}

export interface ReadOptions {
  readonly store: ArtifactStore;
  readonly field: string;
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export async function readInput(input: LocalInput, options: ReadOptions): Promise<ReadInput> {
  if ('path' in input) return await readPath(input.path, options);
  if ('artifact' in input) return await readArtifact(input.artifact, options);
  const declared = input.mime === undefined ? {} : { declaredMime: input.mime };
  if ('base64' in input) return { ...declared, ...readBase64(input.base64, options) };
  const { bytes } = input;
  const field = `${options.field}.bytes`;
  if (bytes.length > options.maxBytes) throw tooLarge(field, 'an array', bytes.length, options.maxBytes);
  return { bytes, field, value: `${bytes.length} bytes`, ...declared };
}

async function readPath(path: string, options: ReadOptions): Promise<ReadInput> {
  const field = `${options.field}.path`;
  let handle: FileHandle | undefined;
  try {
    // A pipe without a writer would otherwise hold the caller for ever.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const file = await handle.stat();
    if (!file.isFile()) throw unusable(field, path, 'is not a regular file');
    if (file.size > options.maxBytes) throw tooLarge(field, path, file.size, options.maxBytes);
    const bytes = await handle.readFile(options.signal === undefined ? {} : { signal: options.signal });
    // It may have grown since it was measured.
    if (bytes.length > options.maxBytes) throw tooLarge(field, path, bytes.length, options.maxBytes);
    const declaredMime = mimeOfName(path);
    return { bytes, field, value: path, ...(declaredMime && { declaredMime }) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const problem = PATH_PROBLEMS[code];
    throw problem === undefined ? error : unusable(field, path, problem, error);
  } finally {
    await handle?.close();
  }
}

const PATH_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EISDIR: 'is not a regular file',
  ENXIO: 'is not a regular file',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ELOOP: 'is a symbolic link without an end',
  ENAMETOOLONG: 'is too long for a path',
  ERR_INVALID_ARG_VALUE: 'is not a path',
  EIO: 'cannot be read: the disk reports errors',
};

async function readArtifact(sha256: string, options: ReadOptions): Promise<ReadInput> {
  const field = `${options.field}.artifact`;
  const { store, maxBytes, signal } = options;
  const stored = await store.stat(sha256);
  if (stored !== undefined && stored.bytes > maxBytes) throw tooLarge(field, sha256, stored.bytes, maxBytes);
  try {
    return { bytes: await store.get(sha256, signal), field, value: sha256, ...(stored && { stored }) };
  } catch (error) {
    if (error instanceof ArtifactMissing) throw unusable(field, sha256, 'is not in the store', error);
    if (error instanceof ArtifactCorrupt) throw unusable(field, sha256, 'is damaged in the store', error);
    throw error;
  }
}

const DATA_URL = /^data:([^,]*?)(;base64)?,/i;

function readBase64(text: string, { field: parent, maxBytes }: ReadOptions): Omit<ReadInput, 'stored'> {
  const field = `${parent}.base64`;
  const value = `text of ${text.length} characters`;
  const [prefix = '', mime = '', encoding] = DATA_URL.exec(text.slice(0, 1000)) ?? [];
  if (prefix !== '' && encoding === undefined) throw unusable(field, value, 'is a data: URL without ;base64');
  const body = text.slice(prefix.length).replace(/\s+/g, '');
  const bytes = (body.length * 3) / 4;
  if (bytes > maxBytes + 3) throw tooLarge(field, value, bytes, maxBytes);
  const decoded = decodeBase64(Buffer.from(body));
  if (decoded === undefined) throw unusable(field, value, 'is not base64');
  return { bytes: decoded, field, value, ...(mime !== '' && { declaredMime: canonicalMime(mime) }) };
}

function tooLarge(field: string, value: string, bytes: number, maxBytes: number): InputProblem {
  return new InputProblem({
    reason: 'too-large',
    field,
    value,
    problem: `has ${mebibytes(bytes)}`,
    allowed: `at most ${mebibytes(maxBytes)}`,
    cure: CURES.smaller,
  });
}

function mebibytes(bytes: number): string {
  return bytes < 1024 * 1024 ? `${bytes} bytes` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

function unusable(field: string, value: string, problem: string, cause?: unknown): InputProblem {
  return new InputProblem(
    {
      reason: 'bad-input',
      field,
      value,
      problem,
      allowed: 'a readable image',
      cure: 'correct the field, or give the bytes of the image',
    },
    { cause },
  );
}
