/** From a request to its pictures: the final one and, for models that think in images, the drafts. */
import type { Size } from '../../domain/request.ts';
import type { ModelFacts } from '../models.ts';
import { pixelsOf } from '../pixel-sizes.ts';
import { sha256 } from '../random.ts';
import type { InputImage } from '../request/inputs.ts';
import type { Gallery } from './gallery.ts';
import type { Picture, PictureOrder } from './picture.ts';
import { stamp } from './stamp.ts';

export interface WantedPicture {
  readonly prompt: string;
  readonly ratio: string;
  readonly size: Size;
  readonly inputs: readonly InputImage[];
  /** Number of the call. */
  readonly n: number;
}

export interface PictureRules {
  readonly seed: string;
  readonly uniqueImages: boolean;
}

/** Drafts are drawn at 1K whatever was asked for. */
const DRAFT_SIZE: Size = '1K';

export async function orderPictures(
  gallery: Gallery,
  rules: PictureRules,
  model: ModelFacts,
  wanted: WantedPicture,
): Promise<{ readonly drafts: readonly Picture[]; readonly final: Picture }> {
  const order = (size: Size, draft: boolean): PictureOrder => {
    const pixels = pixelsOf(model.family, wanted.ratio, size);
    return {
      ...pixels,
      prompt: wanted.prompt,
      mime: model.mime,
      footer: footer(model, size, wanted, `${pixels.width}×${pixels.height}`),
      inputs: wanted.inputs.map((input) => input.data),
      seed: `${rules.seed} ${wanted.prompt}`,
      draft,
    };
  };
  const mark = (picture: Picture, what: string): Picture =>
    rules.uniqueImages
      ? { ...picture, bytes: stamp(picture.bytes, picture.mime, `gemini emulator call ${wanted.n} ${what}`) }
      : picture;
  const drafts = Array.from({ length: model.drafts }, () => gallery.picture(order(DRAFT_SIZE, true)));
  const final = await gallery.picture(order(wanted.size, false));
  return {
    final: mark(final, 'final'),
    drafts: (await Promise.all(drafts)).map((draft, at) => mark(draft, `draft ${at + 1}`)),
  };
}

function footer(model: ModelFacts, size: Size, wanted: WantedPicture, pixels: string): string {
  const inputs = wanted.inputs.length;
  const edit = inputs === 0 ? '' : ` · ${inputs} input${inputs === 1 ? '' : 's'}`;
  return `${model.id} · ${size} · ${wanted.ratio} · ${pixels}${edit} · #${sha256(wanted.prompt).slice(0, 6)}`;
}
