/** The ladder's rung to another provider: whose model, which size, what is lost, and what never goes there. */
import { describe, expect, it } from 'vitest';
import type { ModelEntry } from '../../src/domain/catalogue.ts';
import { DEFAULT_CATALOGUE, DEFAULT_CHAIN, findModel } from '../../src/domain/catalogue.ts';
import { signerOf } from '../../src/domain/conversation.ts';
import type { LadderRoute } from '../../src/domain/ladder.ts';
import { ladder } from '../../src/domain/ladder.ts';
import type { Account } from '../../src/domain/path.ts';
import type { ConversationRef, StoredInput } from '../../src/domain/request.ts';
import type { RequestDraft } from '../../src/domain/resolve-request.ts';
import { resolveRequest } from '../../src/domain/resolve-request.ts';
import type { Rung } from '../../src/domain/snapshot.ts';

const GOOGLE: Account = {
  ...{ provider: 'google', endpoint: 'ai-studio', project: 'shop', credential: 'a1' },
  baseUrl: 'https://generativelanguage.googleapis.com',
};
const OTHER: Account = {
  ...{ provider: 'openai-compatible', endpoint: 'custom', project: 'relay', credential: 'b2' },
  baseUrl: 'https://relay.example/v1',
};
const ASKED = findModel(DEFAULT_CATALOGUE, 'ai-studio', 'gemini-3-pro-image') as ModelEntry;

function entry(model: string, more: Partial<ModelEntry> = {}): ModelEntry {
  return {
    ...ASKED,
    ...{ endpoint: 'custom', model, sizes: ['1K', '2K'], tiers: ['standard'], thinkingLevels: [] },
    ...{ aspectRatios: [], sizeNames: { '1K': { '1:1': '1024x1024' }, '2K': {} }, maxReferences: 1 },
    ...more,
  };
}

const ITS_OWN = [entry('small-image'), entry('edits-image', { maxReferences: 4 })];

function other(
  draft: Omit<RequestDraft, 'prompt'>,
  inputs: readonly StoredInput[] = [],
  conversation?: ConversationRef,
): Rung | undefined {
  const routes: readonly [LadderRoute, LadderRoute] = [
    { name: 'main', account: GOOGLE },
    { name: 'other', account: OTHER, models: ITS_OWN.map(({ model }) => model) },
  ];
  const found = ladder({
    routes,
    entryOf: (route, model) =>
      route === 'other'
        ? ITS_OWN.find((each) => each.model === model)
        : findModel(DEFAULT_CATALOGUE, 'ai-studio', model),
    chain: DEFAULT_CHAIN,
    asked: ASKED,
    request: { ...resolveRequest({ prompt: 'a fox', ...draft }), ...(conversation ? { conversation } : {}) },
    inputs,
    now: Date.UTC(2026, 10, 1),
  }).filter(({ route }) => route === 'other');
  expect(found.length).toBeLessThan(2);
  return found[0];
}

const input = (bytes: number): StoredInput => ({
  ...{ kind: 'artifact', mime: 'image/png', bytes },
  sha256: bytes.toString(16).padStart(64, '0'),
});

describe('a rung to another provider', () => {
  it('is a route-out with a model of its own: the first that can serve the request', () => {
    expect(other({})).toMatchObject({ kind: 'route-out', model: 'small-image', tier: 'standard' });
    expect(other({}, [input(1), input(2)])).toMatchObject({ model: 'edits-image' });
    expect(other({}, [1, 2, 3, 4, 5].map(input))).toBeUndefined();
  });

  it('is none where no person is asked, unless the caller named it', () => {
    expect(other({ routeOut: 'never' })).toBeUndefined();
    expect(other({ routeOut: 'never', allow: { endpoints: ['other'] } })).toMatchObject({ kind: 'endpoint' });
  });

  it('takes the nearest size by a person’s word, and by the caller’s only where smaller sizes are allowed', () => {
    expect(other({ size: '4K' })).toMatchObject({ sizes: ['2K'] });
    expect(other({ size: '4K' })?.changes).toContain('4K becomes 2K');
    expect(other({ size: '4K', allow: { endpoints: ['other'] } })).toBeUndefined();
    expect(other({ size: '4K', allow: { endpoints: ['other'], sizes: 'smaller' } })).toMatchObject({
      sizes: ['2K', '1K'],
    });
  });

  it('says what is only asked for in words, and what is not sent', () => {
    expect(other({ size: '1K' })?.changes).toHaveLength(1);
    expect(other({ size: '1K', aspectRatio: '16:9', seed: 1, thinking: { level: 'high' } })?.changes).toEqual(
      [
        'another provider, with a picture quality and content rules of its own',
        'only asked for in words: Aspect ratio 16:9. Resolution 1K.',
        'not sent: thinking, seed',
      ],
    );
  });

  it('has no upload: what passes 20 MB does not go there', () => {
    expect(other({}, [input(10_000_000)])?.upload).toBeUndefined();
    expect(other({}, [input(19_000_000)])).toBeUndefined();
  });

  it.each([
    ['by Gemini', signerOf(GOOGLE, ASKED.model)],
    ['by itself', signerOf(OTHER, 'small-image')],
  ])('begins a conversation anew, also one that was signed %s (I9)', (_, signedBy) => {
    const image = input(9);
    const past = {
      ...{ sha256: 'c'.repeat(64), turns: 1, images: 1, bytes: 9, older: 0, chars: 9, json: 9, tokens: 9 },
      ...{ signedBy, image },
    };
    const rung = other({}, [], { session: 's', turn: 't', past } as unknown as ConversationRef);
    expect(rung).toMatchObject({ reseeds: true });
    expect(rung?.changes).toContain('signatures are lost: the conversation begins anew with its last image');
  });
});
