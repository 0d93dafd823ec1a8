/** On which model a request starts that names a quality: price, size, dates; and what it may not be beside. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import { DEFAULT_CATALOGUE, DEFAULT_CHAIN, findModel, mergeCatalogue } from '../../src/domain/catalogue.ts';
import { withField } from '../../src/domain/changed-request.ts';
import { worstPriceUsd } from '../../src/domain/cost.ts';
import { chainFor, startingModel } from '../../src/domain/quality.ts';
import { QUALITIES, SIZES } from '../../src/domain/request.ts';
import type { RequestDraft } from '../../src/domain/resolve-request.ts';
import { resolveRequest } from '../../src/domain/resolve-request.ts';
import { parseRequest } from '../../src/schema/request.ts';

const [PRO, BANANA, LITE] = ['gemini-3-pro-image', 'gemini-nano-banana-2.1', 'gemini-3.1-flash-lite-image'];

function start(draft: Omit<RequestDraft, 'prompt'>, catalogue: Catalogue = DEFAULT_CATALOGUE) {
  return {
    request: resolveRequest({ prompt: 'a fox', ...draft }),
    inputs: [],
    chain: DEFAULT_CHAIN,
    route: { name: 'here', endpoint: 'ai-studio' },
    entryOf: (id: string) => findModel(catalogue, 'ai-studio', id),
    now: Date.parse('2026-05-01'),
  } as const;
}
const model = (...given: Parameters<typeof start>) => startingModel(start(...given));

describe('quality', () => {
  it('draft: the cheapest of the chain; final: the best; neither: the default', () => {
    expect([model({ quality: 'draft' }), model({ quality: 'final' }), model({})]).toEqual([LITE, PRO, PRO]);
  });

  it('a model that lacks the size is passed over, the size stays', () => {
    const lacking = [LITE, BANANA, PRO].filter(
      (id) => !findModel(DEFAULT_CATALOGUE, 'ai-studio', id ?? '')?.sizes.includes('4K'),
    );
    const chosen = model({ quality: 'draft', size: '4K' });
    expect(lacking).toContain(LITE);
    expect(lacking).not.toContain(chosen);
  });

  it('what is retired is passed over', () => {
    const gone = mergeCatalogue(DEFAULT_CATALOGUE, [
      { endpoint: 'ai-studio', model: LITE ?? '', shutdownDate: '2026-04-01' },
    ]);
    expect(model({ quality: 'draft' }, gone)).toBe(BANANA);
  });

  it('a draft falls back to the next cheapest, not to the dearest', () => {
    expect(chainFor(start({ quality: 'draft' }))).toEqual([LITE, BANANA, PRO]);
    expect(chainFor(start({ quality: 'final' }))).toEqual(DEFAULT_CHAIN);
  });

  it('law: it starts on a model of the chain that has the size, and no cheaper one has it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...QUALITIES), fc.constantFrom(...SIZES), (quality, size) => {
        const fits = DEFAULT_CHAIN.flatMap((id) => {
          const entry = findModel(DEFAULT_CATALOGUE, 'ai-studio', id);
          return entry?.sizes.includes(size) === true ? [entry] : [];
        });
        fc.pre(fits.length > 0);
        const chosen = fits.find((entry) => entry.model === model({ quality, size }));
        const price = (entry: (typeof fits)[number]) =>
          worstPriceUsd(entry, { size, promptTokens: 2, tier: 'standard' });
        expect(chosen).toBeDefined();
        if (quality === 'final') expect(chosen).toBe(fits[0]);
        else if (chosen !== undefined) expect(price(chosen)).toBe(Math.min(...fits.map(price)));
      }),
    );
  });
});

describe('what says two things at once', () => {
  it('model beside quality is refused, and what to do', () => {
    expect(() => parseRequest({ prompt: 'a fox', model: PRO, quality: 'draft' })).toThrow(
      /quality picks a model, and model names one: give either of them/,
    );
  });

  it('quiet beside interactive is refused, and what to do', () => {
    expect(() => parseRequest({ prompt: 'a fox', when: 'quiet', urgency: 'interactive' })).toThrow(
      /when of an interactive request cannot be quiet/,
    );
  });

  it('a person’s other model takes the place of a quality; another field does not', () => {
    const request = resolveRequest({ prompt: 'a fox', quality: 'draft' });
    expect(withField(request, { field: 'model', value: PRO })).toMatchObject({ model: PRO });
    expect(withField(request, { field: 'model', value: PRO }).quality).toBeUndefined();
    expect(withField(request, { field: 'size', value: '2K' })).toMatchObject({
      quality: 'draft',
      size: '2K',
    });
  });

  it('now is what it is without a word: the same request', () => {
    expect(resolveRequest({ prompt: 'a fox', when: 'now' })).toEqual(resolveRequest({ prompt: 'a fox' }));
  });
});
