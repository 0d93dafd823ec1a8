/**
 * A smaller copy of an image for sending as an input: large inputs are what slow calls and timeouts
 * are cured by (recovery guides: "compress inputs to < 4 MB"), and models look at no more pixels than
 * this keeps. Decoded and encoded in libvips' own threads, so the event loop does not pay.
 *
 * Loads native code; what a client imports must not use it.
 */
import { imageHeader } from './image-header.ts';
import { unreadable } from './store-input.ts';

export const SMALL_INPUT_BYTES = 4 * 1024 * 1024;
export const SMALL_INPUT_SIDE = 2048;
/** The first that is small enough is taken; below the last, lines and letters begin to suffer. */
const QUALITIES = [85, 75, 65, 60] as const;
/** HEIC is not among them: its codec is not decoded here. An SVG would be drawn, not decoded. */
const DECODED = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif'];
const DECODE_LIMIT_SECONDS = 60;

export interface ShrinkLimits {
  /** @default 4 MiB */
  readonly maxBytes?: number;
  /** The longest side, in pixels. @default 2048 */
  readonly maxSide?: number;
  /** The request's name for this input, used in problems. @default 'inputs[0]' */
  readonly field?: string;
}

export interface ShrunkImage {
  readonly bytes: Uint8Array;
  /** WebP where there is transparency to keep. */
  readonly mime: 'image/jpeg' | 'image/webp';
  readonly width: number;
  readonly height: number;
}

/**
 * The image within the limits, upright as its EXIF orientation says, in sRGB and without metadata; of
 * an animation its first picture. Noise that no quality brings below `maxBytes` is as small as the
 * lowest makes it.
 *
 * Undefined where the image should be sent as it is: it is within the limits, it cannot be decoded here
 * (HEIC, HEIF), or the copy would not be smaller than the original. Throws {@link InputProblem} for
 * bytes that are no whole image.
 *
 * @param mime What the bytes are said to be, for the words of a problem; what they are is looked at.
 */
export async function shrinkImage(
  bytes: Uint8Array,
  mime: string,
  limits: ShrinkLimits = {},
): Promise<ShrunkImage | undefined> {
  const { maxBytes = SMALL_INPUT_BYTES, maxSide = SMALL_INPUT_SIDE, field = 'inputs[0]' } = limits;
  const problem = (what: string) =>
    unreadable({ bytes, field, value: `${mime} of ${bytes.length} bytes` }, what);
  const header = imageHeader(bytes);
  if (header.kind === 'problem') throw problem(header.problem);
  if (bytes.length <= maxBytes && Math.max(header.width, header.height) <= maxSide) return undefined;
  if (!DECODED.includes(header.mime)) return undefined;
  try {
    const pixels = await decode(bytes, maxSide);
    for (const quality of QUALITIES) {
      const encoded = await encode(pixels, quality);
      const last = quality === QUALITIES.at(-1);
      if (encoded.bytes.length < bytes.length && (last || encoded.bytes.length <= maxBytes)) return encoded;
    }
    return undefined;
  } catch (error) {
    const [first = 'unknown'] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw problem(`it cannot be decoded: ${first}`);
  }
}

interface Pixels {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}

/** Once for all qualities: what is large is the original, not what is left of it. */
async function decode(bytes: Uint8Array, maxSide: number): Promise<Pixels> {
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(bytes, { failOn: 'error', sequentialRead: true })
    .timeout({ seconds: DECODE_LIMIT_SECONDS })
    .autoOrient()
    .resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

async function encode({ data, ...raw }: Pixels, quality: number): Promise<ShrunkImage> {
  const { default: sharp } = await import('sharp');
  const { width, height } = raw;
  const image = sharp(data, { raw }).timeout({ seconds: DECODE_LIMIT_SECONDS });
  return raw.channels % 2 === 0
    ? { bytes: await image.webp({ quality }).toBuffer(), mime: 'image/webp', width, height }
    : { bytes: await image.jpeg({ quality }).toBuffer(), mime: 'image/jpeg', width, height };
}
