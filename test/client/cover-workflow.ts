/** A caller's own workflow, as the README shows it. */
import { generateImages } from '../../workflows/index.ts';

export * from '../../workflows/index.ts';

export async function makeCover(id: string): Promise<number> {
  const request = { prompt: 'a fox', urgency: 'interactive', tenant: 'acme' } as const;
  const { images } = await generateImages(request, { id });
  return images.length;
}
