import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Catalogue, ModelEntry } from '../../src/domain/catalogue.ts';
import { DEFAULT_CATALOGUE, DEFAULT_CHAIN, findModel } from '../../src/domain/catalogue.ts';
import type { LadderRoute } from '../../src/domain/ladder.ts';
import { ladder } from '../../src/domain/ladder.ts';
import { INLINE_LIMIT_BYTES } from '../../src/domain/preflight.ts';
import type { StoredInput } from '../../src/domain/request.ts';
import { SIZES } from '../../src/domain/request.ts';
import type { AllowDraft, RequestDraft } from '../../src/domain/resolve-request.ts';
import { resolveRequest } from '../../src/domain/resolve-request.ts';
import type { Rung } from '../../src/domain/snapshot.ts';

const HERE: LadderRoute = { name: 'here' };
const ROUTES: readonly [LadderRoute, ...LadderRoute[]] = [HERE, { name: 'relay' }, { name: 'cloud' }];

interface Setting {
  readonly routes?: readonly [LadderRoute, ...LadderRoute[]];
  readonly catalogue?: Catalogue;
  readonly model?: string;
  readonly inputs?: readonly StoredInput[];
  readonly now?: number;
}

function rungs(draft: Omit<RequestDraft, 'prompt'>, setting: Setting = {}): readonly Rung[] {
  const { catalogue = DEFAULT_CATALOGUE, routes = ROUTES, inputs = [], now = 0 } = setting;
  const entryOf = (_route: string, model: string): ModelEntry | undefined =>
    findModel(catalogue, 'ai-studio', model);
  return ladder({
    routes,
    entryOf,
    chain: DEFAULT_CHAIN,
    asked: entryOf('here', setting.model ?? 'gemini-3-pro-image') as ModelEntry,
    request: resolveRequest({ prompt: 'a fox', ...draft }),
    inputs,
    now,
  });
}

const words = (all: readonly Rung[]): readonly string[] =>
  all.map(({ kind, route, model, tier }) => `${kind} ${route} ${model} ${tier}`);

const input = (bytes: number, i = 0): StoredInput => ({
  kind: 'artifact',
  sha256: String(i).padStart(64, '0'),
  mime: 'image/png',
  bytes,
});

describe('the order of a ladder', () => {
  it('is asked, tier, other models, allowed endpoints, and what needs an approval last', () => {
    const allow: AllowDraft = {
      tiers: ['flex'],
      models: ['gemini-nano-banana-2.1'],
      endpoints: ['cloud'],
    };
    expect(words(rungs({ allow }))).toEqual([
      'asked here gemini-3-pro-image standard',
      'tier here gemini-3-pro-image flex',
      'fallback here gemini-nano-banana-2.1 standard',
      'endpoint cloud gemini-3-pro-image standard',
      'route-out relay gemini-3-pro-image standard',
    ]);
  });

  it('holds a rung once, however often it was allowed', () => {
    const allow: AllowDraft = {
      tiers: ['flex', 'flex'],
      models: ['gemini-nano-banana-2.1', 'gemini-nano-banana-2.1', 'gemini-3-pro-image'],
      endpoints: ['relay', 'relay', 'here'],
    };
    const all = words(rungs({ allow, routeOut: 'never' }));
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength(4);
  });
});

describe('a route that was not allowed', () => {
  it('is a rung for an approval, not for a fallback', () => {
    expect(rungs({}).map(({ kind }) => kind)).toEqual(['asked', 'route-out', 'route-out']);
  });

  it('is no rung at all where nobody may be asked', () => {
    expect(rungs({ routeOut: 'never' }).map(({ kind }) => kind)).toEqual(['asked']);
  });

  it('is no rung where it lacks the model, or the model is gone', () => {
    const gone = DEFAULT_CATALOGUE.map((entry) => ({ ...entry, state: 'shut-down' as const }));
    expect(rungs({ allow: 'available' }, { catalogue: gone }).map(({ kind }) => kind)).toEqual([
      'asked',
      'tier',
    ]);
  });
});

describe('a model past its shutdown date', () => {
  const OLD = 'gemini-3.1-flash-image';
  const day = Date.parse(findModel(DEFAULT_CATALOGUE, 'ai-studio', OLD)?.shutdownDate as string);
  const allow: AllowDraft = { models: [OLD, 'gemini-nano-banana-2.1'] };
  const fallbacks = (now: number, catalogue = DEFAULT_CATALOGUE): readonly string[] =>
    rungs({ allow, routeOut: 'never' }, { now, catalogue })
      .filter(({ kind }) => kind === 'fallback')
      .map(({ model }) => model);

  it('is no fallback from its day on, and one until then, also where the request lists it', () => {
    expect(fallbacks(day - 1)).toEqual([OLD, 'gemini-nano-banana-2.1']);
    expect(fallbacks(day)).toEqual(['gemini-nano-banana-2.1']);
  });

  it('is still the first rung, and another route for it, where it is what was asked for', () => {
    const all = rungs({ allow: { endpoints: ['relay'] } }, { model: OLD, now: day });
    expect(all.map(({ kind, route }) => `${kind} ${route}`)).toEqual([
      'asked here',
      'endpoint relay',
      'route-out cloud',
    ]);
  });

  it('is left out of the chain too', () => {
    const ends = DEFAULT_CATALOGUE.map((entry) =>
      entry.model === 'gemini-nano-banana-2.1' ? { ...entry, shutdownDate: '2026-12-01' } : entry,
    );
    const at = (date: string): readonly string[] =>
      words(
        rungs({ allow: { models: 'chain' }, routeOut: 'never' }, { catalogue: ends, now: Date.parse(date) }),
      );
    expect(at('2026-11-30').join()).toContain('nano-banana');
    expect(at('2026-12-01').join()).not.toContain('nano-banana');
  });
});

describe('inputs that are too large for one request', () => {
  const large = [input(INLINE_LIMIT_BYTES, 1), input(INLINE_LIMIT_BYTES, 2)];

  it('go as files on every rung', () => {
    const all = rungs({ allow: 'available' }, { inputs: large });
    expect(all.length).toBeGreaterThan(3);
    expect(all.every(({ upload }) => upload === true)).toBe(true);
  });

  it('leave the mark off where they fit, so that a clean history stays small', () => {
    expect(rungs({}, { inputs: [input(1_000)] }).every((rung) => !('upload' in rung))).toBe(true);
  });
});

describe('whatever a request allows', () => {
  const model = fc.constantFrom(...DEFAULT_CATALOGUE.map((entry) => entry.model));
  const size = fc.option(fc.constantFrom(...SIZES), { nil: undefined });
  const draft = fc.record({
    size,
    routeOut: fc.constantFrom('ask' as const, 'never' as const),
    allow: fc.record({
      models: fc.oneof(fc.constant('chain' as const), fc.array(model)),
      tiers: fc.array(fc.constantFrom('standard' as const, 'flex' as const, 'priority' as const)),
      endpoints: fc.array(fc.constantFrom('here', 'relay', 'cloud', 'nowhere')),
      sizes: fc.oneof(fc.constant('smaller' as const), fc.array(fc.constantFrom(...SIZES))),
    }),
  });

  it('each rung names a price for each size it may deliver, largest first', () => {
    fc.assert(
      fc.property(draft, model, (given, asked) => {
        for (const { sizes, worstUsd } of rungs(given, { model: asked })) {
          expect(sizes.length).toBeGreaterThan(0);
          expect(worstUsd).toHaveLength(sizes.length);
          expect(worstUsd.every((usd) => Number.isFinite(usd) && usd > 0)).toBe(true);
          const order = sizes.map((each) => SIZES.indexOf(each));
          expect(order).toEqual([...order].sort((a, b) => b - a));
        }
      }),
    );
  });

  it('a rung that needs an approval is never before one that does not, nor one that was allowed', () => {
    fc.assert(
      fc.property(draft, model, (given, asked) => {
        const all = rungs(given, { model: asked });
        const first = all.findIndex(({ kind }) => kind === 'route-out');
        if (first === -1) return;
        expect(all.slice(first).every(({ kind }) => kind === 'route-out')).toBe(true);
        for (const { route } of all.slice(first)) expect(given.allow.endpoints).not.toContain(route);
      }),
    );
  });

  it('no two rungs are the same path', () => {
    fc.assert(
      fc.property(draft, model, (given, asked) => {
        const paths = rungs(given, { model: asked }).map(({ route, model: m, tier }) =>
          [route, m, tier].join(),
        );
        expect(new Set(paths).size).toBe(paths.length);
      }),
    );
  });
});
