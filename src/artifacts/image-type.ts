/** What bytes are, by their first bytes; declared types lie (a JPEG named PNG is common). */

/** Enough bytes to recognise anything below. */
export const SNIFF_BYTES = 512;

const HEIC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];
const HEIF_BRANDS = ['mif1', 'msf1', 'mif2'];
const AVIF_BRANDS = ['avif', 'avis'];

const MAGIC: readonly (readonly [mime: string, at: number, magic: string])[] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF87a'],
  ['image/gif', 0, 'GIF89a'],
  ['image/webp', 8, 'WEBP'],
  ['image/tiff', 0, 'II*\0'],
  ['image/tiff', 0, 'MM\0*'],
  ['image/bmp', 0, 'BM'],
  ['image/jxl', 0, '\0\0\0\x0cJXL '],
  ['image/jxl', 0, '\xff\x0a'],
  ['application/pdf', 0, '%PDF-'],
];

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

/** The media type of what is known by sight; undefined for the rest. `bytes` may be the beginning only. */
export function sniffMime(bytes: Uint8Array): string | undefined {
  const box = latin1(bytes, 4, 8);
  if (box === 'ftyp') return brandMime(bytes);
  const known = MAGIC.find(([, at, magic]) => latin1(bytes, at, at + magic.length) === magic);
  if (known?.[0] === 'image/webp' && latin1(bytes, 0, 4) !== 'RIFF') return undefined;
  return known?.[0] ?? textMime(latin1(bytes, 0, Math.min(bytes.length, SNIFF_BYTES)));
}

/** HEIC, HEIF and AVIF share a container; the brands say which codec is inside. */
function brandMime(bytes: Uint8Array): string | undefined {
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const list = latin1(bytes, 8, Math.min(size, bytes.length, SNIFF_BYTES));
  // The minor version stands between the major brand and the compatible ones.
  const brands = [list.slice(0, 4), ...(list.slice(8).match(/.{4}/gs) ?? [])];
  if (brands.some((brand) => AVIF_BRANDS.includes(brand))) return 'image/avif';
  if (brands.some((brand) => HEIC_BRANDS.includes(brand))) return 'image/heic';
  if (brands.some((brand) => HEIF_BRANDS.includes(brand))) return 'image/heif';
  return undefined;
}

function textMime(text: string): string | undefined {
  const start = text.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (/^(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/is.test(start))
    return 'image/svg+xml';
  if (/^(<!doctype html|<html|<head|<body)/i.test(start)) return 'text/html';
  if (/^[{[]/.test(start)) return 'application/json';
  return undefined;
}

/** `image/jpg`, `Image/JPEG; q=1` and the like as the registered name. */
export function canonicalMime(mime: string): string {
  const bare = (mime.split(';')[0] ?? '').trim().toLowerCase();
  return bare === 'image/jpg' || bare === 'image/pjpeg'
    ? 'image/jpeg'
    : bare === 'image/x-png'
      ? 'image/png'
      : bare;
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  heif: 'image/heif',
  avif: 'image/avif',
};

/** What a file's name claims to be; undefined when it claims nothing. */
export function mimeOfName(name: string): string | undefined {
  return EXTENSIONS[(/\.([a-z]+)$/i.exec(name)?.[1] ?? '').toLowerCase()];
}
