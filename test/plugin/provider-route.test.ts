/** Options of a route to another provider: what is refused, with its cure, and what they come to. */
import { describe, expect, it } from 'vitest';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import { worstPriceUsd } from '../../src/domain/cost.ts';
import { resolveOptions } from '../../src/plugin/options.ts';
import type { ProviderRoute } from '../../src/plugin/provider-route.ts';
import type { RouteOptions } from '../../src/plugin/route-options.ts';

const MAIN: RouteOptions = { name: 'main', apiKey: 'AIza-main-0123456789' };
const OTHER: ProviderRoute = {
  ...{ name: 'other', provider: 'openai-compatible', apiKey: 'sk-other-0123456789', dialect: 'images' },
  ...{ baseUrl: 'https://relay.example/v1/', models: [{ model: 'gpt-image-1', usdPerImage: 0.17 }] },
};

const resolved = (other: object = {}, routes?: readonly RouteOptions[]) =>
  resolveOptions({
    store: new MemoryArtifactStore(),
    routes: routes ?? [MAIN, { ...OTHER, ...other }],
  });

describe('a route to another provider', () => {
  it('is an account of its own, with models and prices of its own', () => {
    const [main, other] = resolved().routes;
    expect(other?.gemini.account).toMatchObject({
      ...{ provider: 'openai-compatible', endpoint: 'custom', project: 'other' },
      baseUrl: 'https://relay.example/v1',
    });
    expect(other?.gemini.account.credential).not.toBe(main.gemini.account.credential);
    expect(main.models).toBeUndefined();
    expect(other?.models).toMatchObject([{ model: 'gpt-image-1', sizes: ['1K'], maxReferences: 4 }]);
  });

  it('costs what one image costs, at each size where that differs', () => {
    const sizes = { '1K': { '1:1': '1024x1024' }, '2K': { '1:1': '2048x2048' } };
    const models = [{ model: 'gpt-image-1', usdPerImage: { '1K': 0.04, '2K': 0.17 }, sizes }];
    const [entry] = resolved({ models }).routes[1]?.models ?? [];
    const usd = (size: '1K' | '2K') =>
      entry && worstPriceUsd(entry, { size, tier: 'standard', promptTokens: 9_000 });
    expect([usd('1K'), usd('2K')]).toEqual([0.04, 0.17]);
  });

  it.each([
    ['baseUrl', { baseUrl: undefined }, /route other: baseUrl is missing: give the API's URL/],
    ['a baseUrl that is none', { baseUrl: 'relay' }, /baseUrl is relay/],
    ['dialect', { dialect: 'responses' }, /dialect is responses: give one of images, chat/],
    ['models', { models: [] }, /models is empty: give at least one/],
    ['a price', { models: [{ model: 'm', usdPerImage: -1 }] }, /usdPerImage of m: give US dollars/],
    ['a size', { models: [{ model: 'm', usdPerImage: 1, sizes: { '8K': {} } }] }, /sizes of m names 8K/],
    ['a key', { apiKey: ' ' }, /the apiKey of route other is empty/],
  ])('without a usable %s is refused, with the cure', (_, other, problem) => {
    expect(() => resolved(other)).toThrow(problem);
  });

  it('is never where requests go first', () => {
    expect(() => resolved({}, [OTHER, MAIN])).toThrow(/put a route to Gemini before it/);
    expect(() => resolved({}, [OTHER])).toThrow(/put a route to Gemini before it/);
  });
});
