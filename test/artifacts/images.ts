/** Images for tests, made once per process; noise, so that they do not compress away. */
import { randomBytes } from 'node:crypto';
import sharp from 'sharp';

export type Kind = 'png' | 'interlaced-png' | 'jpeg' | 'progressive-jpeg' | 'webp' | 'avif' | 'gif' | 'tiff';

export const DECODED_KINDS = ['png', 'interlaced-png', 'jpeg', 'progressive-jpeg', 'webp', 'avif'] as const;

const made = new Map<string, Promise<Buffer>>();

export async function image(kind: Kind, width = 64, height = width): Promise<Buffer> {
  const key = `${kind} ${width}x${height}`;
  const making = made.get(key) ?? make(kind, width, height);
  made.set(key, making);
  return Buffer.from(await making);
}

async function make(kind: Kind, width: number, height: number): Promise<Buffer> {
  const canvas = sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } });
  switch (kind) {
    case 'png':
      return await canvas.png().toBuffer();
    case 'interlaced-png':
      return await canvas.png({ progressive: true }).toBuffer();
    case 'jpeg':
      return await canvas.jpeg().toBuffer();
    case 'progressive-jpeg':
      return await canvas.jpeg({ progressive: true }).toBuffer();
    case 'webp':
      return await canvas.webp().toBuffer();
    case 'avif':
      return await canvas.avif({ effort: 0 }).toBuffer();
    case 'gif':
      return await canvas.gif().toBuffer();
    case 'tiff':
      return await canvas.tiff().toBuffer();
  }
}

function box(type: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

/** The structure of a HEIC with dimensions; no codec at hand writes one, so its pixels are zeros. */
export function heic(width = 64, height = 48): Buffer {
  const brands = Buffer.from('heic\0\0\0\0mif1heic', 'latin1');
  const size = Buffer.alloc(12);
  size.writeUInt32BE(width, 4);
  size.writeUInt32BE(height, 8);
  const meta = box('meta', Buffer.alloc(4), box('iprp', box('ipco', box('ispe', size))));
  return Buffer.concat([box('ftyp', brands), meta, box('mdat', Buffer.alloc(200))]);
}
