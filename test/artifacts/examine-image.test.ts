import { describe, expect, test } from 'vitest';
import { examineImage } from '../../src/artifacts/examine-image.ts';
import { imageHeader } from '../../src/artifacts/image-header.ts';
import { canonicalMime, mimeOfName, sniffMime } from '../../src/artifacts/image-type.ts';
import { DECODED_KINDS, heic, image } from './images.ts';

const MIME = {
  png: 'image/png',
  'interlaced-png': 'image/png',
  jpeg: 'image/jpeg',
  'progressive-jpeg': 'image/jpeg',
  webp: 'image/webp',
  avif: 'image/avif',
  gif: 'image/gif',
  tiff: 'image/tiff',
} as const;

describe('sniffMime', () => {
  test.each(Object.entries(MIME))('%s → %s', async (kind, mime) => {
    expect(sniffMime(await image(kind as keyof typeof MIME))).toBe(mime);
  });

  test.each([
    ['a HEIC by its brands', heic(), 'image/heic'],
    ['a HEIF without a HEVC brand', Buffer.from('\0\0\0\x14ftypmif1\0\0\0\0mif1', 'latin1'), 'image/heif'],
    [
      'an MP4, which shares the container',
      Buffer.from('\0\0\0\x14ftypisom\0\0\0\0mp42', 'latin1'),
      undefined,
    ],
    ['a RIFF file that is sound', Buffer.from('RIFF\x10\0\0\0WAVEfmt ', 'latin1'), undefined],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml'],
    ['an SVG behind a declaration', Buffer.from('<?xml version="1.0"?>\n<!-- x -->\n<svg>'), 'image/svg+xml'],
    ['a PDF', Buffer.from('%PDF-1.7'), 'application/pdf'],
    ['an HTML page', Buffer.from('\n<!DOCTYPE html><html>'), 'text/html'],
    ['JSON', Buffer.from('{"error":{}}'), 'application/json'],
    ['plain text', Buffer.from('hello'), undefined],
    ['nothing', Buffer.alloc(0), undefined],
    ['a lone first byte', Buffer.from([0x89]), undefined],
  ])('%s → %s', (_name, bytes, mime) => {
    expect(sniffMime(bytes)).toBe(mime);
  });

  test('names and declared types are read as people write them', () => {
    expect(canonicalMime(' IMAGE/JPG; charset=binary')).toBe('image/jpeg');
    expect(mimeOfName('/a/b.c/Photo.JPeG')).toBe('image/jpeg');
    expect(mimeOfName('photo')).toBeUndefined();
  });
});

describe('examineImage', () => {
  test.each(DECODED_KINDS)('%s: a whole image gives its type and dimensions', async (kind) => {
    const bytes = await image(kind, 80, 48);
    const expected = { kind: 'image', mime: MIME[kind], width: 80, height: 48 };
    expect(await examineImage(bytes)).toEqual(expected);
    expect(imageHeader(bytes)).toEqual(expected);
  });

  test.each(DECODED_KINDS)('%s: cut short anywhere, it is no image', async (kind) => {
    const bytes = await image(kind, 300);
    const cuts = [
      1,
      2,
      5,
      12,
      13,
      50,
      1000,
      Math.floor(bytes.length / 2),
      bytes.length - 40,
      bytes.length - 9,
    ];
    for (const cut of cuts) {
      const examined = await examineImage(bytes.subarray(0, bytes.length - cut));
      expect([cut, examined.kind]).toEqual([cut, 'problem']);
    }
  });

  test.each(['png', 'interlaced-png', 'avif'] as const)(
    '%s: damaged in the middle, it is no image',
    async (kind) => {
      const bytes = await image(kind, 300);
      for (let at = 0; at < 64; at += 1) bytes[(bytes.length >> 1) + at] = 0x5a;
      expect(await examineImage(bytes)).toMatchObject({ kind: 'problem', mime: MIME[kind] });
    },
  );

  test('a cut JPEG whose embedded thumbnail has an end marker is still found to be cut', async () => {
    const bytes = await image('jpeg', 300);
    const thumbnail = Buffer.from([0xff, 0xe1, 0, 6, 0, 0, 0xff, 0xd9]);
    const whole = Buffer.concat([bytes.subarray(0, 2), thumbnail, bytes.subarray(2)]);
    expect((await examineImage(whole)).kind).toBe('image');
    const cut = whole.subarray(0, whole.length - 500);
    expect(imageHeader(cut).kind).toBe('image');
    expect(await examineImage(cut)).toMatchObject({
      kind: 'problem',
      problem: expect.stringMatching(/cannot be decoded/),
    });
  });

  test('bytes behind the end do no harm', async () => {
    for (const kind of ['png', 'jpeg'] as const) {
      const padded = Buffer.concat([await image(kind), Buffer.alloc(100)]);
      expect((await examineImage(padded)).kind).toBe('image');
    }
  });

  test('HEIC is judged by its structure: boxes that fill the file, and dimensions', async () => {
    expect(await examineImage(heic(400, 300))).toEqual({
      kind: 'image',
      mime: 'image/heic',
      width: 400,
      height: 300,
    });
    expect(await examineImage(heic().subarray(0, -1))).toMatchObject({
      kind: 'problem',
      problem: /cut short/,
    });
    expect(await examineImage(heic().subarray(0, 24))).toMatchObject({ kind: 'problem' });
  });

  test.each([
    ['0 bytes', Buffer.alloc(0), /empty \(0 bytes\)/],
    ['text', Buffer.from('not an image'), /not an image of a known type/],
    ['a page', Buffer.from('<html></html>'), /text\/html, not an image/],
    ['a PNG signature alone', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), /cut short/],
    ['a JPEG marker alone', Buffer.from([0xff, 0xd8, 0xff]), /cut short/],
    ['an SVG, which is never rendered', Buffer.from('<svg width="1" height="1"></svg>'), /not decoded here/],
  ])('%s is a problem in words', async (_name, bytes, words) => {
    expect(await examineImage(bytes)).toMatchObject({
      kind: 'problem',
      problem: expect.stringMatching(words),
    });
  });
});
