import { describe, expect, it } from 'vitest';
import { deliveryWarnings, imageWarnings, modelWarnings } from '../../activities/delivery-warnings.ts';
import type { Extraction } from '../../src/artifacts/extract.ts';
import type { ModelEntry } from '../../src/domain/catalogue.ts';
import { DEFAULT_CATALOGUE } from '../../src/domain/catalogue.ts';
import { SIZES } from '../../src/domain/request.ts';
import { ALL_RATIOS, COMMON_RATIOS, pixelsOf } from '../../src/emulator/pixel-sizes.ts';

const pro = DEFAULT_CATALOGUE[0] as ModelEntry;

describe('an image', () => {
  it("as the provider draws each ratio at each size is no reason for a warning; the next size's is one", () => {
    for (const aspectRatio of ALL_RATIOS) {
      for (const [i, size] of SIZES.entries()) {
        expect(imageWarnings({ size, aspectRatio }, pixelsOf('gemini-3', aspectRatio, size))).toEqual([]);
        const next = SIZES[i + 1];
        if (next === undefined) continue;
        const smaller = pixelsOf('gemini-3', aspectRatio, size);
        expect(imageWarnings({ size: next, aspectRatio }, smaller)).toEqual([
          `asked ${next}, delivered ${smaller.width}×${smaller.height}`,
        ]);
      }
    }
    for (const aspectRatio of COMMON_RATIOS) {
      expect(imageWarnings({ size: '1K', aspectRatio }, pixelsOf('gemini-2.5', aspectRatio, '1K'))).toEqual(
        [],
      );
    }
  });

  it('of each other ratio is one, however near', () => {
    for (const aspectRatio of ALL_RATIOS) {
      for (const drawn of ALL_RATIOS.filter((each) => each !== aspectRatio)) {
        const { width, height } = pixelsOf('gemini-3', drawn, '1K');
        expect(imageWarnings({ aspectRatio }, { width, height })).toEqual([
          `asked ${aspectRatio}, delivered ${width}×${height}`,
        ]);
      }
    }
  });

  it('16:9 as it was measured (1408×768) is 16:9', () => {
    expect(imageWarnings({ size: '1K', aspectRatio: '16:9' }, { width: 1408, height: 768 })).toEqual([]);
  });

  it('is not judged by what was left open', () => {
    expect(imageWarnings({}, { width: 10, height: 4000 })).toEqual([]);
  });
});

describe('a model', () => {
  it('that answers for another is named, shortened', () => {
    const told = modelWarnings(pro, { modelVersion: `other-${'x'.repeat(5_000)}` }, pro, 0);
    expect(told[0]).toMatch(/^asked gemini-3-pro-image, answered by other-x/);
    expect(told[0]?.length).toBeLessThan(300);
  });

  it('that was past its date when it answered is told with what to name instead', () => {
    const old = { ...pro, shutdownDate: '2026-10-29', replacement: 'gemini-9-image' };
    expect(modelWarnings(pro, { modelVersion: pro.model }, old, Date.parse('2026-11-27'))).toEqual([
      'gemini-3-pro-image retired 29 days ago (announced for 2026-10-29): name gemini-9-image instead',
    ]);
    expect(modelWarnings(pro, { modelVersion: pro.model }, old, Date.parse('2026-01-01'))).toEqual([]);
  });
});

describe('a delivery', () => {
  it('says the same thing once, and not more than eight of them', () => {
    const image = { width: 512, height: 512 } as Extraction['images'][number];
    const odd = Array.from({ length: 20 }, (_, i) => ({ ...image, width: 100 + i }));
    const format = { model: 'm', tier: 'standard', modalities: ['IMAGE'], size: '2K' } as const;
    const of = (images: Extraction['images']) => deliveryWarnings(format, { images, drafts: [] }, ['first']);
    expect(of([image, image])).toEqual(['first', 'asked 2K, delivered 512×512']);
    expect(of(odd)).toHaveLength(8);
    expect(of(odd)[0]).toBe('first');
  });
});
