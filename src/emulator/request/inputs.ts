/**
 * Input images of a request: decoded, counted and digested. Outcomes: the images, or the 400/403 that
 * Google gives for bytes it cannot read, a type it does not take, a file it does not have or a URL it
 * cannot fetch.
 */
import sharp from 'sharp';
import { googleError, invalidArgument } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { LedgerInput } from '../ledger.ts';
import type { Pixels } from '../pixel-sizes.ts';
import { sha256 } from '../random.ts';
import type { GenerateRequest, Turn } from './read.ts';

const ACCEPTED = ['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif'];
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const FILES_HOST = 'generativelanguage.googleapis.com';

export interface InputImage extends LedgerInput {
  readonly data: Buffer;
  readonly pixels: Pixels;
}

export type ReadInputs =
  | { readonly kind: 'inputs'; readonly images: readonly InputImage[] }
  | { readonly kind: 'refused'; readonly answer: Answer };

export function fileForbidden(name: string): Answer {
  return googleError(
    403,
    'PERMISSION_DENIED',
    `You do not have permission to access the File ${name} or it may not exist.`,
  );
}

export function fileNotActive(name: string): Answer {
  return googleError(
    400,
    'FAILED_PRECONDITION',
    `The File ${name} is not in an ACTIVE state and usage is not allowed.`,
  );
}

export function urlNotFetchable(): Answer {
  return invalidArgument('Cannot fetch content from the provided URL.');
}

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

/** Digests and sizes of the inline images of one turn, without judging them. */
export function digestInputs(turn: Turn): readonly LedgerInput[] {
  return turn.parts.flatMap(({ inlineData }) => {
    if (!inlineData) return [];
    const data = Buffer.from(String(inlineData.data ?? ''), 'base64');
    return [{ sha256: sha256(data), mime: inlineData.mimeType ?? '', bytes: data.length }];
  });
}

/** How many images a request carries, whatever turn they are in. */
export function countImages(request: GenerateRequest): number {
  return request.contents.reduce(
    (sum, turn) => sum + turn.parts.filter((part) => part.inlineData ?? part.fileData).length,
    0,
  );
}

/** Reads every image of the request; returns those that the user's last turn brought. */
export async function readInputs(request: GenerateRequest, lastTurn: Turn): Promise<ReadInputs> {
  const images: InputImage[] = [];
  for (const [t, turn] of request.contents.entries()) {
    for (const [p, part] of turn.parts.entries()) {
      const field = `contents[${t}].parts[${p}].inline_data.data`;
      if (part.fileData) return { kind: 'refused', answer: refuseFile(part.fileData.fileUri ?? '') };
      if (!part.inlineData) continue;
      const read = await readImage(part.inlineData, field);
      if ('answer' in read) return { kind: 'refused', answer: read.answer };
      if (turn === lastTurn) images.push(read);
    }
  }
  return { kind: 'inputs', images };
}

function refuseFile(uri: string): Answer {
  const name = uri.split('/').at(-1) ?? uri;
  return uri.includes(FILES_HOST) || !/^https?:/.test(uri) ? fileForbidden(name) : urlNotFetchable();
}

async function readImage(
  inline: { readonly mimeType?: string; readonly data?: string },
  field: string,
): Promise<InputImage | { readonly answer: Answer }> {
  const mime = inline.mimeType ?? '';
  const text = String(inline.data ?? '');
  if (!ACCEPTED.includes(mime)) return { answer: invalidArgument(`Unsupported MIME type: ${mime}`) };
  if (!BASE64.test(text)) return { answer: badBase64(field, text) };
  const data = Buffer.from(text, 'base64');
  const pixels = await decodedPixels(data, mime);
  return pixels
    ? { data, pixels, mime, bytes: data.length, sha256: sha256(data) }
    : { answer: unreadableImage() };
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
