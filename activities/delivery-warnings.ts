/** What the caller should know of images that were delivered: they are not quite what was asked. */
import type { Extraction } from '../src/artifacts/extract.ts';
import { lifeWarning } from '../src/domain/model-life.ts';
import type { ModelEntry } from '../src/domain/catalogue.ts';
import { isReroute } from '../src/domain/model-version.ts';
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

/**
 * Of the model: that another one answered, or that this one ends.
 *
 * @param at Epoch milliseconds of the answer.
 */
export function modelWarnings(
  { model }: Pick<Format, 'model'>,
  { modelVersion }: Pick<Extraction, 'modelVersion'>,
  entry: ModelEntry | undefined,
  at: number,
): readonly string[] {
  const ends = entry === undefined ? undefined : lifeWarning(entry, at);
  return [
    ...(modelVersion !== undefined && isReroute(model, modelVersion)
      ? [`asked ${model}, answered by ${shortText(modelVersion, LONGEST_NAME)}`]
      : []),
    ...(ends === undefined ? [] : [ends]),
  ];
}

/** Of one image: its size or its ratio is not what was asked; what was left open is not judged. */
export function imageWarnings(
  { size, aspectRatio }: Pick<Format, 'size' | 'aspectRatio'>,
  { width, height }: { readonly width: number; readonly height: number },
): readonly string[] {
  const warnings: string[] = [];
  if (size !== undefined) {
    const share = (width * height) / SIDE[size] ** 2;
    if (share > AREA_TOLERANCE || share < 1 / AREA_TOLERANCE)
      warnings.push(`asked ${size}, delivered ${width}×${height}`);
  }
  const [w, h] = (aspectRatio ?? '').split(':').map(Number);
  if (w !== undefined && h !== undefined && Math.abs(width / height / (w / h) - 1) > RATIO_TOLERANCE)
    warnings.push(`asked ${aspectRatio}, delivered ${width}×${height}`);
  return warnings;
}

/** Of a whole delivery, as its result lists them. */
export function deliveryWarnings(
  format: Format,
  { images, drafts }: Pick<Extraction, 'images' | 'drafts'>,
  about: readonly string[],
): readonly string[] {
  const unlisted = Object.entries({ images, drafts }).flatMap(([kind, { length }]) =>
    length > MOST_LISTED
      ? [`${length} ${kind}, of which ${MOST_LISTED} are listed; all are in the contents`]
      : [],
  );
  const odd = images.flatMap((image) => imageWarnings(format, image));
  return [...new Set([...about, ...unlisted, ...odd])].slice(0, MOST_WARNINGS);
}
