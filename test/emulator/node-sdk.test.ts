/** @google/genai, unchanged, cannot tell the emulator from Gemini. */
import { GoogleGenAI } from '@google/genai';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import { emulatorFor, FLASH, KEY, PRO } from './support.ts';

function sdk(emulator: Emulator, apiVersion?: string): GoogleGenAI {
  return new GoogleGenAI({
    apiKey: KEY,
    httpOptions: { baseUrl: emulator.url, ...(apiVersion ? { apiVersion } : {}) },
  });
}

describe('generateContent', () => {
  test('pro thinks in images: a draft marked as a thought, words, then the signed JPEG last', async () => {
    const emulator = await emulatorFor();
    const response = await sdk(emulator).models.generateContent({
      model: PRO,
      contents: 'A red fox in snow',
      config: {
        responseModalities: ['TEXT', 'IMAGE'],
        imageConfig: { aspectRatio: '16:9', imageSize: '1K' },
      },
    });
    const parts = response.candidates?.[0]?.content?.parts ?? [];
    expect(parts.map((part) => [part.inlineData?.mimeType ?? 'text', part.thought ?? false])).toEqual([
      ['image/jpeg', true],
      ['text', false],
      ['image/jpeg', false],
    ]);
    const final = parts.at(-1);
    expect(final?.thoughtSignature?.length).toBeGreaterThan(100);
    const image = await sharp(Buffer.from(final?.inlineData?.data ?? '', 'base64')).metadata();
    expect([image.format, image.width, image.height]).toEqual(['jpeg', 1376, 768]);
    expect(response.modelVersion).toBe(PRO);
    expect(response.responseId).toMatch(/^[\w-]{20,}$/);
    expect(response.candidates?.[0]?.finishReason).toBe('STOP');
    const usage = response.usageMetadata;
    expect(usage?.candidatesTokensDetails).toEqual([{ modality: 'IMAGE', tokenCount: 1120 }]);
    expect(usage?.totalTokenCount).toBe(
      (usage?.promptTokenCount ?? 0) + (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0),
    );
  });

  test('v1beta is served like v1, and the ledger tells them apart', async () => {
    const emulator = await emulatorFor();
    const config = { imageConfig: { imageSize: '512' } };
    await sdk(emulator).models.generateContent({ model: FLASH, contents: 'one', config });
    await sdk(emulator, 'v1beta').models.generateContent({ model: FLASH, contents: 'one', config });
    expect(emulator.calls().map((call) => call.apiVersion)).toEqual(['v1', 'v1beta']);
    expect(emulator.calls()[0]?.headers['x-goog-api-client']).toContain('google-genai-sdk');
  });

  test('an edit takes two input images and shows them', async () => {
    const emulator = await emulatorFor();
    const input = async (background: string): Promise<string> => {
      const create = { width: 300, height: 200, channels: 3, background } as const;
      return (await sharp({ create }).png().toBuffer()).toString('base64');
    };
    const response = await sdk(emulator).models.generateContent({
      model: FLASH,
      contents: [
        { text: 'Put both on one table' },
        { inlineData: { mimeType: 'image/png', data: await input('#ff0000') } },
        { inlineData: { mimeType: 'image/png', data: await input('#00ff00') } },
      ],
      config: { imageConfig: { aspectRatio: '1:1' } },
    });
    const data = response.candidates?.[0]?.content?.parts?.at(-1)?.inlineData?.data ?? '';
    const pixel = async (left: number): Promise<number[]> => {
      const region = { left, top: 150, width: 40, height: 40 };
      // sharp's stats read the input, not the pipeline: cut the region out first.
      const cut = await sharp(Buffer.from(data, 'base64')).extract(region).png().toBuffer();
      const { channels } = await sharp(cut).stats();
      return channels.map((channel) => Math.round(channel.mean));
    };
    const [red, green] = [await pixel(150), await pixel(480)];
    expect(red[0]).toBeGreaterThan(200);
    expect(red[1]).toBeLessThan(60);
    expect(green[1]).toBeGreaterThan(200);
    expect(green[0]).toBeLessThan(60);
    expect(emulator.calls()[0]?.inputs?.map((one) => one.mime)).toEqual(['image/png', 'image/png']);
  });

  test('streamed: one part a chunk, the end and the usage in the last', async () => {
    const emulator = await emulatorFor();
    const stream = await sdk(emulator).models.generateContentStream({ model: PRO, contents: 'A fox' });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.length).toBe(3);
    expect(chunks.map((chunk) => chunk.candidates?.[0]?.finishReason)).toEqual([
      undefined,
      undefined,
      'STOP',
    ]);
    expect(chunks.at(-1)?.candidates?.[0]?.content?.parts?.[0]?.inlineData?.mimeType).toBe('image/jpeg');
  });

  test('only TEXT asked: gemini-3 answers in words, 2.5 draws all the same', async () => {
    const emulator = await emulatorFor();
    const ask = async (model: string) => {
      const config = { responseModalities: ['TEXT'] };
      const response = await sdk(emulator).models.generateContent({ model, contents: 'Hello', config });
      return response.candidates?.[0]?.content?.parts?.at(-1)?.inlineData?.mimeType ?? 'text';
    };
    expect([await ask(FLASH), await ask('gemini-2.5-flash-image')]).toEqual(['text', 'image/png']);
    expect(emulator.calls().map((call) => call.billed)).toEqual([false, true]);
  });
});

describe('errors', () => {
  test('a 429 reaches the caller whole: violations, help and RetryInfo', async () => {
    const emulator = await emulatorFor({ limits: { [FLASH]: { rpm: 1 } } });
    const ask = () =>
      sdk(emulator).models.generateContent({
        model: FLASH,
        contents: 'Hi',
        config: { imageConfig: { imageSize: '512' } },
      });
    await ask();
    const error = await ask().catch(
      (thrown: unknown) => thrown as { name: string; status: number; message: string },
    );
    expect(error).toMatchObject({ name: 'ApiError', status: 429 });
    const { details } = (
      JSON.parse((error as { message: string }).message) as { error: { details: { '@type': string }[] } }
    ).error;
    expect(details.map((detail) => detail['@type'].split('.').at(-1))).toEqual([
      'QuotaFailure',
      'Help',
      'RetryInfo',
    ]);
  });

  test('an unknown model is a 404 that names id and version', async () => {
    const emulator = await emulatorFor();
    const ask = sdk(emulator, 'v1beta').models.generateContent({ model: 'gemini-9', contents: 'Hi' });
    await expect(ask).rejects.toThrow(/models\/gemini-9 is not found for API version v1beta/);
  });

  test('a stream call hears its error wrapped twice, as from Google', async () => {
    const emulator = await emulatorFor({ faults: [{ action: 'capacity' }] });
    const ask = sdk(emulator).models.generateContentStream({ model: FLASH, contents: 'Hi' });
    const error = await ask.catch((thrown: unknown) => thrown as { status: number; message: string });
    expect(error).toMatchObject({ status: 503 });
    const outer = (JSON.parse((error as { message: string }).message) as { error: { message: string } })
      .error;
    expect(JSON.parse(outer.message)).toMatchObject({ error: { code: 503, status: 'UNAVAILABLE' } });
  });
});

describe('countTokens and models', () => {
  test('countTokens: a quarter of the characters, 258 an image', async () => {
    const emulator = await emulatorFor();
    const create = { width: 8, height: 8, channels: 3, background: '#123456' } as const;
    const data = (await sharp({ create }).png().toBuffer()).toString('base64');
    const { totalTokens } = await sdk(emulator).models.countTokens({
      model: PRO,
      contents: [{ text: 'x'.repeat(400) }, { inlineData: { mimeType: 'image/png', data } }],
    });
    expect(totalTokens).toBe(358);
  });

  test('models.list pages through the current models with their limits', async () => {
    const emulator = await emulatorFor();
    const pager = await sdk(emulator).models.list({ config: { pageSize: 3 } });
    const models = [];
    for await (const model of pager) models.push(model);
    expect(models.map((model) => model.name)).toEqual([
      'models/gemini-nano-banana-2.1',
      'models/gemini-3-pro-image',
      'models/gemini-3.1-flash-image',
      'models/gemini-3.1-flash-lite-image',
      'models/gemini-3.6-flash',
      'models/gemini-flash-latest',
    ]);
    expect(models[1]).toMatchObject({ inputTokenLimit: 65_536, outputTokenLimit: 32_768 });
    expect(emulator.calls().map((call) => call.method)).toEqual(['models.list', 'models.list']);
  });

  test('models.get knows a model that is no longer listed, and refuses a retired one', async () => {
    const emulator = await emulatorFor({ retiredModels: ['gemini-3.1-flash-lite-image'] });
    const old = await sdk(emulator).models.get({ model: 'gemini-2.5-flash-image' });
    expect(old.displayName).toBe('Nano Banana');
    await expect(sdk(emulator).models.get({ model: 'gemini-3.1-flash-lite-image' })).rejects.toThrow(
      /no longer available/,
    );
  });
});
