/**
 * What a team writes first: one call with Google's SDK, the image decoded, looked at and written to a
 * file. Nothing is recorded, verified or flushed to the disk, and nothing survives a crash.
 */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GoogleGenAI } from '@google/genai';
import sharp from 'sharp';
import type { BareActivities } from './bare-workflow.ts';

export interface BareSettings {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly out: string;
}

export function createBareActivities({ apiKey, baseUrl, out }: BareSettings): BareActivities {
  const sdk = new GoogleGenAI({ apiKey, httpOptions: { baseUrl } });
  return {
    draw: async ({ model, prompt, imageSize }) => {
      const answer = await sdk.models.generateContent({
        model,
        contents: prompt,
        config: { responseModalities: ['TEXT', 'IMAGE'], imageConfig: { imageSize } },
      });
      const parts = answer.candidates?.[0]?.content?.parts ?? [];
      const data = parts.findLast(({ inlineData }) => inlineData !== undefined)?.inlineData?.data;
      if (data === undefined) throw new Error('no image');
      const bytes = Buffer.from(data, 'base64');
      const { width, height } = await sharp(bytes).metadata();
      const path = join(out, `${randomUUID()}.jpg`);
      await writeFile(path, bytes);
      return { path, bytes: bytes.length, width, height };
    },
  };
}
