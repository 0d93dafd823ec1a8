/**
 * Puts an input image into the store before a generation starts, so that history holds a reference
 * only (I1). Light: it reads the first and last bytes' structure and loads no native code, so the
 * client may import it; pixels are decoded by `checkStoredInput` in the worker, before any call.
 *
 * Gives a reference with the type that the bytes have, and a warning where another was declared, or
 * throws {@link InputProblem}. Store failures pass through as they are.
 */
import type { ImageRef } from '../domain/artifact.ts';
import { INPUT_MIMES } from '../domain/preflight.ts';
import { imageHeader } from './image-header.ts';
import { canonicalMime } from './image-type.ts';
import { CURES, InputProblem } from './input-problem.ts';
import type { LocalInput, ReadInput } from './read-input.ts';
import { MAX_INPUT_BYTES, readInput } from './read-input.ts';
import type { ArtifactStore } from './store.ts';

export interface StoreInputOptions {
  readonly store: ArtifactStore;
  /** The request's name for this input, used in problems. @default 'inputs[0]' */
  readonly field?: string;
  /** @default 20 MiB, what a whole request may carry */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export interface StoredImage {
  readonly ref: ImageRef;
  readonly warnings: readonly string[];
}

export async function storeInput(input: LocalInput, options: StoreInputOptions): Promise<StoredImage> {
  const { store, field = 'inputs[0]', maxBytes = MAX_INPUT_BYTES, signal } = options;
  const read = await readInput(input, { store, field, maxBytes, ...(signal && { signal }) });
  return await storeImage(read, inputHeader(read), options);
}

export interface InputHeader {
  readonly mime: string;
  readonly width: number;
  readonly height: number;
}

/** Type and dimensions of bytes that Gemini would take; else throws {@link InputProblem}. */
export function inputHeader(read: ReadInput): InputHeader {
  const header = imageHeader(read.bytes);
  const foreign = header.mime !== undefined && !(INPUT_MIMES as readonly string[]).includes(header.mime);
  if (foreign) throw unsupported(read, header.mime ?? 'unknown');
  if (header.kind === 'image') return header;
  throw unreadable(read, header.problem);
}

function unsupported({ field, value }: ReadInput, mime: string): InputProblem {
  return new InputProblem({
    reason: 'mime',
    field,
    value,
    problem: `is ${mime}, which Gemini does not take`,
    allowed: INPUT_MIMES.join(', '),
    cure: CURES.convert,
  });
}

export function unreadable({ field, value }: ReadInput, problem: string): InputProblem {
  return new InputProblem({
    reason: 'bad-input',
    field,
    value,
    problem: `cannot be used: ${problem}`,
    allowed: `a whole image of type ${INPUT_MIMES.join(', ')}`,
    cure: CURES.whole,
  });
}

export async function storeImage(
  { bytes, field, value, declaredMime, stored }: ReadInput,
  { mime, width, height }: InputHeader,
  { store, signal }: StoreInputOptions,
): Promise<StoredImage> {
  const ref = stored ?? (await store.put(bytes, mime, signal));
  const lied =
    declaredMime !== undefined && canonicalMime(declaredMime) !== mime && !sameFamily(declaredMime, mime);
  const warnings = lied
    ? [`${field}: ${value} was declared ${declaredMime} but is ${mime}; sent as ${mime}`]
    : [];
  return { ref: { sha256: ref.sha256, bytes: ref.bytes, mime, width, height }, warnings };
}

/** HEIC is a HEIF; cameras and tools use either name for the same file. */
function sameFamily(declared: string, mime: string): boolean {
  const heif = ['image/heic', 'image/heif'];
  return heif.includes(canonicalMime(declared)) && heif.includes(mime);
}
