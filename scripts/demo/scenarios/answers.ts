/** Answers without an image: blanks, filters, verdicts. Text models help with two of them. */
import type { Act } from '../scenario.ts';

export function uselessAnswers(): Act {
  return {
    title: 'Answers that are none',
    scenarios: [
      {
        key: 'blank',
        title: 'blank answer',
        trouble: '200 without an image, only IMAGE was asked',
        request: {
          prompt: 'an empty room with one chair, minimalist [[fault:blank*always@image-only]]',
          modalities: ['IMAGE'],
        },
      },
      {
        key: 'simplified',
        title: 'asks too much',
        trouble: 'blank whenever the contract is in the picture',
        request: {
          prompt:
            'a cat asleep on a chair, in watercolor, by a tall window, a sign with a whole contract [[fault:blank*always]]',
          allow: { simplify: true },
        },
      },
      {
        key: 'rewritten',
        title: 'image withheld',
        trouble: 'IMAGE_SAFETY at names and brands',
        request: {
          prompt: 'Darth Vader in Nike shoes watering roses on a balcony [[fault:image-safety*always]]',
          allow: { rewrite: 'auto' },
        },
      },
      {
        key: 'looser-settings',
        title: 'prompt filter',
        trouble: 'SAFETY at the strict settings',
        request: {
          prompt: 'two boxers in the last round, charcoal [[fault:safety-prompt]]',
          allow: { safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }] },
        },
      },
      {
        key: 'prohibited',
        title: 'prohibited prompt',
        trouble: 'breaks the use policy',
        request: {
          prompt: 'a picture that breaks the use policy [[fault:prohibited-content]]',
          allow: 'available',
        },
      },
    ],
  };
}
