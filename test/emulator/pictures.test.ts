import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Gallery } from '../../src/emulator/picture/gallery.ts';
import { drawPicture } from '../../src/emulator/picture/picture.ts';
import type { PictureOrder } from '../../src/emulator/picture/picture.ts';
import { layOut } from '../../src/emulator/picture/text-layout.ts';
import { sha256 } from '../../src/emulator/random.ts';
import { call, emulatorFor, FLASH, imageOf, partsOf, PRO } from './support.ts';

const BANANA = 'gemini-nano-banana-2.1';
const OLD = 'gemini-2.5-flash-image';

const ORDER: PictureOrder = {
  prompt: 'A red fox asleep in fresh snow, soft morning light',
  mime: 'image/jpeg',
  width: 512,
  height: 512,
  footer: 'test',
  inputs: [],
  seed: 'test',
  draft: false,
};

describe('pixels and files', () => {
  test.each([
    [FLASH, '1:1', '512', 'jpeg', 512, 512],
    [PRO, '1:1', '1K', 'jpeg', 1024, 1024],
    [PRO, '16:9', '2K', 'jpeg', 2752, 1536],
    [PRO, '16:9', '4K', 'jpeg', 5504, 3072],
    [BANANA, '8:1', '1K', 'jpeg', 2928, 352],
    [BANANA, '9:16', '1K', 'jpeg', 768, 1376],
    [OLD, '21:9', '4K', 'png', 1536, 672],
  ])('%s %s at %s is a whole %s of %i×%i', async (model, aspectRatio, imageSize, format, width, height) => {
    const emulator = await emulatorFor();
    const reply = await call(emulator, 'A fox', {
      model,
      config: { imageConfig: { aspectRatio, imageSize } },
    });
    const bytes = imageOf(reply);
    const { info } = await sharp(bytes, { failOn: 'truncated' }).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([width, height]);
    expect((await sharp(bytes).metadata()).format).toBe(format);
    expect(partsOf(reply).at(-1)?.inlineData?.mimeType).toBe(`image/${format}`);
    expect(emulator.calls()[0]).toMatchObject({ width, height });
    // As big as real files: 4K JPEGs of several MB, 1K ones of some hundred KB.
    const megabytes = bytes.length / 1e6;
    if (imageSize === '4K' && format === 'jpeg') expect(megabytes > 3 && megabytes < 9).toBe(true);
    if (imageSize === '1K' && aspectRatio === '1:1') expect(megabytes > 0.2 && megabytes < 1).toBe(true);
  });

  test('without a ratio an edit keeps the nearest one of its first input', async () => {
    const emulator = await emulatorFor();
    const create = { width: 160, height: 90, channels: 3, background: '#888' } as const;
    const data = (await sharp({ create }).png().toBuffer()).toString('base64');
    await call(emulator, 'Brighter', { parts: [{ inlineData: { mimeType: 'image/png', data } }] });
    expect(emulator.calls()[0]).toMatchObject({ ratio: '16:9', width: 688, height: 384 });
  });
});

describe('what it shows', () => {
  const darkShare = async (picture: Buffer): Promise<number> => {
    const { data } = await sharp(picture).greyscale().raw().toBuffer({ resolveWithObject: true });
    return data.filter((value) => value < 60).length / data.length;
  };

  test('another prompt is another picture; the same one is the same', async () => {
    const [first, again, other] = await Promise.all([
      drawPicture(ORDER),
      drawPicture(ORDER),
      drawPicture({ ...ORDER, prompt: 'A blue whale', seed: 'other' }),
    ]);
    expect(first.bytes.equals(again.bytes)).toBe(true);
    expect(first.bytes.equals(other.bytes)).toBe(false);
  });

  test('more words, more ink', async () => {
    const [few, many] = await Promise.all([
      drawPicture({ ...ORDER, prompt: 'i' }),
      drawPicture({ ...ORDER, prompt: 'WWWW MMMM WWWW MMMM' }),
    ]);
    expect(await darkShare(many.bytes)).toBeGreaterThan((await darkShare(few.bytes)) + 0.01);
  });

  test('a machine without any fonts draws the same picture, byte for byte', async () => {
    const empty = await mkdtemp(path.join(tmpdir(), 'no-fonts-'));
    onTestFinished(() => rm(empty, { recursive: true }));
    const module = new URL('../../src/emulator/picture/picture.ts', import.meta.url).href;
    const script = `
      const { drawPicture } = await import(${JSON.stringify(module)});
      const { createHash } = await import('node:crypto');
      const { bytes } = await drawPicture({ ...${JSON.stringify(ORDER)}, inputs: [] });
      process.stdout.write(createHash('sha256').update(bytes).digest('hex'));`;
    const env = {
      ...process.env,
      FONTCONFIG_PATH: empty,
      FONTCONFIG_FILE: path.join(empty, 'none'),
      HOME: empty,
      XDG_DATA_HOME: empty,
    };
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      env,
    });
    expect(stdout).toBe(sha256((await drawPicture(ORDER)).bytes));
  });

  test('long prompts shrink, then end in an ellipsis; a word wider than the card is broken', () => {
    const box = { width: 800, height: 300, largest: 70, smallest: 26, weight: 700 } as const;
    const short = layOut('A cat', box);
    const long = layOut('many words '.repeat(30), box);
    const book = layOut('many words '.repeat(3000), box);
    expect([short.size, short.lines]).toEqual([70, ['A cat']]);
    expect(long.size).toBeLessThan(70);
    expect(long.lines.join(' ')).toBe('many words '.repeat(30).trim());
    expect(book.lines.at(-1)).toMatch(/…$/);
    expect(layOut('W'.repeat(200), box).lines.length).toBeGreaterThan(1);
    expect(layOut('', box).lines).toEqual([]);
  });

  test('other scripts and emoji do not break the drawing', async () => {
    const picture = await drawPicture({ ...ORDER, prompt: 'Кот в шляпе — 猫 🐱 <b>&amp;</b> "quoted"' });
    expect((await sharp(picture.bytes).metadata()).width).toBe(512);
  });
});

describe('one drawing for many calls', () => {
  test('calls for the same prompt share the drawing, yet each has bytes of its own', async () => {
    const emulator = await emulatorFor();
    const [first, second] = [imageOf(await call(emulator, 'A fox')), imageOf(await call(emulator, 'A fox'))];
    expect(first.equals(second)).toBe(false);
    const pixels = async (bytes: Buffer): Promise<Buffer> => sharp(bytes).raw().toBuffer();
    expect((await pixels(first)).equals(await pixels(second))).toBe(true);
    expect(first.includes('gemini emulator call 1 final')).toBe(true);
  });

  test('the stamp leaves a PNG whole', async () => {
    const emulator = await emulatorFor();
    const bytes = imageOf(await call(emulator, 'A fox', { model: OLD }));
    expect(bytes.includes('gemini emulator call 1 final')).toBe(true);
    await expect(sharp(bytes, { failOn: 'warning' }).raw().toBuffer()).resolves.toBeDefined();
  });

  test('uniqueImages: false gives the same bytes for the same prompt', async () => {
    const emulator = await emulatorFor({ uniqueImages: false });
    const [first, second] = [imageOf(await call(emulator, 'A fox')), imageOf(await call(emulator, 'A fox'))];
    expect(first.equals(second)).toBe(true);
  });

  test('the gallery stays within its bytes and drops what was not used for longest', async () => {
    const one = (await drawPicture(ORDER)).bytes.length;
    const gallery = new Gallery(one * 2.5);
    const order = (seed: string): PictureOrder => ({ ...ORDER, seed });
    const a = await gallery.picture(order('a'));
    await gallery.picture(order('b'));
    expect(await gallery.picture(order('a'))).toBe(a);
    await gallery.picture(order('c'));
    expect(gallery.bytes).toBeLessThanOrEqual(one * 2.5);
    expect(await gallery.picture(order('a'))).toBe(a);
  });

  test('callers at the same time share one drawing', async () => {
    const gallery = new Gallery(1e9);
    const [first, second] = await Promise.all([gallery.picture(ORDER), gallery.picture(ORDER)]);
    expect(first).toBe(second);
  });
});
