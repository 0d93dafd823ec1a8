/** Names of image files: `a-red-fox-in-snow-1a2b3c4d.jpg`. */
import type { ImageRef } from '../domain/artifact.ts';

const EXTENSION: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
  'image/heic': 'heic',
  'image/heif': 'heif',
  'image/bmp': 'bmp',
  'image/tiff': 'tiff',
};
const LONGEST_SLUG = 40;

/** Letters and digits of any script; the hash keeps different images apart and the same one together. */
export function imageFileName(title: string, { sha256, mime }: ImageRef): string {
  const words = title
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
  const slug = [...words.join('-')].slice(0, LONGEST_SLUG).join('').replace(/-$/, '');
  const type = mime.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return `${slug === '' ? 'image' : slug}-${sha256.slice(0, 8)}.${EXTENSION[type] ?? 'bin'}`;
}
