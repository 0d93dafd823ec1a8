import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { InputProblem } from '../../src/artifacts/input-problem.ts';
import type { ShrunkImage } from '../../src/artifacts/shrink-image.ts';
import { shrinkImage, SMALL_INPUT_BYTES, SMALL_INPUT_SIDE } from '../../src/artifacts/shrink-image.ts';
import { heic, image } from './images.ts';

type Color = string | { r: number; g: number; b: number; alpha: number };

function plain(width: number, height: number, background: Color = 'teal') {
  return sharp({ create: { width, height, channels: typeof background === 'string' ? 3 : 4, background } });
}

async function shrunk(work: Promise<ShrunkImage | undefined>): Promise<ShrunkImage> {
  const result = await work;
  if (result === undefined) throw new Error('it was left as it is');
  // What is said of it is true of its bytes.
  const { width, height, format, hasAlpha, orientation } = await sharp(result.bytes).metadata();
  expect({ width, height, mime: `image/${format}` }).toEqual({
    width: result.width,
    height: result.height,
    mime: result.mime,
  });
  expect(hasAlpha).toBe(result.mime === 'image/webp');
  expect(orientation).toBeUndefined();
  return result;
}

async function colorAt(bytes: Uint8Array, left: number, top: number): Promise<readonly number[]> {
  const pixel = await sharp(bytes).extract({ left, top, width: 1, height: 1 }).raw().toBuffer();
  return [...pixel];
}

describe('an image is left as it is', () => {
  test.each(['png', 'jpeg', 'webp'] as const)('%s: where it is within both limits', async (kind) => {
    expect(await shrinkImage(await image(kind, 64), `image/${kind}`)).toBeUndefined();
  });

  test('at the limits exactly', async () => {
    const bytes = await plain(SMALL_INPUT_SIDE, SMALL_INPUT_SIDE).png().toBuffer();
    expect(await shrinkImage(bytes, 'image/png')).toBeUndefined();
    expect(await shrinkImage(bytes, 'image/png', { maxBytes: bytes.length })).toBeUndefined();
  });

  test('where a copy would be larger than the original', async () => {
    const bytes = await plain(2100, 2100).png({ palette: true }).toBuffer();
    expect(bytes.length).toBeLessThan(10_000);
    expect(await shrinkImage(bytes, 'image/png')).toBeUndefined();
  });

  test('where its codec is not decoded here (HEIC), however large it is', async () => {
    expect(await shrinkImage(heic(8000, 6000), 'image/heic')).toBeUndefined();
  });
});

describe('an image is made smaller', () => {
  test('of 40 megapixels: the longest side is 2048, the shape is kept, it is a JPEG below 4 MiB', async () => {
    const bytes = await sharp(randomBytes(1000 * 625 * 3), { raw: { width: 1000, height: 625, channels: 3 } })
      .resize(8000, 5000)
      .jpeg({ quality: 95 })
      .toBuffer();
    const small = await shrunk(shrinkImage(bytes, 'image/jpeg'));
    expect(small).toMatchObject({ mime: 'image/jpeg', width: 2048, height: 1280 });
    expect(small.bytes.length).toBeLessThan(Math.min(bytes.length, SMALL_INPUT_BYTES));
  });

  test('where its bytes alone are too many, its size is kept', async () => {
    const bytes = await image('png', 1600);
    expect(bytes.length).toBeGreaterThan(SMALL_INPUT_BYTES);
    const small = await shrunk(shrinkImage(bytes, 'image/png'));
    expect(small).toMatchObject({ mime: 'image/jpeg', width: 1600, height: 1600 });
    expect(small.bytes.length).toBeLessThanOrEqual(SMALL_INPUT_BYTES);
  });

  test('the quality falls only as far as the bytes need, and ends at 60', async () => {
    const bytes = await image('png', 500);
    const sizes: number[] = [];
    for (const quality of [85, 75, 65, 60]) {
      sizes.push((await sharp(bytes).jpeg({ quality }).toBuffer()).length);
    }
    const [best = 0, good = 0, , least = 0] = sizes;
    const at = async (maxBytes: number) =>
      (await shrunk(shrinkImage(bytes, 'image/png', { maxBytes }))).bytes.length;
    expect(await at(best)).toBe(best);
    expect(await at(best - 1)).toBe(good);
    expect(await at(least)).toBe(least);
    expect(await at(1000)).toBe(least);
  });

  test.each([
    [1, 2048, 1024, [0, 0], [2047, 1023]],
    [3, 2048, 1024, [2047, 1023], [0, 0]],
    [6, 1024, 2048, [1023, 0], [0, 2047]],
    [8, 1024, 2048, [0, 2047], [1023, 0]],
  ] as const)(
    'EXIF orientation %i is applied: what was top left is where a viewer shows it',
    async (orientation, width, height, [redX, redY], [blueX, blueY]) => {
      const corner = await plain(400, 400, 'red').png().toBuffer();
      const bytes = await plain(4000, 2000, 'blue')
        .composite([{ input: corner, left: 0, top: 0 }])
        .withMetadata({ orientation })
        .jpeg({ quality: 100 })
        .toBuffer();
      const small = await shrunk(shrinkImage(bytes, 'image/jpeg'));
      expect(small).toMatchObject({ width, height });
      const [red = 0, , noBlue = 255] = await colorAt(small.bytes, redX, redY);
      const [noRed = 255, , blue = 0] = await colorAt(small.bytes, blueX, blueY);
      expect(red - noBlue).toBeGreaterThan(200);
      expect(blue - noRed).toBeGreaterThan(200);
    },
  );

  test('transparency is kept, in a WebP', async () => {
    const half = await plain(1500, 3000, { r: 200, g: 30, b: 30, alpha: 1 }).png().toBuffer();
    const bytes = await plain(3000, 3000, { r: 0, g: 0, b: 0, alpha: 0 })
      .composite([{ input: half, left: 0, top: 0 }])
      .png({ compressionLevel: 0 })
      .toBuffer();
    const small = await shrunk(shrinkImage(bytes, 'image/png'));
    expect(small).toMatchObject({ mime: 'image/webp', width: 2048, height: 2048 });
    expect((await colorAt(small.bytes, 100, 100))[3]).toBe(255);
    expect((await colorAt(small.bytes, 1900, 100))[3]).toBe(0);
  });

  test.each(['rgb16', 'b-w', 'cmyk'] as const)('of pixels as %s, in colours as before', async (space) => {
    const background = space === 'b-w' ? { r: 90, g: 90, b: 90 } : { r: 200, g: 60, b: 60 };
    const source = sharp({ create: { width: 2500, height: 2500, channels: 3, background } }).toColourspace(
      space,
    );
    const bytes = await (
      space === 'cmyk' ? source.jpeg({ quality: 100 }) : source.png({ compressionLevel: 0 })
    ).toBuffer();
    const small = await shrunk(shrinkImage(bytes, 'image/png'));
    expect(small).toMatchObject({ mime: 'image/jpeg', width: 2048 });
    const [red = 0, green = 0, blue = 0] = await colorAt(small.bytes, 1000, 1000);
    // There and back through CMYK costs some.
    expect(Math.abs(red - background.r)).toBeLessThan(20);
    expect(Math.abs(green - background.g)).toBeLessThan(20);
    expect(Math.abs(blue - background.b)).toBeLessThan(20);
  });

  test('of an animation the first picture', async () => {
    const side = 2500;
    const frames = sharp(randomBytes(side * side * 2 * 3), {
      raw: { width: side, height: side * 2, channels: 3, pageHeight: side },
    });
    const bytes = await frames.webp({ quality: 80, effort: 0 }).toBuffer();
    expect((await sharp(bytes).metadata()).pages).toBe(2);
    const small = await shrunk(shrinkImage(bytes, 'image/webp'));
    expect(small).toMatchObject({ width: 2048, height: 2048 });
  });
});

describe('what is no whole image is a problem that names its field', () => {
  test.each([
    ['no image at all', async () => Buffer.from('hello')],
    ['nothing', async () => Buffer.alloc(0)],
    ['a PNG cut short', async () => (await image('png', 1600)).subarray(0, 5_000_000)],
    [
      'a PNG damaged in the middle',
      async () => {
        const bytes = Buffer.from(await image('png', 1600));
        bytes.fill(0, 3_000_000, 3_100_000);
        return bytes;
      },
    ],
  ])('%s', async (_name, make) => {
    const error: unknown = await shrinkImage(await make(), 'image/png', { field: 'inputs[2]' }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(InputProblem);
    expect(error).toMatchObject({ reason: 'bad-input', field: 'inputs[2]', retryable: false });
    expect((error as Error).message).toMatch(/^inputs\[2\]: image\/png of \d+ bytes cannot be used: /);
  });
});
