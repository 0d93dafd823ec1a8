/**
 * Takes a stored response apart: its images as bytes, everything else small. Synchronous and total;
 * for large bodies it runs in a thread (`unpack-pool.ts`), so what goes in and out can be posted.
 */
import type { Usage } from '../domain/cost.ts';
import type { ImagePart } from '../domain/response-part.ts';
import type { ResponseParts } from '../domain/response-parts.ts';
import { readResponse } from '../domain/response-parts.ts';
import { decodeBase64, isCanonicalBase64 } from './base64.ts';
import { modelContents } from './contents.ts';
import { LongStrings } from './long-strings.ts';
import { mapStrings } from './map-strings.ts';

export interface UnpackedImage {
  readonly candidate: number;
  readonly part: number;
  readonly thought: boolean;
  /** The one to deliver. */
  readonly final: boolean;
  /** As the provider declared it; it may lie, and relays leave it empty. */
  readonly declaredMime: string;
  /** Absent where the part has no decodable data; `problem` says why. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly problem?: string;
  /** The data string as the provider sent it, where encoding `bytes` again would not give the same text. */
  readonly written?: string;
}

export interface Unpacked {
  readonly images: readonly UnpackedImage[];
  /** Words for the reader, each cut. */
  readonly texts: readonly string[];
  /** What the model said, part by part, with `{ $image: n }` for the data of `images[n]`. */
  readonly contents?: readonly unknown[];
  /** The body with images and signatures replaced by short words. */
  readonly body: unknown;
  readonly usage?: Usage;
  readonly modelVersion?: string;
  readonly responseId?: string;
  readonly finishReason?: string;
}

export const LONGEST_TEXT = 2_000;
const LONGEST_NAME = 200;
/** Of a body that is not JSON: a page of megabytes is no evidence beyond its beginning. */
const LONGEST_PLAIN_BODY = 64 * 1024;

export function unpack(bytes: Uint8Array): Unpacked {
  const long = new LongStrings(bytes);
  const parts = readResponse(long.body);
  const images = parts.images.map((part) => unpackImage(part, long, part === parts.final));
  const contents = modelContents(long.body, dataIndexes(parts), (text) => long.restore(text));
  const { modelVersion, responseId } = parts;
  const finishReason = parts.candidates[0]?.finishReason;
  return {
    images,
    texts: parts.texts.map(({ text }) => cut(long.restore(text), LONGEST_TEXT)),
    body: slimBody(long, parts, images),
    ...(contents === undefined ? {} : { contents }),
    ...(parts.usageMetadata === undefined ? {} : { usage: usageOf(parts.usageMetadata) }),
    ...(modelVersion === undefined ? {} : { modelVersion: cut(modelVersion, LONGEST_NAME) }),
    ...(responseId === undefined ? {} : { responseId: cut(responseId, LONGEST_NAME) }),
    ...(finishReason === undefined ? {} : { finishReason: cut(finishReason, LONGEST_NAME) }),
  };
}

function unpackImage(image: ImagePart, long: LongStrings, final: boolean): UnpackedImage {
  const { candidate, part, thought, source } = image;
  const base = { candidate, part, thought, final, declaredMime: source.mime };
  if (source.kind === 'uri') {
    return { ...base, problem: 'the image came as a link, which is not followed' };
  }
  const literal = long.find(source.data) ?? Buffer.from(source.data);
  const plain = decodeBase64(literal);
  if (plain !== undefined && plain.length > 0 && isCanonicalBase64(literal, plain))
    return { ...base, bytes: plain };
  // JSON may write a slash as \/, and some relays do; base64 may be broken into lines.
  const written = long.restore(source.data);
  if (written === '') return { ...base, problem: 'the image part has no data' };
  const bytes = decodeBase64(Buffer.from(written.replace(/\s+/g, '')));
  if (bytes === undefined) return { ...base, problem: 'the image data is not base64', written };
  return { ...base, bytes, ...(isCanonicalBase64(Buffer.from(written), bytes) ? {} : { written }) };
}

/** From the very data string of the body to the image that it became. */
function dataIndexes({ images }: ResponseParts): ReadonlyMap<string, number> {
  const indexes = images.map(({ source }, n) => [source.kind === 'inline' ? source.data : '', n] as const);
  return new Map(indexes.filter(([data]) => data !== ''));
}

/** Signatures are as opaque as images, and as long; the classifier reads neither. */
function slimBody(long: LongStrings, parts: ResponseParts, images: readonly UnpackedImage[]): unknown {
  const words = new Map<string, string>();
  for (const { thoughtSignature } of parts.parts) {
    const literal = thoughtSignature === undefined ? undefined : long.find(thoughtSignature);
    if (literal !== undefined) words.set(thoughtSignature ?? '', `<signature ${literal.length} characters>`);
  }
  for (const [data, n] of dataIndexes(parts)) {
    const { bytes } = images[n] ?? {};
    const literal = long.find(data);
    if (bytes !== undefined) words.set(data, `<image ${bytes.length} bytes>`);
    else if (literal !== undefined) words.set(data, `<${literal.length} characters that are not base64>`);
  }
  const shortened = (text: string): string =>
    words.get(text) ?? long.restore(text, (mark) => words.get(mark) ?? long.restore(mark));
  if (typeof long.body === 'string') return shortened(long.body).slice(0, LONGEST_PLAIN_BODY);
  return mapStrings(long.body, shortened);
}

function usageOf(metadata: Readonly<Record<string, unknown>>): Usage {
  const count = (name: string): number | undefined => {
    const value = metadata[name];
    return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
  };
  const { candidatesTokensDetails: details } = metadata;
  const image = (Array.isArray(details) ? (details as unknown[]) : [])
    .filter((item): item is { tokenCount: number } => isImageTokens(item))
    .reduce<number | undefined>((sum, { tokenCount }) => (sum ?? 0) + tokenCount, undefined);
  const usage = {
    promptTokenCount: count('promptTokenCount'),
    candidatesTokenCount: count('candidatesTokenCount'),
    thoughtsTokenCount: count('thoughtsTokenCount'),
    totalTokenCount: count('totalTokenCount'),
    imageTokenCount: image,
  };
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== undefined));
}

function isImageTokens(item: unknown): boolean {
  const { modality, tokenCount } = (item ?? {}) as Readonly<Record<string, unknown>>;
  return modality === 'IMAGE' && typeof tokenCount === 'number' && tokenCount >= 0;
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
