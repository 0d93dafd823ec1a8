/** What most days are like: the first call gives the image. */
import type { InputImages } from '../input-images.ts';
import type { Act } from '../scenario.ts';

export function goodDays({ boat, palette }: InputImages): Act {
  return {
    title: 'Good days',
    summary: 'four images by four calls: 1K, 4K, an edit of two inputs, and two starts with one key',
    scenarios: [
      {
        key: 'clean-1k',
        title: 'clean, 1K',
        trouble: 'nothing',
        request: { prompt: 'a red fox in fresh snow, watercolor' },
      },
      {
        key: 'clean-4k',
        title: 'clean, 4K 16:9',
        trouble: 'nothing; a large image',
        request: { prompt: 'a mountain village at dusk, wide shot', size: '4K', aspectRatio: '16:9' },
      },
      {
        key: 'edit',
        title: 'edit with two inputs',
        trouble: 'nothing; two images go in',
        request: {
          prompt: 'put the first image on a postcard in the colours of the second',
          inputs: [{ bytes: boat }, { bytes: palette }],
        },
      },
      {
        key: 'started-twice',
        title: 'started twice, one key',
        trouble: 'the caller retries its start',
        request: { prompt: 'two herons, one reflection, ink drawing', idempotencyKey: 'order-4711' },
        twice: true,
      },
    ],
  };
}
