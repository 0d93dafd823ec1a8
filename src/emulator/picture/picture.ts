/**
 * A picture that shows its prompt: seeded scene, the prompt on a card, the inputs of an edit as
 * thumbnails, a footer with model and size. JPEG or PNG, textured so that files are as big as real ones.
 */
import sharp from 'sharp';
import type { OverlayOptions } from 'sharp';
import { drawScene } from './scene.ts';
import type { Canvas } from './scene.ts';
import { textPath } from './font.ts';
import { layOut } from './text-layout.ts';
import { grainTile } from './grain.ts';

export interface PictureOrder {
  readonly prompt: string;
  readonly mime: 'image/jpeg' | 'image/png';
  readonly width: number;
  readonly height: number;
  /** Printed at the bottom: model, size, ratio. */
  readonly footer: string;
  readonly inputs: readonly Buffer[];
  readonly seed: string;
  /** A thinking image: grey and plainly marked. */
  readonly draft: boolean;
}

export interface Picture {
  readonly bytes: Buffer;
  readonly mime: string;
  readonly width: number;
  readonly height: number;
}

const MARGIN = 56;
const PAD = 40;
const FOOTER = 25;

interface Thumbnail {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

export async function drawPicture(order: PictureOrder): Promise<Picture> {
  const { width, height, mime } = order;
  const scale = Math.min(width, height) / 1000;
  const canvas: Canvas = { width: width / scale, height: height / scale };
  const places = thumbnailPlaces(canvas, order.inputs.length);
  const svg = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${canvas.width} ${canvas.height}">` +
      drawScene(canvas, order.seed, order.draft) +
      places.map(frame).join('') +
      card(canvas, order) +
      '</svg>',
  );
  const grain = grainTile(mime === 'image/png' || order.draft ? 'fine' : 'rough');
  const thumbnails = order.inputs.map((input, at) =>
    thumbnail(input, places[at] as Thumbnail, scale, order.draft),
  );
  const picture = sharp(svg, { limitInputPixels: false, unlimited: true })
    .composite([...(await Promise.all(thumbnails)), { input: grain.data, raw: grain.raw, tile: true }])
    .removeAlpha();
  const file =
    mime === 'image/png'
      ? picture.png({ compressionLevel: 3 })
      : picture.jpeg({ quality: order.draft ? 72 : 90 });
  const bytes = await file.toBuffer();
  return { bytes, mime, width, height };
}

function thumbnailPlaces(canvas: Canvas, count: number): Thumbnail[] {
  if (count === 0) return [];
  const gap = 22;
  const room = canvas.width - 2 * MARGIN - gap * (count - 1);
  const side = Math.min(300, canvas.height * 0.36, room / count);
  return Array.from({ length: count }, (_, at) => ({ x: MARGIN + at * (side + gap), y: MARGIN, side }));
}

function frame({ x, y, side }: Thumbnail): string {
  return `<rect x="${x - 8}" y="${y - 8}" width="${side + 16}" height="${side + 16}" rx="12" fill="#fff" fill-opacity="0.92"/>`;
}

async function thumbnail(
  input: Buffer,
  place: Thumbnail,
  scale: number,
  grey: boolean,
): Promise<OverlayOptions> {
  const side = Math.max(1, Math.round(place.side * scale));
  let image: Buffer;
  try {
    image = await sharp(input, { limitInputPixels: false })
      .resize(side, side, { fit: 'cover' })
      .grayscale(grey)
      .png()
      .toBuffer();
  } catch {
    // An input that only real Google can decode (HEIC) still takes its place.
    const background = { r: 120, g: 120, b: 128 };
    image = await sharp({ create: { width: side, height: side, channels: 3, background } })
      .png()
      .toBuffer();
  }
  return { input: image, left: Math.round(place.x * scale), top: Math.round(place.y * scale) };
}

function card(canvas: Canvas, order: PictureOrder): string {
  const width = Math.min(canvas.width - 2 * MARGIN, Math.max(900, canvas.width * 0.6));
  const title = layOut(order.prompt === '' ? '(no words)' : order.prompt, {
    width: width - 2 * PAD,
    height: canvas.height * 0.42,
    largest: 74,
    smallest: 26,
    weight: 700,
  });
  const note = order.draft ? `draft · ${order.footer}` : order.footer;
  const small = layOut(note, {
    width: width - 2 * PAD,
    height: FOOTER * 1.3,
    largest: FOOTER,
    smallest: 12,
    weight: 400,
  });
  const textHeight = title.lines.length * title.lineHeight;
  const height = textHeight + FOOTER + 2.4 * PAD;
  const top = canvas.height - MARGIN - height;
  const left = MARGIN + PAD;
  let paths = '';
  for (const [at, line] of title.lines.entries()) {
    const y = top + PAD + title.size * 0.92 + at * title.lineHeight;
    paths += `<path d="${textPath(line, left, y, title.size, 700)}" fill="#16181d"/>`;
  }
  const footerY = top + height - PAD * 0.8;
  paths += `<path d="${textPath(small.lines[0] ?? '', left, footerY, small.size, 400)}" fill="#4a4f5a"/>`;
  return `<rect x="${MARGIN}" y="${top}" width="${width}" height="${height}" rx="26" fill="#fff" fill-opacity="0.9"/>${paths}`;
}
