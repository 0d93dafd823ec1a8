/** An image small enough to be mailed with the page that shows it. */
import sharp from 'sharp';
import type { ArtifactStore } from '../../artifacts/store.ts';
import { isLost } from './lost.ts';

export type Preview =
  | { readonly kind: 'shown'; readonly uri: string; readonly width: number; readonly height: number }
  /** In words: lost, altered, or of a kind that cannot be decoded here. */
  | { readonly kind: 'missing'; readonly why: string };

/** @param pixels Of its longer side, at most. Throws what the store throws, but for what it has lost. */
export async function previewOf(store: ArtifactStore, sha256: string, pixels: number): Promise<Preview> {
  let bytes: Uint8Array;
  try {
    bytes = await store.get(sha256);
  } catch (error) {
    if (!isLost(error)) throw error;
    const lost =
      error.name === 'ArtifactMissing' ? 'is not in the store any more' : 'was altered in the store';
    return { kind: 'missing', why: `image ${sha256.slice(0, 12)}… ${lost}` };
  }
  try {
    const { data, info } = await sharp(bytes)
      .autoOrient()
      .resize({ width: pixels, height: pixels, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80 })
      .toBuffer({ resolveWithObject: true });
    const uri = `data:image/webp;base64,${data.toString('base64')}`;
    return { kind: 'shown', uri, width: info.width, height: info.height };
  } catch {
    return {
      kind: 'missing',
      why: `image ${sha256.slice(0, 12)}… cannot be shown: its format is not known here`,
    };
  }
}
