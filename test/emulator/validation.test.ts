import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { CallOptions } from './support.ts';
import { call, emulatorFor, FLASH, PRO } from './support.ts';

async function refusal(options: CallOptions, prompt = 'A cat'): Promise<[number, string]> {
  const emulator = await emulatorFor();
  const reply = await call(emulator, prompt, options);
  expect(emulator.calls()[0]).toMatchObject({ decision: 'invalid', billed: false });
  return [reply.status, reply.body.error?.message ?? reply.text];
}

const image = (imageConfig: object, model = FLASH): CallOptions => ({ model, config: { imageConfig } });
const LITE = 'gemini-3.1-flash-lite-image';
const OLD = 'gemini-2.5-flash-image';

describe('values', () => {
  test.each([
    [
      'a ratio no model has',
      image({ aspectRatio: '5:3' }),
      /^Unsupported aspect_ratio '5:3'\. Supported values are: 1:1, 1:4, /,
    ],
    [
      'a ratio this model lacks',
      image({ aspectRatio: '1:4' }, PRO),
      /^Aspect ratio 1:4 is not supported for this model$/,
    ],
    [
      'a size no model has',
      image({ imageSize: '8K' }),
      /^Unsupported image_size '8K'\. Supported values are: 1K, 2K, 4K, 512, 512P, 512PX\.$/,
    ],
    ['a size in lower case', image({ imageSize: '1k' }), /^Unsupported image_size '1k'/],
    [
      'a size this model lacks',
      image({ imageSize: '2K' }, LITE),
      /^Image size 2K is not supported for this model$/,
    ],
    [
      'level with budget',
      { config: { thinkingConfig: { thinkingLevel: 'HIGH', thinkingBudget: 1 } } },
      /^You can only set only one of thinking budget and thinking level\.$/,
    ],
    [
      'a level on 2.5',
      { model: OLD, config: { thinkingConfig: { thinkingLevel: 'LOW' } } },
      /^Thinking level is not supported for this model\.$/,
    ],
    [
      'two candidates',
      { config: { candidateCount: 2 } },
      /^Multiple candidates is not enabled for models\/gemini-3\.1-flash-image$/,
    ],
    [
      'a modality that is none',
      { config: { responseModalities: ['SMELL'] } },
      /^Invalid value at 'generation_config\.response_modalities\[0\]'/,
    ],
    ['no contents', { request: {} }, /^\* GenerateContentRequest\.contents: contents is not specified/],
    ['no parts', { request: { contents: [{ parts: [] }] } }, /^Request has empty input\.$/],
    ['an empty part', { request: { contents: [{ parts: [{}] }] } }, /required oneof field 'data'/],
    [
      'a role of its own',
      { request: { contents: [{ role: 'system', parts: [{ text: 'a' }] }] } },
      /^Please use a valid role: user, model\.$/,
    ],
    [
      'a threshold that is none',
      {
        request: {
          contents: [{ parts: [{ text: 'a' }] }],
          safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'SOME' }],
        },
      },
      /^Invalid value at 'safety_settings\[0\]\.threshold'/,
    ],
    [
      'a developer instruction on 2.5',
      {
        model: OLD,
        request: { contents: [{ parts: [{ text: 'a' }] }], systemInstruction: { parts: [{ text: 'b' }] } },
      },
      /^Developer instruction is not enabled for models\/gemini-2\.5-flash-image$/,
    ],
  ] as const)('%s', async (_, options, message) => {
    const [status, text] = await refusal(options);
    expect([status, text]).toEqual([400, expect.stringMatching(message)]);
  });

  test('2.5 ignores the size, even 8K', async () => {
    const emulator = await emulatorFor();
    const reply = await call(emulator, 'A cat', image({ imageSize: '8K' }, OLD));
    expect(reply.status).toBe(200);
  });

  test('a prompt beyond the model’s limit is counted', async () => {
    const [status, text] = await refusal({ model: PRO }, 'x'.repeat(4 * 65_537));
    expect([status, text]).toEqual([
      400,
      'The input token count (65537) exceeds the maximum number of tokens allowed (65536).',
    ]);
  });

  test('an empty prompt is a 200 without an image', async () => {
    const emulator = await emulatorFor();
    const reply = await call(emulator, '');
    expect([reply.status, reply.body.candidates?.[0]?.finishReason]).toEqual([200, 'NO_IMAGE']);
    expect(emulator.calls()[0]).toMatchObject({ decision: 'blank', billed: false });
  });

  test('maxOutputTokens below a picture ends in MAX_TOKENS', async () => {
    const emulator = await emulatorFor();
    const reply = await call(emulator, 'A cat', { config: { maxOutputTokens: 500 } });
    expect(reply.body.candidates?.[0]?.finishReason).toBe('MAX_TOKENS');
  });
});

describe('JSON', () => {
  test('unknown names are listed with their places', async () => {
    const request = {
      contents: [{ parts: [{ text: 'a', colour: 'red' }] }],
      generationConfig: { imageConfig: { negativePrompt: 'x' } },
      prompt: 'a',
    };
    const emulator = await emulatorFor();
    const reply = await call(emulator, '', { request });
    expect(reply.body.error?.message.split('\n')).toEqual([
      `Invalid JSON payload received. Unknown name "colour" at 'contents[0].parts[0]': Cannot find field.`,
      `Invalid JSON payload received. Unknown name "negativePrompt" at 'generation_config.image_config': Cannot find field.`,
      'Invalid JSON payload received. Unknown name "prompt": Cannot find field.',
    ]);
    expect(reply.body.error?.details?.[0]?.['fieldViolations']).toHaveLength(3);
  });

  test('snake_case is understood', async () => {
    const emulator = await emulatorFor();
    const request = {
      contents: [{ parts: [{ text: 'a' }] }],
      generation_config: { image_config: { aspect_ratio: '16:9', image_size: '512' } },
    };
    expect((await call(emulator, '', { request })).status).toBe(200);
    expect(emulator.calls()[0]).toMatchObject({ size: '512', ratio: '16:9', width: 688, height: 384 });
  });

  test('a body that is not JSON is refused as such', async () => {
    expect((await refusal({ request: '{"contents": [' }))[1]).toContain('Invalid JSON payload received.');
  });

  test('a body over 20 MB is refused before it is read as JSON', async () => {
    const [status, text] = await refusal({ request: 'x'.repeat(20_971_521) });
    expect([status, text]).toEqual([400, 'Request payload size exceeds the limit: 20971520 bytes.']);
  });
});

describe('inputs', () => {
  const part = (data: Buffer | string, mimeType = 'image/png'): CallOptions => ({
    parts: [{ inlineData: { mimeType, data: typeof data === 'string' ? data : data.toString('base64') } }],
  });
  const create = { width: 64, height: 64, channels: 3, background: '#0af' } as const;
  const png = sharp({ create }).png().toBuffer();

  test('a whole image is taken, in both alphabets of base64', async () => {
    const emulator = await emulatorFor();
    const data = await png;
    expect((await call(emulator, 'Edit', part(data))).status).toBe(200);
    expect((await call(emulator, 'Edit', part(data.toString('base64url')))).status).toBe(200);
    const [first, second] = emulator.calls().map((one) => one.inputs?.[0]);
    expect(first).toMatchObject({ mime: 'image/png', bytes: data.length });
    expect(second).toEqual(first);
  });

  test.each([
    ['no bytes', () => ''],
    ['not an image', () => Buffer.from('hello')],
    [
      'cut off',
      async () =>
        (
          await sharp({ create: { ...create, width: 800, height: 800 } })
            .jpeg()
            .toBuffer()
        ).subarray(0, 900),
    ],
  ])('%s: unable to process', async (_, make) => {
    const [status, text] = await refusal(part(await make()));
    expect([status, text]).toEqual([400, expect.stringContaining('Unable to process input image.')]);
  });

  test('a type that is not taken, and base64 that is none, are named', async () => {
    expect((await refusal(part(await png, 'image/gif')))[1]).toBe('Unsupported MIME type: image/gif');
    expect((await refusal(part('data:image/png;base64,AAAA')))[1]).toBe(
      `Invalid value at 'contents[0].parts[1].inline_data.data' (TYPE_BYTES), Base64 decoding failed for "data:image/png;base64,AAAA"`,
    );
  });

  test.each([
    ['files/abc-123', 403, 'You do not have permission to access the File abc-123 or it may not exist.'],
    ['https://example.com/cat.png', 400, 'Cannot fetch content from the provided URL.'],
  ])('fileUri %s', async (fileUri, status, message) => {
    const parts = [{ fileData: { mimeType: 'image/png', fileUri } }];
    expect(await refusal({ parts })).toEqual([status, message]);
  });
});

describe('paths', () => {
  test('an unknown model names its version and method', async () => {
    expect(await refusal({ model: 'gemini-9', version: 'v1beta' })).toEqual([
      404,
      'models/gemini-9 is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.',
    ]);
  });

  test('an unknown path gets the front end’s page', async () => {
    const emulator = await emulatorFor();
    const response = await fetch(`${emulator.url}/v2/models`);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      404,
      'text/html; charset=UTF-8',
    ]);
    expect(emulator.calls()).toEqual([]);
  });
});
