/**
 * Input images of a request: decoded, counted and digested. Outcomes: the images, or the 400/403 that
 * Google gives for bytes it cannot read, a type it does not take, a file it does not have or a URL it
 * cannot fetch.
 */
import sharp from 'sharp';
import { invalidArgument } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { LedgerHistory, LedgerInput } from '../ledger.ts';
import type { Pixels } from '../pixel-sizes.ts';
import { sha256 } from '../random.ts';
import { fileOf } from './files.ts';
import type { FileAccess } from './files.ts';
import type { GenerateRequest, RequestPart, Turn } from './read.ts';

const ACCEPTED = ['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif'];
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

export interface InputImage extends LedgerInput {
  readonly data: Buffer;
  readonly pixels: Pixels;
}

export type ReadInputs =
  | { readonly kind: 'inputs'; readonly images: readonly InputImage[] }
  | { readonly kind: 'refused'; readonly answer: Answer };

export function unreadableImage(): Answer {
  return invalidArgument(
    'Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
  );
}

function badBase64(field: string, data: string): Answer {
  const description = `Invalid value at '${field}' (TYPE_BYTES), Base64 decoding failed for "${data.slice(0, 40)}"`;
  return invalidArgument(description, [
    { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field, description }] },
  ]);
}

/** Digests and sizes of the images of one turn, inline or in files, without judging them. */
export function digestInputs(turn: Turn, files: FileAccess): readonly LedgerInput[] {
  return turn.parts.flatMap((part) => {
    const source = sourceOf(part, '', files);
    return source && 'data' in source ? [about(source)] : [];
  });
}

/** How many images a request carries, whatever turn they are in. */
export function countImages(request: GenerateRequest): number {
  return request.contents.reduce(
    (sum, turn) => sum + turn.parts.filter((part) => part.inlineData ?? part.fileData).length,
    0,
  );
}

/** What came before the user's last turn; undefined where nothing did. */
export function historyBefore({ contents }: GenerateRequest): LedgerHistory | undefined {
  if (contents.length < 2) return undefined;
  const parts = contents.slice(0, -1).flatMap((turn) => turn.parts);
  return {
    contents: contents.length - 1,
    images: parts.filter((part) => part.inlineData ?? part.fileData).length,
    inFiles: parts.filter((part) => part.fileData !== undefined).length,
    signatures: parts.filter((part) => (part.thoughtSignature ?? '') !== '').length,
  };
}

/** Reads every image of the request; returns those that the user's last turn brought. */
export async function readInputs(
  request: GenerateRequest,
  lastTurn: Turn,
  files: FileAccess,
): Promise<ReadInputs> {
  const images: InputImage[] = [];
  for (const [t, turn] of request.contents.entries()) {
    for (const [p, part] of turn.parts.entries()) {
      const source = sourceOf(part, `contents[${t}].parts[${p}].inline_data.data`, files);
      if (!source) continue;
      const read = 'answer' in source ? source : await readImage(source);
      if ('answer' in read) return { kind: 'refused', answer: read.answer };
      if (turn === lastTurn) images.push(read);
    }
  }
  return { kind: 'inputs', images };
}

/** The bytes of a part before they are judged, or why there are none. */
interface Source {
  readonly mime: string;
  readonly data: Buffer;
  readonly file?: string;
  /** The base64 that was none. */
  readonly broken?: Answer;
}

function sourceOf(
  { inlineData, fileData }: RequestPart,
  field: string,
  files: FileAccess,
): Source | { readonly answer: Answer } | undefined {
  if (fileData) {
    const found = fileOf(fileData.fileUri ?? '', files);
    if ('answer' in found) return found;
    return { mime: fileData.mimeType ?? found.mimeType, data: found.bytes, file: found.id };
  }
  if (!inlineData) return undefined;
  const text = String(inlineData.data ?? '');
  return {
    mime: inlineData.mimeType ?? '',
    data: Buffer.from(text, 'base64'),
    ...(BASE64.test(text) ? {} : { broken: badBase64(field, text) }),
  };
}

function about({ mime, data, file }: Source): LedgerInput {
  return { sha256: sha256(data), mime, bytes: data.length, ...(file === undefined ? {} : { file }) };
}

export async function readImage(source: Source): Promise<InputImage | { readonly answer: Answer }> {
  const { mime, data, broken } = source;
  if (!ACCEPTED.includes(mime)) return { answer: invalidArgument(`Unsupported MIME type: ${mime}`) };
  if (broken) return { answer: broken };
  const pixels = await decodedPixels(data, mime);
  return pixels ? { ...about(source), data, pixels } : { answer: unreadableImage() };
}

const checked = new Map<string, Pixels | undefined>();
const CHECKED_LIMIT = 1000;

/** Decodes the whole image once per content; a cut-off file has a fine header and no end. */
async function decodedPixels(data: Buffer, mime: string): Promise<Pixels | undefined> {
  const digest = sha256(data);
  if (checked.has(digest)) return checked.get(digest);
  const pixels = await decode(data, mime);
  if (checked.size >= CHECKED_LIMIT) checked.clear();
  checked.set(digest, pixels);
  return pixels;
}

async function decode(data: Buffer, mime: string): Promise<Pixels | undefined> {
  // HEIC needs a licensed decoder that sharp does not ship: its box header must do.
  if (mime === 'image/heic' || mime === 'image/heif') {
    return data.subarray(4, 8).toString('latin1') === 'ftyp' ? { width: 1024, height: 1024 } : undefined;
  }
  try {
    const image = sharp(data, { failOn: 'truncated', limitInputPixels: false });
    const { info } = await image
      .resize(16, 16, { fit: 'inside' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height } = await sharp(data, { limitInputPixels: false }).metadata();
    return info.size > 0 ? { width, height } : undefined;
  } catch {
    return undefined;
  }
}
