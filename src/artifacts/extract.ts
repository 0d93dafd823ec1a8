/**
 * From a stored response to stored images (I2): reads the raw body from the store, takes it apart,
 * decodes every image to its last pixel and stores each one. Repeatable without another call, and
 * repeating it stores nothing twice.
 *
 * The last image part is the final image and the ones before are drafts, as `readResponse` tells.
 * Whether the answer counts as delivered is the classifier's verdict, from `bodyForClassifier` and
 * `checks`; an answer without an image, or no answer of Gemini's at all, is a result like any other.
 *
 * Throws {@link StoreUnavailable}, {@link ArtifactMissing} and {@link ArtifactCorrupt} only.
 */
import type { ArtifactRef, ImageRef } from '../domain/artifact.ts';
import type { Usage } from '../domain/cost.ts';
import type { ImageCheck } from '../domain/evidence.ts';
import { putContents } from './contents.ts';
import { examineImage } from './examine-image.ts';
import { imageHeader } from './image-header.ts';
import type { ArtifactStore } from './store.ts';
import type { Unpacked, UnpackedImage } from './unpack.ts';
import { LARGE_BYTES, takingTurns, unpackOffLoop } from './unpack-pool.ts';

/** References and words; what an activity hands on of it is the activity's choice (I1). */
export interface Extraction {
  /** The final image; empty where there is none or it cannot be decoded. */
  readonly images: readonly ImageRef[];
  /** Thinking images and those before the last, where they can be decoded. */
  readonly drafts: readonly ImageRef[];
  /** Words for the reader without thoughts, each cut to 2,000 characters; whole in `contents`. */
  readonly texts: readonly string[];
  /** One per image part, for the classifier. */
  readonly checks: readonly ImageCheck[];
  /** SHA-256 of the model's contents, part by part, with signatures: see `readContent`. */
  readonly contents?: string;
  readonly usage?: Usage;
  readonly modelVersion?: string;
  readonly responseId?: string;
  readonly finishReason?: string;
  /** The body with image data and signatures replaced by `<image 1048576 bytes>` and the like. */
  readonly bodyForClassifier: unknown;
}

/** @param sha256 The raw response as the provider sent it. */
export async function extractResponse(
  store: ArtifactStore,
  sha256: string,
  signal?: AbortSignal,
): Promise<Extraction> {
  const extract = async (): Promise<Extraction> => {
    const raw = (await store.get(sha256, signal)) as Uint8Array<ArrayBuffer>;
    const { images, contents, body, ...told } = await unpackOffLoop(raw, signal);
    const stored = await storeImages(store, images, signal);
    return {
      ...told,
      images: stored.flatMap(({ final, ref }) => (final && ref !== undefined ? [ref] : [])),
      drafts: stored.flatMap(({ final, ref }) => (!final && ref !== undefined ? [ref] : [])),
      checks: stored.map(({ check }) => check),
      ...(contents === undefined ? {} : { contents: await storeContents(store, contents, stored, signal) }),
      bodyForClassifier: body,
    };
  };
  const known = await store.stat(sha256);
  return (known?.bytes ?? 0) > LARGE_BYTES ? await takingTurns(extract, signal) : await extract();
}

interface StoredImagePart {
  readonly final: boolean;
  readonly check: ImageCheck;
  /** The bytes in the store, an image or not. */
  readonly artifact?: ArtifactRef;
  readonly ref?: ImageRef;
  /** The data string, where encoding the bytes would not give it back. */
  readonly written?: ArtifactRef;
}

/** One after the other, each forgotten once it is stored. */
async function storeImages(
  store: ArtifactStore,
  images: Unpacked['images'],
  signal?: AbortSignal,
): Promise<readonly StoredImagePart[]> {
  const left = [...images].reverse();
  const stored: StoredImagePart[] = [];
  for (let image = left.pop(); image !== undefined; image = left.pop()) {
    stored.push(await storeImage(store, image, signal));
  }
  return stored;
}

async function storeImage(
  store: ArtifactStore,
  { candidate, part, final, bytes, problem, written: text, declaredMime }: UnpackedImage,
  signal?: AbortSignal,
): Promise<StoredImagePart> {
  const place = { candidate, part };
  const verbatim =
    text === undefined ? {} : { written: await store.put(Buffer.from(text), 'text/plain', signal) };
  if (bytes === undefined) {
    return {
      final,
      ...verbatim,
      check: { ...place, ok: false, problem: problem ?? 'there is no image data' },
    };
  }
  const header = imageHeader(bytes);
  const mime = header.mime ?? (declaredMime === '' ? 'application/octet-stream' : declaredMime);
  // A draft is never delivered: its structure will do, and decoding it would double the work.
  const [examined, artifact] = await Promise.all([
    final ? examineImage(bytes) : header,
    store.put(bytes, mime, signal),
  ]);
  if (examined.kind === 'problem') {
    return { final, ...verbatim, artifact, check: { ...place, ok: false, problem: examined.problem } };
  }
  const { width, height } = examined;
  return { final, ...verbatim, artifact, ref: { ...artifact, width, height }, check: { ...place, ok: true } };
}

async function storeContents(
  store: ArtifactStore,
  contents: readonly unknown[],
  stored: readonly StoredImagePart[],
  signal?: AbortSignal,
): Promise<string> {
  const references = stored.map(({ artifact, written }) => {
    if (written !== undefined) return { $base64: written.sha256 };
    return artifact && { $artifact: artifact.sha256 };
  });
  return (await putContents(store, contents, references, signal)).sha256;
}
