/** The picture of an OpenAI-compatible call: Gemini's generator at the pixels that were asked for, as PNG. */
import type { EmulatorContext } from '../context.ts';
import type { Picture } from '../picture/picture.ts';
import { stamp } from '../picture/stamp.ts';
import type { OpenAiCall } from './read.ts';

/** @param n Number of the call. */
export async function pictureFor(
  { gallery, options }: Pick<EmulatorContext, 'gallery' | 'options'>,
  { model, prompt, width, height, inputs }: OpenAiCall,
  n: number,
): Promise<Picture> {
  const picture = await gallery.picture({
    ...{ prompt, width, height, mime: 'image/png', draft: false },
    footer: `${model} · ${width}×${height}`,
    inputs: inputs.map(({ data }) => data),
    seed: `${options.seed} ${prompt}`,
  });
  if (!options.uniqueImages) return picture;
  return { ...picture, bytes: stamp(picture.bytes, picture.mime, `gemini emulator call ${n} final`) };
}
