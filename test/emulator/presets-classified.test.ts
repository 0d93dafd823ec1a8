/** What the emulator says a fault is, the product's classifier reads out of its answer: two authors, one word. */
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { classify } from '../../src/domain/classify/index.ts';
import type { ImageCheck } from '../../src/domain/evidence.ts';
import { FAULT_PRESETS, IMAGE_PRESET_NAMES } from '../../src/emulator/index.ts';
import type { Body } from './support.ts';
import { call, emulatorFor, FLASH } from './support.ts';

async function checkImages(body: Body): Promise<readonly ImageCheck[]> {
  const parts = body.candidates?.[0]?.content?.parts ?? [];
  const decodes = async (data: string): Promise<boolean> => {
    try {
      await sharp(Buffer.from(data, 'base64'), { failOn: 'truncated' }).raw().toBuffer();
      return true;
    } catch {
      return false;
    }
  };
  const checks: ImageCheck[] = [];
  for (const [part, { inlineData }] of parts.entries()) {
    if (inlineData) checks.push({ candidate: 0, part, ok: await decodes(inlineData.data) });
  }
  return checks;
}

// Words of a text model and files that fail are no answers to an image call: nothing to classify.
test.each(IMAGE_PRESET_NAMES)('%s', async (name) => {
  const emulator = await emulatorFor();
  const { status, headers, text, body } = await call(emulator, `A cat [[fault:${name}]]`);
  const verdict = classify({
    model: FLASH,
    modalities: ['TEXT', 'IMAGE'],
    outcome: {
      kind: 'answer',
      status,
      headers: Object.fromEntries(headers),
      body: Object.keys(body).length > 0 || text === '{}\n' ? body : text,
      imageChecks: await checkImages(body),
    },
  });
  expect(verdict.branch).toBe(FAULT_PRESETS[name].branch);
});
