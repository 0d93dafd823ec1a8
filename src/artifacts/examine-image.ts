/**
 * Whether bytes are a whole image: every pixel is decoded once, in libvips' own threads and in
 * strips, so neither the event loop nor memory pays for a 4K image. Never rejects: what is wrong
 * with the bytes is the answer.
 *
 * Loads native code; what a client imports must use `image-header.ts` instead.
 */
import type { ImageHeader } from './image-header.ts';
import { imageHeader } from './image-header.ts';
import { sniffMime } from './image-type.ts';

const DECODED = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif'];
/** Images by their structure alone: their codec is not decoded here. */
const BY_STRUCTURE = ['image/heic', 'image/heif'];
const DECODE_LIMIT_SECONDS = 60;
/** Decoding for its own sake: the smaller the output, the less is kept. */
const THUMB = 8;

export async function examineImage(bytes: Uint8Array): Promise<ImageHeader> {
  const mime = sniffMime(bytes);
  const header = imageHeader(bytes, mime);
  if (header.kind === 'problem') return header;
  if (BY_STRUCTURE.includes(header.mime)) return header;
  if (!DECODED.includes(header.mime)) {
    return { kind: 'problem', mime: header.mime, problem: `${header.mime} is not decoded here` };
  }
  try {
    const { default: sharp } = await import('sharp');
    // Shrinking while loading would skip most of the pixels, and with them most of the damage.
    await sharp(bytes, { failOn: 'error', sequentialRead: true })
      .timeout({ seconds: DECODE_LIMIT_SECONDS })
      .resize(THUMB, THUMB, { fit: 'fill', fastShrinkOnLoad: false })
      .raw()
      .toBuffer();
    return header;
  } catch (error) {
    const [first = 'unknown'] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { kind: 'problem', mime: header.mime, problem: `it cannot be decoded: ${first}` };
  }
}
