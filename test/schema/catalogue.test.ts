/** A user's catalogue is refused at start-up, by the field that is wrong and with the cure. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_CATALOGUE, findModel } from '../../src/domain/catalogue.ts';
import type { ModelEntry } from '../../src/domain/catalogue.ts';
import { readCatalogue } from '../../src/schema/catalogue.ts';

const PRO = { endpoint: 'ai-studio', model: 'gemini-3-pro-image' } as const;
const pro = findModel(DEFAULT_CATALOGUE, PRO.endpoint, PRO.model) as ModelEntry;
const read = (given: unknown): unknown => readCatalogue(DEFAULT_CATALOGUE, given);

describe('a catalogue that cannot be used', () => {
  it.each<[string, object, RegExp]>([
    [
      'an unknown field',
      { size: ['1K'] },
      /^catalogue\[0\]\.size is not a field here: check its spelling.* sizes,/,
    ],
    [
      'a wrong type',
      { maxReferences: 'many' },
      /^catalogue\[0\]\.maxReferences is "many": give a whole number/,
    ],
    [
      'sizes not smallest first',
      { sizes: ['2K', '1K'] },
      /^catalogue\[0\]\.sizes is \["2K","1K"\]: .*smallest first/,
    ],
    ['a size twice', { sizes: ['1K', '1K'] }, /^catalogue\[0\]\.sizes is .*each once/],
    ['no size', { sizes: [] }, /^catalogue\[0\]\.sizes\[0\] is missing: give some of 512/],
    [
      'a size that is none',
      { sizes: ['3K'] },
      /^catalogue\[0\]\.sizes\[0\] is "3K": give some of 512, 1K, 2K, 4K/,
    ],
    [
      'a replacement that is not in the catalogue',
      { replacement: 'gemini-9-image' },
      /^catalogue\[0\]\.replacement is gemini-9-image.*on ai-studio: give one of gemini-nano-banana-2\.1.* or add its entry/,
    ],
    [
      'itself as replacement',
      { replacement: PRO.model },
      /^catalogue\[0\]\.replacement is gemini-3-pro-image/,
    ],
    [
      'a negative price',
      { price: { ...pro.price, imageOutPerMTok: -1 } },
      /^catalogue\[0\]\.price\.imageOutPerMTok is -1: give USD per million tokens, 0 or more$/,
    ],
    [
      'half a price',
      { price: { inputPerMTok: 1 } },
      /catalogue\[0\]\.price\.batchFactor is missing: give a factor/,
    ],
    [
      'an unknown field of a price',
      { price: { ...pro.price, outPerMTok: 1 } },
      /^catalogue\[0\]\.price\.outPerMTok is not a field here: check its spelling; there are inputPerMTok/,
    ],
    [
      'a day that is none',
      { shutdownDate: '2026-02-30' },
      /^catalogue\[0\]\.shutdownDate is "2026-02-30": give a day/,
    ],
    ['a moment for a day', { shutdownDate: '2026-02-28T10:00:00Z' }, /^catalogue\[0\]\.shutdownDate is /],
    [
      'a default size it lacks',
      { defaultSize: '512' },
      /^catalogue\[0\]\.defaultSize is 512, which .* give one of 1K, 2K, 4K/,
    ],
    [
      'a size without tokens',
      { sizes: ['512', '1K'] },
      /^catalogue\[0\]\.imageTokens lacks 512: give the output tokens/,
    ],
    ['no standard tier', { tiers: ['flex'] }, /^catalogue\[0\]\.tiers is \["flex"\]: .*standard among them/],
    [
      'a tier without a factor',
      { price: { ...pro.price, tierFactor: { standard: 1, flex: 0.5 } } },
      /^catalogue\[0\]\.price\.tierFactor lacks priority: give a factor/,
    ],
    ['a state of its own', { state: 'gone' }, /^catalogue\[0\]\.state is "gone": give one of recommended/],
  ])('%s', (_, fields, message) => {
    const act = () => read([{ ...PRO, ...fields }]);
    expect(act).toThrow(TypeError);
    expect(act).toThrow(message);
  });

  it('is told by the entry that is wrong, and all of it at once', () => {
    const act = () => read([PRO, { ...PRO, batch: 'yes' }, { model: 'x' }]);
    expect(act).toThrow(
      /catalogue\[1\]\.batch is "yes".*; catalogue\[2\]\.endpoint is missing: give ai-studio or vertex/,
    );
  });

  it('is told by the field that a new model lacks first', () => {
    expect(() => read([{ ...PRO, model: 'gemini-9-image' }])).toThrow(
      /^catalogue\[0\]\.state: gemini-9-image is new on ai-studio, give its state, sizes/,
    );
  });

  it.each([[{}], ['text'], [null]])('is no list: %j', (given) => {
    expect(() => read(given)).toThrow(/^catalogue is .*: give a list of entries$/);
  });
});

describe('a catalogue that can', () => {
  it('is none, or the defaults themselves', () => {
    expect(read(undefined)).toEqual(DEFAULT_CATALOGUE);
    expect(read(DEFAULT_CATALOGUE)).toEqual(DEFAULT_CATALOGUE);
  });

  it('may name a replacement that it adds itself, behind it', () => {
    const merged = readCatalogue(DEFAULT_CATALOGUE, [
      { ...PRO, shutdownDate: '2027-02-28', replacement: 'gemini-9-image' },
      { ...pro, model: 'gemini-9-image' },
    ]);
    expect(findModel(merged, PRO.endpoint, PRO.model)).toMatchObject({ replacement: 'gemini-9-image' });
  });

  it('may sell by the image, without tokens', () => {
    const sold = {
      ...pro,
      model: 'sold-by-the-image',
      sizes: ['1K'],
      imageTokens: {},
      price: { ...pro.price, perImage: { '1K': 0.04 } },
    };
    expect(read([sold])).toHaveLength(DEFAULT_CATALOGUE.length + 1);
  });
});
