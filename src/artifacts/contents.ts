/**
 * The model's contents as an artifact: what an edit session sends back, byte for byte (I9). Parts
 * keep their order, flags, signatures, declared types and fields nobody knows yet; only image data
 * is replaced, by a reference to the image's own artifact.
 */
import type { ArtifactRef } from '../domain/artifact.ts';
import type { Json } from '../domain/classify/json.ts';
import { isRecord } from '../domain/classify/json.ts';
import { otherShape } from '../domain/response-shapes.ts';
import { mapStrings } from './map-strings.ts';
import type { ArtifactStore } from './store.ts';

export const CONTENTS_MIME = 'application/json';
const INLINE_FIELDS = ['inlineData', 'inline_data'];

/** Stands for `data` in the artifact: bytes to encode, or base64 text to take as it is. */
type DataReference = { readonly $artifact: string } | { readonly $base64: string };

interface ContentsArtifact {
  readonly version: 1;
  /** One content (`{ role, parts }`) per candidate, in order. */
  readonly contents: readonly unknown[];
}

/**
 * Each candidate's content with `{ $image: n }` for the image data named in `indexes`; undefined for
 * bodies of shapes that nobody sends back. OpenAI's are written as Gemini's: a session goes on from them.
 */
export function modelContents(
  body: unknown,
  indexes: ReadonlyMap<string, number>,
  restore: (text: string) => string,
): readonly unknown[] | undefined {
  const answer = isRecord(body) && !('candidates' in body) ? body['response'] : body;
  const other = isRecord(body) ? otherShape(body) : undefined;
  const gemini = other?.shape === 'openai' ? other.body : answer;
  const candidates = isRecord(gemini) ? gemini['candidates'] : undefined;
  if (!Array.isArray(candidates)) return undefined;
  const contents = candidates
    .map((candidate: unknown) => (isRecord(candidate) ? candidate['content'] : undefined))
    .filter(isRecord);
  if (contents.length === 0) return undefined;
  return contents.map((content) => {
    const referring = withInlineData(content, (data) => {
      const image = typeof data === 'string' ? indexes.get(data) : undefined;
      return image === undefined ? data : { $image: image };
    });
    return mapStrings(referring, restore);
  });
}

/** Stores contents whose images are stored already; `references[n]` replaces `{ $image: n }`. */
export async function putContents(
  store: ArtifactStore,
  contents: readonly unknown[],
  references: readonly (DataReference | undefined)[],
  signal?: AbortSignal,
): Promise<ArtifactRef> {
  const referring = contents.map((content) =>
    withInlineData(content, (data) => {
      const image = isRecord(data) ? data['$image'] : undefined;
      return typeof image === 'number' ? references[image] : data;
    }),
  );
  const value: ContentsArtifact = { version: 1, contents: referring };
  return await store.put(new TextEncoder().encode(JSON.stringify(value)), CONTENTS_MIME, signal);
}

/** What becomes of an image on its way back: its bytes, a file that holds them, or nothing. */
export type Placed = { readonly kind: 'inline' } | { readonly kind: 'file'; readonly uri: string } | 'gone';

const INLINE: Placed = { kind: 'inline' };

/**
 * What the model said (of several candidates the first one) as the provider sent it, image data included: several
 * megabytes, never for history (I1). Throws what {@link ArtifactStore.get} throws.
 *
 * @param place Says where an image goes by its digest, in their order. Its part keeps all else, its signature too.
 */
export async function readContent(
  store: ArtifactStore,
  sha256: string,
  place: (sha256: string) => Placed = () => INLINE,
): Promise<unknown> {
  const [first] = await referringContents(store, sha256);
  const content = placed(first, place);
  const data = new Map<unknown, string>();
  for (const reference of inlineData(content)) data.set(reference, await dataOf(store, reference));
  return withInlineData(content, (reference) => data.get(reference) ?? reference);
}

/** With references in place of image data. */
export async function referringContents(store: ArtifactStore, sha256: string): Promise<readonly unknown[]> {
  return (JSON.parse(Buffer.from(await store.get(sha256)).toString('utf8')) as ContentsArtifact).contents;
}

/** Digests of a content's images, in their order; data that is no base64 is none. */
export function imageDigests(content: unknown): readonly string[] {
  return inlineData(content)
    .map(({ $artifact }) => $artifact)
    .filter((digest) => typeof digest === 'string');
}

function placed(content: unknown, place: (sha256: string) => Placed): unknown {
  if (!isRecord(content) || !Array.isArray(content['parts'])) return content;
  const parts = content['parts'].flatMap((part: unknown) => {
    const field = isRecord(part) ? INLINE_FIELDS.find((name) => isRecord(part[name])) : undefined;
    const inline = field === undefined ? undefined : ((part as Json)[field] as Json);
    const reference = inline?.['data'];
    const digest = isRecord(reference) ? reference['$artifact'] : undefined;
    if (inline === undefined || typeof digest !== 'string') return [part];
    const to = place(digest);
    if (to === 'gone') return [];
    if (to.kind === 'inline') return [part];
    const mimeType = inline['mimeType'] ?? inline['mime_type'];
    return [renamed(part as Json, field as string, 'fileData', { mimeType, fileUri: to.uri })];
  });
  return mapFields(content, (key, value) => (key === 'parts' ? parts : value));
}

/** The same fields in the same order, one of them another. */
function renamed(json: Json, from: string, to: string, value: unknown): Json {
  return Object.fromEntries(
    Object.entries(json).map(([key, item]) => (key === from ? [to, value] : [key, item])),
  );
}

async function dataOf(store: ArtifactStore, reference: Json): Promise<string> {
  const { $artifact, $base64 } = reference;
  if (typeof $artifact === 'string') return Buffer.from(await store.get($artifact)).toString('base64');
  return Buffer.from(await store.get(String($base64))).toString('utf8');
}

function inlineData(content: unknown): readonly Json[] {
  const found: Json[] = [];
  withInlineData(content, (data) => {
    if (isRecord(data)) found.push(data);
    return data;
  });
  return found;
}

/** The same content with the data of each inline part changed, and nothing else. */
function withInlineData(content: unknown, change: (data: unknown) => unknown): unknown {
  if (!isRecord(content) || !Array.isArray(content['parts'])) return content;
  const parts = content['parts'].map((part: unknown) => {
    if (!isRecord(part)) return part;
    return mapFields(part, (key, value) =>
      INLINE_FIELDS.includes(key) && isRecord(value) && 'data' in value
        ? mapFields(value, (name, data) => (name === 'data' ? change(data) : data))
        : value,
    );
  });
  return mapFields(content, (key, value) => (key === 'parts' ? parts : value));
}

function mapFields(value: Json, change: (key: string, value: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(key, item)]));
}
