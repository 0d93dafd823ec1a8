import { describe, expect, test } from 'vitest';
import {
  conditionsHold,
  parsePromptCommands,
  withoutCommands,
} from '../../src/emulator/faults/prompt-commands.ts';
import { call, emulatorFor, FLASH } from './support.ts';

describe('grammar', () => {
  test('a name strikes once', () => {
    expect(parsePromptCommands('A cat [[fault:capacity]] in a hat')).toEqual([
      { text: 'capacity', action: { preset: 'capacity' }, times: 1, conditions: [] },
    ]);
  });

  test('items, arguments, counts and conditions', () => {
    const items = parsePromptCommands(
      '[[fault: quota-minute(3s), cut-body(80%)*2, slow-headers(500ms), deadline *always @4K@gemini-3-pro-image ]]',
    );
    expect(items.map(({ action, times, conditions }) => [action, times, conditions])).toEqual([
      [{ preset: 'quota-minute', delayMs: 3000 }, 1, []],
      [{ transport: { kind: 'cut-body', percent: 80 } }, 2, []],
      [{ transport: { kind: 'slow-headers', ms: 500 } }, 1, []],
      [{ preset: 'deadline' }, Number.POSITIVE_INFINITY, ['4K', 'gemini-3-pro-image']],
    ]);
  });

  test('several commands are one list', () => {
    const items = parsePromptCommands('[[fault:blank]] a cat [[fault:internal*2]]');
    expect(items.map((item) => item.text)).toEqual(['blank', 'internal*2']);
  });

  test.each([
    ['[[fault:capcity]]', /unknown fault "capcity"; .*capacity/],
    ['[[fault:capacity*many]]', /does not read as name\(argument\)\*count@condition/],
    ['[[fault:]]', /does not read/],
    ['[[fault:capacity(3 parsecs)]]', /is not a fault/],
    ['[[fault:quota-minute(3)]]', /give a time with its unit/],
    ['[[fault:capacity@key(abc)]]', /name the last four characters of the key/],
    ['[[fault:corrupt-image@text]]', /needs a picture, and a text model draws none/],
    ['[[fault:file-failed]]', /give it as a rule with the method files\.upload/],
  ])('%s says what is wrong', (prompt, message) => {
    expect(() => parsePromptCommands(prompt)).toThrow(message);
  });

  test('the picture shows the prompt without its commands', () => {
    expect(withoutCommands('A cat [[fault:capacity*2]] in a\n hat')).toBe('A cat in a hat');
  });

  test.each([
    ['4K', true],
    ['1K', false],
    ['gemini-3-pro-image', true],
    ['gemini-9', false],
    ['image-only', true],
    ['with-text', false],
  ])('condition @%s holds for a 4K image-only call of pro: %s', (condition, holds) => {
    const [item] = parsePromptCommands(`[[fault:blank@${condition}]]`);
    const asked = {
      output: 'image',
      model: 'gemini-3-pro-image',
      size: '4K',
      modalities: ['IMAGE'],
    } as const;
    expect(item && conditionsHold(item, asked)).toBe(holds);
  });
});

describe('in calls', () => {
  const statuses = async (
    prompts: readonly string[],
    header: (n: number) => string | undefined = () => undefined,
  ): Promise<number[]> => {
    const emulator = await emulatorFor();
    const seen: number[] = [];
    for (const [index, prompt] of prompts.entries()) {
      const value = header(index);
      const headers = value === undefined ? {} : { 'x-gemini-images-generation': value };
      seen.push((await call(emulator, prompt, { headers })).status);
    }
    return seen;
  };

  test('items strike in the order written, whatever stage they belong to', async () => {
    const prompt = 'A cat [[fault:capacity*2, gateway-502, internal]]';
    expect(await statuses(Array.from({ length: 5 }, () => prompt))).toEqual([503, 503, 502, 500, 200]);
  });

  test('the count belongs to the prompt, and to the generation where the header names one', async () => {
    const prompt = 'A cat [[fault:capacity]]';
    expect(await statuses([prompt, prompt, 'A dog [[fault:capacity]]'])).toEqual([503, 200, 503]);
    const bySession = (n: number): string => (n < 2 ? `first/${n + 1}` : `second/${n - 1}`);
    expect(await statuses([prompt, prompt, prompt, prompt], bySession)).toEqual([503, 200, 503, 200]);
  });

  test('a fault bound to a model leaves the others alone', async () => {
    const emulator = await emulatorFor();
    const prompt = `A cat [[fault:capacity*always@${FLASH}]]`;
    expect((await call(emulator, prompt)).status).toBe(503);
    expect((await call(emulator, prompt, { model: 'gemini-3.1-flash-lite-image' })).status).toBe(200);
  });

  test('a fault bound to a key strikes its calls only, so one route is down and the other is not', async () => {
    const emulator = await emulatorFor();
    const prompt = 'A cat [[fault:capacity*always@key(y_1A)]]';
    expect((await call(emulator, prompt, { key: 'AIza-key_1A' })).status).toBe(503);
    expect((await call(emulator, prompt, { key: 'AIza-key_2B' })).status).toBe(200);
  });

  test('a fault bound to IMAGE alone ends when TEXT is asked for too', async () => {
    const emulator = await emulatorFor();
    const ask = async (...responseModalities: string[]): Promise<string | undefined> => {
      const config = { responseModalities, imageConfig: { imageSize: '512' } };
      const reply = await call(emulator, 'A cat [[fault:blank*always@image-only]]', { config });
      return reply.body.candidates?.[0]?.finishReason;
    };
    expect([await ask('IMAGE'), await ask('TEXT', 'IMAGE')]).toEqual(['NO_IMAGE', 'STOP']);
  });

  test('a command that does not read is answered with its cure', async () => {
    const emulator = await emulatorFor();
    const reply = await call(emulator, '[[fault:capcity]]');
    expect([reply.status, reply.body.error?.message]).toEqual([
      400,
      expect.stringContaining('unknown fault "capcity"'),
    ]);
  });

  test('earlier turns of a conversation command nothing', async () => {
    const emulator = await emulatorFor();
    const contents = [
      { role: 'user', parts: [{ text: 'A cat [[fault:capacity*always]]' }] },
      { role: 'model', parts: [{ text: 'Here it is' }] },
      { role: 'user', parts: [{ text: 'Make it blue' }] },
    ];
    expect((await call(emulator, '', { request: { contents } })).status).toBe(200);
    expect(emulator.calls()[0]?.prompt).toBe('Make it blue');
  });
});
