/**
 * Pixels of an image by family, ratio and size: the provider's published buckets, not exact ratios
 * (16:9 at 1K is 1376×768).
 */
import type { Size } from '../domain/request.ts';

export interface Pixels {
  readonly width: number;
  readonly height: number;
}

const GEMINI_3_1K: Readonly<Record<string, readonly [number, number]>> = {
  '1:1': [1024, 1024],
  '1:4': [512, 2064],
  '1:8': [352, 2928],
  '2:3': [848, 1264],
  '3:2': [1264, 848],
  '3:4': [896, 1200],
  '4:1': [2064, 512],
  '4:3': [1200, 896],
  '4:5': [928, 1152],
  '5:4': [1152, 928],
  '8:1': [2928, 352],
  '9:16': [768, 1376],
  '16:9': [1376, 768],
  '21:9': [1584, 672],
};

const GEMINI_2_5: Readonly<Record<string, readonly [number, number]>> = {
  '1:1': [1024, 1024],
  '2:3': [832, 1248],
  '3:2': [1248, 832],
  '3:4': [864, 1184],
  '4:3': [1184, 864],
  '4:5': [896, 1152],
  '5:4': [1152, 896],
  '9:16': [768, 1344],
  '16:9': [1344, 768],
  '21:9': [1536, 672],
};

const FACTOR: Readonly<Record<Size, number>> = { '512': 0.5, '1K': 1, '2K': 2, '4K': 4 };

export const ALL_RATIOS: readonly string[] = Object.keys(GEMINI_3_1K);
/** The ten ratios every model has. */
export const COMMON_RATIOS: readonly string[] = Object.keys(GEMINI_2_5);

export type PixelFamily = 'gemini-3' | 'gemini-2.5';

/** Size counts only where the family honours it; 2.5 always draws its one size. */
export function pixelsOf(family: PixelFamily, ratio: string, size: Size): Pixels {
  const table = family === 'gemini-3' ? GEMINI_3_1K : GEMINI_2_5;
  const [width, height] = table[ratio] ?? [1024, 1024];
  const factor = family === 'gemini-3' ? FACTOR[size] : 1;
  return { width: width * factor, height: height * factor };
}

/** The offered ratio that is nearest to a picture's own. */
export function nearestRatio(pixels: Pixels, offered: readonly string[]): string {
  const wanted = Math.log(pixels.width / pixels.height);
  let best = '1:1';
  let bestGap = Number.POSITIVE_INFINITY;
  for (const ratio of offered) {
    const [across = 1, down = 1] = ratio.split(':').map(Number);
    const gap = Math.abs(Math.log(across / down) - wanted);
    if (gap < bestGap) [best, bestGap] = [ratio, gap];
  }
  return best;
}
