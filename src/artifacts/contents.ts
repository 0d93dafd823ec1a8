/**
 * The model's contents as an artifact: what an edit session sends back, byte for byte (I9). Parts
 * keep their order, flags, signatures, declared types and fields nobody knows yet; only image data
 * is replaced, by a reference to the image's own artifact.
 */
import type { ArtifactRef } from '../domain/artifact.ts';
import { isRecord } from '../domain/classify/json.ts';
import { mapStrings } from './map-strings.ts';
import type { ArtifactStore } from './store.ts';

export const CONTENTS_MIME = 'application/json';

/** The one field that is replaced, in `inlineData`; anywhere else an object of that form is the model's. */
const DATA = 'data';

/** Stands for `data` in the artifact: bytes to encode, or base64 text to take as it is. */
type DataReference = { readonly $artifact: string } | { readonly $base64: string };

interface ContentsArtifact {
  readonly version: 1;
  /** One content (`{ role, parts }`) per candidate, in order. */
  readonly contents: readonly unknown[];
}

/**
 * Each candidate's content with `{ $image: n }` for the image data named in `indexes`; undefined for
 * bodies of other shapes, which nobody sends back.
 */
export function modelContents(
  body: unknown,
  indexes: ReadonlyMap<string, number>,
  restore: (text: string) => string,
): readonly unknown[] | undefined {
  const answer = isRecord(body) && !('candidates' in body) ? body['response'] : body;
  const candidates = isRecord(answer) ? answer['candidates'] : undefined;
  if (!Array.isArray(candidates)) return undefined;
  const contents = candidates
    .map((candidate: unknown) => (isRecord(candidate) ? candidate['content'] : undefined))
    .filter(isRecord);
  if (contents.length === 0) return undefined;
  return contents.map((content) =>
    mapStrings(content, (text) => {
      const image = indexes.get(text);
      return image === undefined ? restore(text) : { $image: image };
    }),
  );
}

/** Stores contents whose images are stored already; `references[n]` replaces `{ $image: n }`. */
export async function putContents(
  store: ArtifactStore,
  contents: readonly unknown[],
  references: readonly (DataReference | undefined)[],
  signal?: AbortSignal,
): Promise<ArtifactRef> {
  const value: ContentsArtifact = { version: 1, contents };
  const text = JSON.stringify(value, (key, item: unknown) =>
    key === DATA && isRecord(item) && typeof item['$image'] === 'number'
      ? (references[item['$image']] ?? null)
      : item,
  );
  return await store.put(new TextEncoder().encode(text), CONTENTS_MIME, signal);
}

/**
 * The contents as the provider sent them, image data included: several megabytes, never for history
 * (I1). Throws what {@link ArtifactStore.get} throws.
 */
export async function readContents(store: ArtifactStore, sha256: string): Promise<readonly unknown[]> {
  const { contents } = JSON.parse(Buffer.from(await store.get(sha256)).toString('utf8')) as ContentsArtifact;
  return (await withData(store, contents)) as readonly unknown[];
}

async function withData(store: ArtifactStore, value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return await Promise.all(value.map((item) => withData(store, item)));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(async ([key, item]) => {
    const data = key === DATA && isRecord(item) ? await dataOf(store, item) : undefined;
    return [key, data ?? (await withData(store, item))] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function dataOf(store: ArtifactStore, reference: Partial<DataReference>): Promise<string | undefined> {
  const { $artifact, $base64 } = reference as { readonly [key: string]: unknown };
  if (typeof $artifact === 'string') return Buffer.from(await store.get($artifact)).toString('base64');
  if (typeof $base64 === 'string') return Buffer.from(await store.get($base64)).toString('utf8');
  return undefined;
}
