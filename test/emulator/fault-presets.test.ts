/** Every named fault answers as its kind says, and together they reach every branch that HTTP can. */
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { BRANCHES } from '../../src/domain/branch.ts';
import { FAULT_PRESETS, IMAGE_PRESET_NAMES, PRESET_NAMES } from '../../src/emulator/index.ts';
import { call, emulatorFor, imageOf, partsOf, PRO } from './support.ts';

test('the presets reach every branch that an HTTP answer can lead to', () => {
  const reached = new Set(Object.values(FAULT_PRESETS).map((preset) => preset.branch));
  // A broken connection, a lost worker and a cancelled call have no answer; the transport faults make the first.
  const unanswerable = ['network', 'interrupted', 'cancelled'];
  const missing = BRANCHES.filter((branch) => !reached.has(branch) && !unanswerable.includes(branch));
  expect(missing).toEqual([]);
});

describe.each(IMAGE_PRESET_NAMES)('%s', (name) => {
  const preset = FAULT_PRESETS[name];

  test(`strikes once: ${preset.about}`, async () => {
    const emulator = await emulatorFor();
    const reply = await call(emulator, `A cat [[fault:${name}]]`);
    const [entry] = emulator.calls();
    expect(entry).toMatchObject({ decision: `fault:${name}`, status: reply.status, delivered: 'whole' });
    const charged = preset.kind === 'shape' ? preset.picture : 'billed' in preset && preset.billed;
    expect(entry?.billed).toBe(charged);
    if (preset.kind === 'shape') expect(reply.status).toBe(200);
    expect((await call(emulator, `A cat [[fault:${name}]]`)).status).toBe(200);
  });
});

test('only the words of text models, the end of an upload and whole batch jobs are beyond an image call', () => {
  const beyond = PRESET_NAMES.filter((name) => !IMAGE_PRESET_NAMES.includes(name));
  expect(beyond).toEqual([
    'file-failed',
    'text-empty',
    'text-same',
    'text-refusal',
    'text-long',
    'text-not-json',
    ...PRESET_NAMES.filter((name) => name.startsWith('batch-')),
  ]);
});

describe('shapes', () => {
  const shaped = async (fault: string, model?: string) => {
    const emulator = await emulatorFor();
    return call(emulator, `A cat [[fault:${fault}]]`, model ? { model } : {});
  };

  test('draft-only: one image, a thought', async () => {
    for (const model of [PRO, undefined]) {
      const parts = partsOf(await shaped('draft-only', model));
      expect(parts.map((part) => [part.thought, part.inlineData?.mimeType])).toEqual([[true, 'image/jpeg']]);
    }
  });

  test('unflagged-drafts: several images, none a thought, the last one final', async () => {
    for (const model of [PRO, undefined]) {
      const parts = partsOf(await shaped('unflagged-drafts', model));
      expect(parts.length).toBe(2);
      expect(parts.some((part) => part.thought)).toBe(false);
      expect(parts.at(-1)?.thoughtSignature).not.toBe('');
    }
  });

  test.each(['corrupt-image', 'truncated-image', 'empty-image'])('%s cannot be decoded', async (fault) => {
    const bytes = imageOf(await shaped(fault));
    const decode = async (): Promise<Buffer> => sharp(bytes, { failOn: 'truncated' }).raw().toBuffer();
    await expect(decode()).rejects.toThrow();
  });

  test('lying-mime: the picture is whole, its type is not', async () => {
    const reply = await shaped('lying-mime');
    expect(partsOf(reply).at(-1)?.inlineData?.mimeType).toBe('image/png');
    expect((await sharp(imageOf(reply)).metadata()).format).toBe('jpeg');
  });

  test('smaller-image: delivered smaller than asked, and the ledger knows it', async () => {
    const emulator = await emulatorFor();
    const reply = await call(emulator, 'A cat [[fault:smaller-image]]', { model: PRO });
    expect((await sharp(imageOf(reply)).metadata()).width).toBe(512);
    expect(emulator.calls()[0]).toMatchObject({ size: '512', width: 512 });
  });

  test('image-safety carries its only explanation in finishMessage', async () => {
    const [candidate] = (await shaped('image-safety')).body.candidates ?? [];
    expect(candidate?.finishReason).toBe('IMAGE_SAFETY');
    expect(candidate?.finishMessage).toContain('You will not be charged for blocked images');
  });

  test('refusal has no words where only IMAGE was asked', async () => {
    const emulator = await emulatorFor();
    const ask = async (...responseModalities: string[]) => {
      const reply = await call(emulator, 'A cat [[fault:refusal*always]]', {
        config: { responseModalities },
      });
      return reply.body.candidates?.[0]?.finishReason;
    };
    expect([await ask('IMAGE'), await ask('TEXT', 'IMAGE')]).toEqual(['NO_IMAGE', 'STOP']);
  });
});

describe('delays', () => {
  test('quota-minute(3s) says three seconds; without a time it is scaled', async () => {
    const delayOf = async (fault: string, timeScale: number): Promise<number> => {
      const emulator = await emulatorFor({ timeScale });
      const reply = await call(emulator, `A cat [[fault:${fault}]]`);
      const info = reply.body.error?.details?.find((one) => 'retryDelay' in one);
      return Math.floor(Number(String(info?.['retryDelay']).slice(0, -1)));
    };
    expect(await delayOf('quota-minute(3s)', 0.05)).toBe(3);
    expect(await delayOf('quota-minute', 1)).toBe(34);
    expect(await delayOf('quota-minute', 0.05)).toBe(1);
    expect(await delayOf('quota-day', 1)).toBe(22);
  });

  test('proxy-429(20s) says it in Retry-After, as only proxies do', async () => {
    const emulator = await emulatorFor();
    const reply = await call(emulator, 'A cat [[fault:proxy-429(20s)]]');
    expect(reply.headers.get('retry-after')).toBe('20');
  });
});
