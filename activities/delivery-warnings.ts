/** What the caller should know of an image that was delivered: it is not quite what was asked. */
import type { Extraction } from '../src/artifacts/extract.ts';
import type { Size } from '../src/domain/request.ts';
import { shortText } from '../src/domain/short-text.ts';
import type { Format } from './attempt-path.ts';

/** References of each kind in a result, so that it stays small (I1); all are in its `contents`. */
export const MOST_LISTED = 16;
const MOST_WARNINGS = 8;
/** Bytes. */
const LONGEST_NAME = 200;

const SIDE: Readonly<Record<Size, number>> = { '512': 512, '1K': 1024, '2K': 2048, '4K': 4096 };
/** Area of the same nominal size varies by ratio; half or double is another size. */
const AREA_TOLERANCE = 1.6;
const RATIO_TOLERANCE = 0.05;

export function deliveryWarnings(
  { model, size, aspectRatio }: Format,
  extraction: Extraction,
): readonly string[] {
  const warnings: string[] = [];
  const { modelVersion, images, drafts } = extraction;
  if (modelVersion !== undefined && !sameModel(modelVersion, model)) {
    warnings.push(`asked ${model}, answered by ${shortText(modelVersion, LONGEST_NAME)}`);
  }
  for (const [kind, { length }] of Object.entries({ images, drafts })) {
    if (length > MOST_LISTED)
      warnings.push(`${length} ${kind}, of which ${MOST_LISTED} are listed; all are in the contents`);
  }
  for (const { width, height } of images) {
    if (size !== undefined) {
      const share = (width * height) / SIDE[size] ** 2;
      if (share > AREA_TOLERANCE || share < 1 / AREA_TOLERANCE) {
        warnings.push(`asked ${size}, delivered ${width}×${height}`);
      }
    }
    const [w, h] = (aspectRatio ?? '').split(':').map(Number);
    if (w !== undefined && h !== undefined && Math.abs(width / height / (w / h) - 1) > RATIO_TOLERANCE) {
      warnings.push(`asked ${aspectRatio}, delivered ${width}×${height}`);
    }
  }
  return warnings.slice(0, MOST_WARNINGS);
}

/** `gemini-3-pro-image-001` and `models/gemini-3-pro-image` are the model that was asked. */
function sameModel(version: string, model: string): boolean {
  return version.replace(/^models\//, '').startsWith(model);
}
