import { describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import type { Part } from './support.ts';
import { call, emulatorFor, FLASH, partsOf } from './support.ts';

const CHECKED = { signatureChecks: true };
const NEXT = { role: 'user', parts: [{ text: 'Now in blue' }] };

async function firstTurn(emulator: Emulator): Promise<readonly Part[]> {
  return partsOf(await call(emulator, 'A cat'));
}

async function replay(
  emulator: Emulator,
  parts: readonly object[],
  model = FLASH,
): Promise<[number, string]> {
  const contents = [{ role: 'user', parts: [{ text: 'A cat' }] }, { role: 'model', parts }, NEXT];
  const reply = await call(emulator, '', { model, request: { contents } });
  return [reply.status, reply.body.error?.message ?? 'fine'];
}

const without = (part: Part): object => ({ ...part, thoughtSignature: undefined });

test('a history sent back verbatim is taken', async () => {
  const emulator = await emulatorFor(CHECKED);
  expect(await replay(emulator, await firstTurn(emulator))).toEqual([200, 'fine']);
});

test('the signature is the same for the same content, and another for another', async () => {
  const emulator = await emulatorFor({ uniqueImages: false });
  const [first, again, other] = [
    await firstTurn(emulator),
    await firstTurn(emulator),
    partsOf(await call(emulator, 'A dog')),
  ].map((parts) => parts.at(-1)?.thoughtSignature);
  expect(first).toBe(again);
  expect(other).not.toBe(first);
});

describe('refused with the true words', () => {
  test('an image without its signature, by position', async () => {
    const emulator = await emulatorFor(CHECKED);
    const [text, image] = await firstTurn(emulator);
    expect(await replay(emulator, [text as Part, without(image as Part)])).toEqual([
      400,
      'Image part is missing a thought_signature in content position 2, part position 2. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures#model-behavior for more details.',
    ]);
  });

  test('the first text without its signature', async () => {
    const emulator = await emulatorFor(CHECKED);
    const [text, image] = await firstTurn(emulator);
    expect(await replay(emulator, [without(text as Part), image as Part])).toEqual([
      400,
      expect.stringContaining(
        'Text part is missing a thought_signature in content position 2, part position 1.',
      ),
    ]);
  });

  test('altered bytes, or a signature made by another model', async () => {
    const emulator = await emulatorFor(CHECKED);
    const [text, image] = (await firstTurn(emulator)) as [Part, Part];
    const swapped = { ...image, thoughtSignature: text.thoughtSignature };
    expect(await replay(emulator, [text, swapped])).toEqual([400, 'Corrupted thought signature.']);
    expect(await replay(emulator, [text, image], 'gemini-nano-banana-2.1')).toEqual([
      400,
      'Corrupted thought signature.',
    ]);
  });
});

test('the documented dummies pass', async () => {
  const emulator = await emulatorFor(CHECKED);
  const [text, image] = (await firstTurn(emulator)) as [Part, Part];
  const dummy = { ...image, thoughtSignature: 'skip_thought_signature_validator' };
  const encoded = Buffer.from('context_engineering_is_the_way_to_go').toString('base64');
  expect(await replay(emulator, [text, dummy])).toEqual([200, 'fine']);
  expect(await replay(emulator, [text, { ...image, thoughtSignature: encoded }])).toEqual([200, 'fine']);
});

test('without checks nothing is refused, and 2.5 never signs', async () => {
  const emulator = await emulatorFor();
  expect(await replay(emulator, (await firstTurn(emulator)).map(without))).toEqual([200, 'fine']);
  const parts = partsOf(await call(emulator, 'A cat', { model: 'gemini-2.5-flash-image' }));
  expect(parts.some((part) => part.thoughtSignature)).toBe(false);
});
