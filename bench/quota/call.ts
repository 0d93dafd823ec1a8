/** One call with Google's SDK, as every baseline makes it; throws unless it brings an image. */
import type { HttpRetryOptions } from '@google/genai';
import { GoogleGenAI } from '@google/genai';
import { MODEL, PROMPT, SIZE } from './plan.ts';

export type Draw = (id: string) => Promise<void>;

export function createDraw(baseUrl: string, retryOptions?: HttpRetryOptions): Draw {
  const sdk = new GoogleGenAI({
    apiKey: 'bench-key',
    httpOptions: { baseUrl, ...(retryOptions === undefined ? {} : { retryOptions }) },
  });
  return async (id) => {
    const answer = await sdk.models.generateContent({
      model: MODEL,
      contents: PROMPT,
      config: {
        responseModalities: ['TEXT', 'IMAGE'],
        imageConfig: { imageSize: SIZE },
        // How the emulator's ledger knows which request a call was for.
        httpOptions: { headers: { 'x-gemini-images-generation': `${id}/1` } },
      },
    });
    const parts = answer.candidates?.[0]?.content?.parts ?? [];
    if (!parts.some(({ inlineData }) => inlineData?.data !== undefined)) throw new Error('no image');
  };
}
