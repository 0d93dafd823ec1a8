import { describe, expect, it } from 'vitest';
import type { ModelEntry } from '../../src/domain/catalogue.ts';
import {
  DEFAULT_CATALOGUE,
  DEFAULT_CHAIN,
  findModel,
  mergeCatalogue,
  nearestModels,
} from '../../src/domain/catalogue.ts';

const entry = (model: string): ModelEntry => {
  const found = findModel(DEFAULT_CATALOGUE, 'ai-studio', model);
  if (found === undefined) throw new Error(`${model} is missing`);
  return found;
};

describe('the default catalogue', () => {
  it.each([
    ['gemini-3-pro-image', '1K', 0.134],
    ['gemini-3-pro-image', '2K', 0.134],
    ['gemini-3-pro-image', '4K', 0.24],
    ['gemini-nano-banana-2.1', '1K', 0.0336],
    ['gemini-3.1-flash-lite-image', '1K', 0.0336],
    ['gemini-3.1-flash-image', '512', 0.045],
    ['gemini-3.1-flash-image', '1K', 0.067],
    ['gemini-3.1-flash-image', '2K', 0.101],
    ['gemini-3.1-flash-image', '4K', 0.151],
    ['gemini-2.5-flash-image', '1K', 0.039],
  ] as const)('%s at %s costs %d USD an image', (model, size, usd) => {
    const { imageTokens, price } = entry(model);
    expect(((imageTokens[size] ?? NaN) * price.imageOutPerMTok) / 1e6).toBeCloseTo(usd, 3);
  });

  it.each(DEFAULT_CATALOGUE.map((each) => [`${each.model} on ${each.endpoint}`, each] as const))(
    '%s is whole',
    (_model, each) => {
      expect(each.sizes).toContain(each.defaultSize);
      expect(Object.keys(each.imageTokens).sort()).toEqual([...each.sizes].sort());
      expect(each.aspectRatios).toContain('1:1');
      expect(each.tiers[0]).toBe('standard');
      expect(each.price.batchFactor).toBe(0.5);
      for (const tier of each.tiers) expect(each.price.tierFactor[tier]).toBeGreaterThan(0);
      const { shutdownDate, replacement } = each;
      if (each.endpoint === 'ai-studio')
        expect((shutdownDate === undefined) === (replacement === undefined)).toBe(true);
      if (replacement !== undefined) expect(entry(replacement).state).not.toBe('deprecated');
    },
  );

  it('its chain leads only over models that are not being shut down', () => {
    expect(DEFAULT_CHAIN).toEqual([
      'gemini-3-pro-image',
      'gemini-nano-banana-2.1',
      'gemini-3.1-flash-lite-image',
    ]);
    for (const model of DEFAULT_CHAIN) expect(['recommended', 'available']).toContain(entry(model).state);
  });

  it('only gemini-2.5-flash-image ignores the size and answers in PNG', () => {
    const odd = DEFAULT_CATALOGUE.filter(
      ({ honoursSize, outputMime }) => !honoursSize || outputMime !== 'image/jpeg',
    );
    expect(odd.map(({ model }) => model)).toEqual(['gemini-2.5-flash-image', 'gemini-2.5-flash-image']);
    expect(odd[0]).toMatchObject({ honoursSize: false, outputMime: 'image/png', maxReferences: 3 });
  });

  it('keeps endpoints apart: dates, tiers, batches, and what is not known there', () => {
    const there = (model: string): ModelEntry | undefined => findModel(DEFAULT_CATALOGUE, 'vertex', model);
    expect(there('gemini-3.1-flash-image')).toMatchObject({ state: 'available', shutdownDate: '2027-05-28' });
    expect(there('gemini-2.5-flash-image')).toMatchObject({ state: 'available', shutdownDate: '2027-03-15' });
    expect(there('gemini-3-pro-image')).toMatchObject({ tiers: ['standard'], batch: false });
    expect(there('gemini-nano-banana-2.1')).toBeUndefined();
  });
});

describe('overrides', () => {
  const pro = { endpoint: 'ai-studio', model: 'gemini-3-pro-image' } as const;

  it('of a known model may be partial, and leave the others as they are', () => {
    const merged = mergeCatalogue(DEFAULT_CATALOGUE, [{ ...pro, maxReferences: 2 }]);
    expect(findModel(merged, 'ai-studio', pro.model)).toEqual({ ...entry(pro.model), maxReferences: 2 });
    expect(merged).toHaveLength(DEFAULT_CATALOGUE.length);
  });

  it('of one model twice apply one after the other', () => {
    const merged = mergeCatalogue(DEFAULT_CATALOGUE, [
      { ...pro, maxReferences: 2 },
      { ...pro, state: 'deprecated' },
    ]);
    expect(findModel(merged, 'ai-studio', pro.model)).toMatchObject({
      maxReferences: 2,
      state: 'deprecated',
    });
    expect(merged).toHaveLength(DEFAULT_CATALOGUE.length);
  });

  it('may add a whole new model', () => {
    const fresh: ModelEntry = { ...entry(pro.model), model: 'gemini-9-image' };
    const merged = mergeCatalogue(DEFAULT_CATALOGUE, [fresh]);
    expect(findModel(merged, 'ai-studio', 'gemini-9-image')).toEqual(fresh);
  });

  it('of a new model that lack fields are refused by the names of those fields', () => {
    const { aspectRatios: _ratios, imageTokens: _tokens, ...partial } = entry(pro.model);
    expect(() => mergeCatalogue(DEFAULT_CATALOGUE, [{ ...partial, model: 'gemini-9-image' }])).toThrow(
      /gemini-9-image is new on ai-studio, give its aspectRatios, imageTokens/,
    );
    const elsewhere = { endpoint: 'vertex', model: 'gemini-nano-banana-2.1' } as const;
    expect(() => mergeCatalogue(DEFAULT_CATALOGUE, [elsewhere])).toThrow(TypeError);
  });

  it('change nothing in the defaults', () => {
    const before = structuredClone(DEFAULT_CATALOGUE);
    mergeCatalogue(DEFAULT_CATALOGUE, [{ ...pro, maxReferences: 2 }]);
    expect(DEFAULT_CATALOGUE).toEqual(before);
  });
});

describe('nearestModels', () => {
  it.each([
    ['gemini-3-pro-imag', 'gemini-3-pro-image'],
    ['gemini-3-pro-image-preview', 'gemini-3-pro-image'],
    ['gemini-2.5-flash-image-preview', 'gemini-2.5-flash-image'],
    ['gemini-nano-banana-2', 'gemini-nano-banana-2.1'],
    ['gemini-3.1-flash-light-image', 'gemini-3.1-flash-lite-image'],
  ])('%s: did you mean %s?', (asked, meant) => {
    expect(nearestModels(DEFAULT_CATALOGUE, asked)[0]).toBe(meant);
  });

  it('suggests nothing for an id of another kind, and at most three', () => {
    expect(nearestModels(DEFAULT_CATALOGUE, 'dall-e-3')).toEqual([]);
    expect(nearestModels(DEFAULT_CATALOGUE, 'gemini-3-image').length).toBeLessThanOrEqual(3);
  });
});
