/** One call with Google's SDK: its image, or the words in which there is none. */
import type { GenerateContentResponse, HttpRetryOptions } from '@google/genai';
import { GoogleGenAI } from '@google/genai';
import { RATIO, SIZE } from './trace.ts';

export type Drawn =
  { readonly kind: 'image'; readonly bytes: Buffer } | { readonly kind: 'none'; readonly why: string };

/** Rejects as the SDK does for anything but a 200. */
export type Draw = (model: string, prompt: string) => Promise<Drawn>;

export function createDraw(baseUrl: string, retryOptions?: HttpRetryOptions): Draw {
  const sdk = new GoogleGenAI({
    apiKey: 'bench-key',
    httpOptions: { baseUrl, ...(retryOptions === undefined ? {} : { retryOptions }) },
  });
  return async (model, prompt) =>
    drawn(
      await sdk.models.generateContent({
        model,
        contents: prompt,
        config: {
          responseModalities: ['TEXT', 'IMAGE'],
          imageConfig: { imageSize: SIZE, aspectRatio: RATIO },
        },
      }),
    );
}

/** The last image is the final one; those before it are drafts. */
function drawn({ candidates, promptFeedback }: GenerateContentResponse): Drawn {
  const [candidate] = candidates ?? [];
  const images = (candidate?.content?.parts ?? []).flatMap(({ inlineData }) => inlineData?.data ?? []);
  const last = images.at(-1);
  if (last !== undefined) return { kind: 'image', bytes: Buffer.from(last, 'base64') };
  return { kind: 'none', why: promptFeedback?.blockReason ?? candidate?.finishReason ?? 'NO_IMAGE' };
}
