/**
 * What an image says of itself at its beginning and by its structure: type, dimensions, and whether
 * it reaches its own end. Pure JavaScript, cheap, and blind to damaged pixels: those are found by
 * `examineImage` in a worker.
 */
import { imageSize } from 'image-size';
import { sniffMime } from './image-type.ts';

export type ImageHeader =
  | { readonly kind: 'image'; readonly mime: string; readonly width: number; readonly height: number }
  | { readonly kind: 'problem'; readonly problem: string; readonly mime?: string };

const CUT_SHORT = 'it is cut short: its end is missing';

/** @param mime What `sniffMime` said, when the caller has asked already. */
export function imageHeader(bytes: Uint8Array, mime = sniffMime(bytes)): ImageHeader {
  if (bytes.length === 0) return { kind: 'problem', problem: 'it is empty (0 bytes)' };
  if (mime === undefined) return { kind: 'problem', problem: 'its bytes are not an image of a known type' };
  if (!mime.startsWith('image/'))
    return { kind: 'problem', mime, problem: `its bytes are ${mime}, not an image` };
  if (ENDS[mime]?.(bytes) === false) return { kind: 'problem', mime, problem: CUT_SHORT };
  try {
    const { width, height } = imageSize(bytes);
    if (width > 0 && height > 0) return { kind: 'image', mime, width, height };
  } catch {
    // The parser's words name its own functions, not the file's fault.
  }
  return { kind: 'problem', mime, problem: 'its header is damaged or cut short' };
}

/** Whether the bytes reach the end that their own structure promises. */
const ENDS: Readonly<Record<string, (bytes: Uint8Array) => boolean>> = {
  'image/png': pngEnds,
  'image/jpeg': jpegEnds,
  'image/webp': webpEnds,
  'image/gif': (bytes) => bytes.at(-1) === 0x3b,
  'image/heic': boxesEnd,
  'image/heif': boxesEnd,
  'image/avif': boxesEnd,
};

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function fourCharacters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/** A decoder accepts a PNG without its last chunk, and so without knowing that it was the last. */
function pngEnds(bytes: Uint8Array): boolean {
  const data = view(bytes);
  for (let at = 8; at + 12 <= bytes.length; at += 12 + data.getUint32(at)) {
    if (fourCharacters(bytes, at + 4) === 'IEND') return true;
  }
  return false;
}

/** The end marker, or zeros and a maker's trailer behind it. */
function jpegEnds(bytes: Uint8Array): boolean {
  for (let at = bytes.lastIndexOf(0xd9); at > 0; at = bytes.lastIndexOf(0xd9, at - 1)) {
    if (bytes[at - 1] === 0xff) return true;
  }
  return false;
}

function webpEnds(bytes: Uint8Array): boolean {
  return bytes.length >= 12 && bytes.length >= 8 + view(bytes).getUint32(4, true);
}

/** ISO media files are boxes side by side; the last one may run to the end of the file. */
function boxesEnd(bytes: Uint8Array): boolean {
  const data = view(bytes);
  let at = 0;
  while (at + 8 <= bytes.length) {
    const size = data.getUint32(at);
    if (size === 0) return true;
    const whole = size === 1 ? (at + 16 <= bytes.length ? Number(data.getBigUint64(at + 8)) : 0) : size;
    if (whole < 8) return false;
    at += whole;
  }
  return at === bytes.length;
}
