/** A small copy of an image beside it, so that a contact sheet of thousands opens; none where it cannot be decoded. */
import { mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { PREVIEW_FOLDER } from './folder.ts';

const PIXELS = 480;

/** Resolves with its path relative to `folder`. */
export async function writePreview(folder: string, image: string): Promise<string | undefined> {
  const relative = `${PREVIEW_FOLDER}/${basename(image)}.webp`;
  const file = join(folder, relative);
  try {
    await mkdir(join(folder, PREVIEW_FOLDER), { recursive: true });
    const fit = { width: PIXELS, height: PIXELS, fit: 'inside', withoutEnlargement: true } as const;
    const partial = `${file}.${process.pid}.partial`;
    await sharp(image).autoOrient().resize(fit).webp({ quality: 80 }).toFile(partial);
    await rename(partial, file);
    return relative;
  } catch {
    return undefined;
  }
}
