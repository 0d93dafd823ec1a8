import { describe, expect, it } from 'vitest';
import type { ModelEntry } from '../../src/domain/catalogue.ts';
import { DEFAULT_CATALOGUE, findModel } from '../../src/domain/catalogue.ts';
import { costFromUsage, estimateTokens, imagePriceUsd, worstPriceUsd } from '../../src/domain/cost.ts';

const entry = (model: string): ModelEntry => findModel(DEFAULT_CATALOGUE, 'ai-studio', model) as ModelEntry;
const pro = entry('gemini-3-pro-image');
const standard = { tier: 'standard', images: 1 } as const;

describe('costFromUsage', () => {
  it('bills from the total: prompt as input, the image as image, the rest as text', () => {
    const usage = {
      promptTokenCount: 100,
      candidatesTokenCount: 1_120,
      totalTokenCount: 1_420,
      imageTokenCount: 1_120,
    };
    const usd = (100 * 2 + 1_120 * 120 + 200 * 12) / 1e6;
    expect(costFromUsage(pro, usage, standard)).toBeCloseTo(usd, 9);
  });

  it('without details, an image counts what the catalogue says for its size', () => {
    const usage = { promptTokenCount: 0, totalTokenCount: 2_500 };
    const usd = (2_000 * 120 + 500 * 12) / 1e6;
    expect(costFromUsage(pro, usage, { ...standard, size: '4K' })).toBeCloseTo(usd, 9);
  });

  it('drafts are billed images too', () => {
    const usage = { promptTokenCount: 0, totalTokenCount: 3_360 };
    expect(costFromUsage(pro, usage, { tier: 'standard', images: 3 })).toBeCloseTo(3 * 0.1344, 6);
  });

  it('a refusal that only thought costs its thinking, at the price of text', () => {
    const usage = { promptTokenCount: 10, thoughtsTokenCount: 300, totalTokenCount: 310 };
    expect(costFromUsage(pro, usage, { tier: 'standard', images: 0 })).toBeCloseTo((20 + 3_600) / 1e6, 9);
  });

  it('a delivering answer without usage is not free: its images cost what the catalogue says', () => {
    expect(costFromUsage(pro, {}, standard)).toBeCloseTo(0.1344, 6);
    expect(costFromUsage(pro, { promptTokenCount: 50 }, { ...standard, images: 2 })).toBeCloseTo(
      0.2688 + 0.0001,
      6,
    );
  });

  it('an answer without usage and without an image costs nothing that we know', () => {
    expect(costFromUsage(pro, {}, { ...standard, images: 0 })).toBe(0);
  });

  it('an image that is sold by the image costs that, and its tokens nothing', () => {
    const sold: ModelEntry = { ...pro, price: { ...pro.price, perImage: { '1K': 0.05 } } };
    const usage = { promptTokenCount: 100, totalTokenCount: 1_420, imageTokenCount: 1_120 };
    const words = (100 * 2 + 200 * 12) / 1e6;
    expect(costFromUsage(sold, usage, standard)).toBeCloseTo(0.05 + words, 9);
    expect(costFromUsage(sold, usage, { ...standard, tier: 'flex' })).toBeCloseTo((0.05 + words) / 2, 9);
    expect(imagePriceUsd(sold, '1K', 'standard')).toBe(0.05);
    expect(imagePriceUsd(sold, '4K', 'standard')).toBeCloseTo(0.24, 9);
    const call = { promptTokens: 0, tier: 'standard' } as const;
    expect(worstPriceUsd(sold, call)).toBeLessThan(worstPriceUsd(pro, call));
  });

  it('a tier multiplies everything', () => {
    const usage = { promptTokenCount: 100, totalTokenCount: 1_300 };
    const flex = costFromUsage(pro, usage, { tier: 'flex', images: 1 });
    expect(flex).toBeCloseTo(costFromUsage(pro, usage, standard) / 2, 9);
  });

  it('never negative, also when a total is smaller than its prompt', () => {
    expect(costFromUsage(pro, { promptTokenCount: 90, totalTokenCount: 10 }, standard)).toBeGreaterThan(0);
  });
});

describe('worstPriceUsd', () => {
  it('holds for what a call usually turns out to cost: one draft, thinking, the image', () => {
    for (const model of DEFAULT_CATALOGUE) {
      for (const size of model.sizes) {
        const image = model.imageTokens[size] as number;
        const images = model.thinkingLevels.length === 0 ? 1 : 2;
        const thinking = model.thinkingLevels.length === 0 ? 0 : 1_000;
        const usage = { promptTokenCount: 500, totalTokenCount: 500 + images * image + thinking };
        const cost = costFromUsage(model, usage, { size, tier: 'standard', images });
        const worst = worstPriceUsd(model, { size, promptTokens: 500, tier: 'standard' });
        expect(worst).toBeGreaterThanOrEqual(cost);
      }
    }
  });

  it('grows with size, prompt and tier', () => {
    const base = worstPriceUsd(pro, { size: '1K', promptTokens: 100, tier: 'standard' });
    expect(worstPriceUsd(pro, { size: '4K', promptTokens: 100, tier: 'standard' })).toBeGreaterThan(base);
    expect(worstPriceUsd(pro, { size: '1K', promptTokens: 9_000, tier: 'standard' })).toBeGreaterThan(base);
    expect(worstPriceUsd(pro, { size: '1K', promptTokens: 100, tier: 'priority' })).toBeGreaterThan(base);
  });

  it('without a size takes the default one', () => {
    const call = { promptTokens: 100, tier: 'standard' } as const;
    expect(worstPriceUsd(pro, call)).toBe(worstPriceUsd(pro, { ...call, size: '1K' }));
  });
});

describe('estimateTokens', () => {
  it('counts four characters a token and each input image', () => {
    expect(estimateTokens(401, 0)).toBe(101);
    expect(estimateTokens(0, 2)).toBeGreaterThanOrEqual(2 * 258);
  });
});
