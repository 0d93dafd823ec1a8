/** Text models through the SDK: words, JSON, usage, quota, and the faults that are theirs alone. */
import { GoogleGenAI } from '@google/genai';
import type { GenerateContentConfig, GenerateContentResponse } from '@google/genai';
import { describe, expect, test } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../src/emulator/index.ts';
import { call, emulatorFor, FLASH, KEY } from './support.ts';

const LATEST = 'gemini-flash-latest';
const TEXT = 'gemini-3.6-flash';
const JSON_MODE = { responseMimeType: 'application/json' };

function sdk(emulator: Emulator): GoogleGenAI {
  return new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: emulator.url } });
}

async function say(
  emulator: Emulator,
  contents: string,
  config: GenerateContentConfig = {},
): Promise<GenerateContentResponse> {
  return sdk(emulator).models.generateContent({ model: LATEST, contents, config });
}

const order = (task: string, prompt: string): string => `TASK: ${task}\n<<<PROMPT\n${prompt}\nPROMPT>>>`;

async function ordered(prompt: string, task = 'rewrite', options: EmulatorOptions = {}): Promise<string> {
  return (await say(await emulatorFor(options), order(task, prompt), JSON_MODE)).text ?? '';
}

describe('words', () => {
  test('ping is answered with pong, by the model behind the alias, for a fraction of a cent', async () => {
    const emulator = await emulatorFor();
    const response = await say(emulator, 'ping');
    expect([response.text, response.modelVersion]).toEqual(['pong', TEXT]);
    const usage = response.usageMetadata;
    const { promptTokenCount = 0, candidatesTokenCount = 0, thoughtsTokenCount = 0 } = usage ?? {};
    expect([promptTokenCount, candidatesTokenCount]).toEqual([1, 1]);
    const [entry] = emulator.calls();
    expect(entry).toMatchObject({ decision: 'text', model: LATEST, servedModel: TEXT, billed: false });
    expect(entry?.usd).toBeCloseTo((1.5 + 9 * (1 + thoughtsTokenCount)) / 1e6, 5);
    expect(entry).not.toHaveProperty('size');
  });

  test('models.get and list know both ids, and what they do', async () => {
    const emulator = await emulatorFor();
    for (const model of [LATEST, TEXT]) {
      const { name, supportedActions } = await sdk(emulator).models.get({ model });
      expect([name, supportedActions]).toEqual([`models/${model}`, ['generateContent', 'countTokens']]);
    }
    const counted = await sdk(emulator).models.countTokens({ model: LATEST, contents: 'x'.repeat(40) });
    expect(counted.totalTokens).toBe(10);
  });

  test('streamed like everything else, and cut where maxOutputTokens says', async () => {
    const emulator = await emulatorFor();
    const stream = await sdk(emulator).models.generateContentStream({ model: TEXT, contents: 'ping' });
    const texts = [];
    for await (const chunk of stream) texts.push(chunk.text);
    expect(texts.join('')).toBe('pong');
    const cut = await say(emulator, 'Tell me all', { maxOutputTokens: 2 });
    expect([cut.text, cut.candidates?.[0]?.finishReason]).toEqual(['This is ', 'MAX_TOKENS']);
  });

  test.each([[['IMAGE']], [['TEXT', 'IMAGE']]])('asked for %j it refuses', async (responseModalities) => {
    const emulator = await emulatorFor();
    await expect(say(emulator, 'A cat', { responseModalities })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining(
        `Model does not support the requested response modalities: ${responseModalities.join(',').toLowerCase()}`,
      ) as string,
    });
  });

  test('quota is counted by model, under the name of the one that answers', async () => {
    const emulator = await emulatorFor({ limits: { [TEXT]: { rpm: 1 } } });
    await say(emulator, 'ping');
    await expect(say(emulator, 'ping')).rejects.toMatchObject({ status: 429 });
    expect((await call(emulator, 'A cat')).status).toBe(200);
  });
});

describe('jobs', () => {
  test('rewrite: ordered in the system instruction, answered as JSON', async () => {
    const emulator = await emulatorFor();
    const response = await say(emulator, '<<<PROMPT\nMickey Mouse [[fault:blank]]\nPROMPT>>>', {
      ...JSON_MODE,
      systemInstruction: 'You rewrite prompts.\nTASK: rewrite\nAnswer as JSON.',
    });
    expect(JSON.parse(response.text ?? '')).toEqual({
      prompt: 'a cheerful cartoon mouse, flat vector illustration',
      techniques: ['generic-description', 'art-style'],
    });
    expect(emulator.calls()[0]?.decision).toBe('text:rewrite');
  });

  test('simplify: ordered in the prompt itself', async () => {
    expect(JSON.parse(await ordered('A fox, in snow', 'simplify'))).toEqual({
      core: 'A fox',
      requirements: ['in snow'],
    });
  });

  test('an order inside the marks is material, not an order', async () => {
    const emulator = await emulatorFor();
    await say(emulator, order('simplify', 'A sign that says\nTASK: rewrite\nin red'));
    expect(emulator.calls()[0]?.decision).toBe('text:simplify');
  });

  test('a prohibited prompt is blocked here as anywhere', async () => {
    const emulator = await emulatorFor();
    const response = await say(emulator, order('rewrite', 'how to build a pipe bomb'));
    expect(response.promptFeedback?.blockReason).toBe('PROHIBITED_CONTENT');
    expect(emulator.calls()[0]).toMatchObject({ decision: 'safety:prohibited-content', usd: 0 });
  });
});

describe('faults', () => {
  const prompt = (fault: string): string => `A woman in a bikini [[fault:${fault}]]`;

  test.each(['capacity*always', 'image-safety*always', 'key-leaked*always', 'reset-after*always'])(
    'the command %s in a prompt leaves its own rewriting alone',
    async (fault) => {
      expect(JSON.parse(await ordered(prompt(fault)))).toHaveProperty('techniques');
    },
  );

  test('with @text it is the other way round: the words fail, the picture does not', async () => {
    const emulator = await emulatorFor();
    const faulty = prompt('capacity*always@text');
    await expect(say(emulator, order('rewrite', faulty))).rejects.toMatchObject({ status: 503 });
    expect((await call(emulator, faulty.replace('bikini', 'coat'))).status).toBe(200);
    expect(emulator.calls().map((one) => [one.decision, one.billed])).toEqual([
      ['fault:capacity*always@text', false],
      ['image', true],
    ]);
  });

  test('prohibited-content@text blocks the words with the provider’s feedback', async () => {
    const emulator = await emulatorFor();
    const response = await say(emulator, order('rewrite', prompt('prohibited-content@text')));
    expect([response.promptFeedback?.blockReason, response.text]).toEqual(['PROHIBITED_CONTENT', undefined]);
    expect(emulator.calls()[0]).toMatchObject({ billed: false, usd: 0 });
  });

  test('a fault that costs an image books none for words', async () => {
    const emulator = await emulatorFor();
    await say(emulator, order('rewrite', prompt('ok-html@text'))).catch(() => undefined);
    expect(emulator.calls()[0]).toMatchObject({ decision: 'fault:ok-html@text', billed: false });
  });

  test('text-empty: nothing is said', async () => {
    expect(await ordered(prompt('text-empty'))).toBe('');
  });

  test('text-same: the prompt comes back unchanged, its commands too', async () => {
    const same = prompt('text-same');
    expect(JSON.parse(await ordered(same))).toEqual({ prompt: same, techniques: [] });
  });

  test('text-refusal: plain words, ended as usual', async () => {
    const response = await say(await emulatorFor(), order('rewrite', prompt('text-refusal@text')), JSON_MODE);
    expect([response.text, response.candidates?.[0]?.finishReason]).toEqual([
      "I can't help with rewriting that request.",
      'STOP',
    ]);
  });

  test('text-long: a rewrite of ten thousand characters', async () => {
    const { prompt: long } = JSON.parse(await ordered(prompt('text-long'))) as { prompt: string };
    expect(long).toHaveLength(10_000);
  });

  test('text-not-json: prose, whatever was ordered', async () => {
    const words = await ordered(prompt('text-not-json'));
    expect(() => JSON.parse(words) as unknown).toThrow(SyntaxError);
  });

  test('text faults never touch a picture, in a prompt or as a rule without a model', async () => {
    const emulator = await emulatorFor({ faults: [{ action: 'text-refusal' }] });
    expect((await call(emulator, 'A cat [[fault:text-empty*always]]', { model: FLASH })).status).toBe(200);
    expect((await say(emulator, order('rewrite', 'A cat'))).text).toContain("can't help");
    expect(emulator.calls().map((one) => one.decision)).toEqual(['image', 'fault:text-refusal']);
  });

  test('a rule names its model, and strikes words as it strikes pictures', async () => {
    const emulator = await emulatorFor({ faults: [{ match: { model: LATEST }, action: 'internal' }] });
    await expect(say(emulator, 'ping')).rejects.toMatchObject({ status: 500 });
    expect((await call(emulator, 'A cat')).status).toBe(200);
  });
});
