import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelEntry } from '../../src/domain/catalogue.ts';
import { DEFAULT_CATALOGUE, DEFAULT_CHAIN, findModel } from '../../src/domain/catalogue.ts';
import type { Estimate } from '../../src/domain/estimate.ts';
import { estimate, latencyOf } from '../../src/domain/estimate.ts';
import { ladder } from '../../src/domain/ladder.ts';
import { SIZES } from '../../src/domain/request.ts';
import type { RequestDraft } from '../../src/domain/resolve-request.ts';
import { resolveRequest } from '../../src/domain/resolve-request.ts';
import type { Rung } from '../../src/domain/snapshot.ts';
import { DEFAULT_TEXT_MODEL, worstTextUsd } from '../../src/domain/text-model.ts';

const entry = (model: string): ModelEntry => findModel(DEFAULT_CATALOGUE, 'ai-studio', model) as ModelEntry;

/** Undefined where the model cannot serve the request. */
function estimated(draft: Omit<RequestDraft, 'prompt'>, textUsd?: number): Estimate | undefined {
  const request = resolveRequest({ prompt: 'a red fox in fresh snow', ...draft });
  const rungs = ladder({
    routes: [{ name: 'default' }, { name: 'relay' }],
    entryOf: (_route, model) => entry(model),
    chain: DEFAULT_CHAIN,
    asked: entry(request.model ?? DEFAULT_CHAIN[0]),
    request,
    inputs: [],
    now: 0,
  });
  const [first, ...rest] = rungs;
  if (first?.kind !== 'asked') return undefined;
  return estimate({
    request,
    rungs: [first, ...rest],
    entryOf: ({ model }: Rung) => entry(model),
    inputs: 0,
    textUsd: textUsd ?? worstTextUsd(DEFAULT_TEXT_MODEL),
    chain: DEFAULT_CHAIN,
  });
}

function mustEstimate(draft: Omit<RequestDraft, 'prompt'>, textUsd?: number): Estimate {
  const result = estimated(draft, textUsd);
  if (result === undefined) throw new Error('the request cannot be served');
  return result;
}

const drafts = fc.record({
  model: fc.constantFrom(...DEFAULT_CATALOGUE.map(({ model }) => model)),
  size: fc.option(fc.constantFrom(...SIZES), { nil: undefined }),
  maxPaidCalls: fc.integer({ min: 1, max: 50 }),
  maxAttempts: fc.integer({ min: 1, max: 50 }),
  routeOut: fc.constantFrom('ask' as const, 'never' as const),
  allow: fc.oneof(
    fc.constantFrom('exact' as const, 'available' as const),
    fc.record({
      models: fc.constantFrom('chain' as const, ['gemini-nano-banana-2.1'] as const),
      tiers: fc.subarray(['flex', 'priority'] as const),
      sizes: fc.constantFrom('smaller' as const, ['512', '1K'] as const),
      rewrite: fc.constantFrom('never' as const, 'ask' as const, 'auto' as const),
    }),
  ),
});

const numbersOf = (result: Estimate): readonly number[] => [
  result.likelyUsd,
  result.worstCallUsd,
  result.worstUsd,
  result.worstApprovedUsd ?? 0,
  ...result.ladder.flatMap(({ likelyUsd, worstUsd }) => [likelyUsd, worstUsd]),
];

describe('whatever is asked', () => {
  it('every figure is a finite sum of money', () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const result = estimated(draft);
        for (const usd of result === undefined ? [] : numbersOf(result)) {
          expect(Number.isFinite(usd) && usd >= 0).toBe(true);
        }
      }),
    );
  });

  it('likely ≤ worst call ≤ worst generation ≤ worst with an approval, on every rung', () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const result = estimated(draft);
        if (result === undefined) return;
        for (const rung of result.ladder) expect(rung.likelyUsd).toBeLessThanOrEqual(rung.worstUsd);
        expect(result.likelyUsd).toBeLessThanOrEqual(result.worstCallUsd);
        expect(result.worstCallUsd).toBeLessThanOrEqual(result.worstUsd);
        expect(result.worstUsd).toBeLessThanOrEqual(result.worstApprovedUsd ?? result.worstUsd);
      }),
    );
  });

  it('one more paid call never makes the worst case smaller', () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const less = estimated(draft);
        const more = estimated({ ...draft, maxPaidCalls: draft.maxPaidCalls + 1 });
        if (less === undefined || more === undefined) return;
        expect(more.worstUsd).toBeGreaterThanOrEqual(less.worstUsd);
      }),
    );
  });

  it('one more permission never makes the worst case smaller', () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const exact = estimated({ ...draft, allow: 'exact' });
        const available = estimated({ ...draft, allow: 'available' });
        if (exact === undefined || available === undefined) return;
        expect(available.worstUsd).toBeGreaterThanOrEqual(exact.worstUsd);
      }),
    );
  });

  it('the cap is never passed, and only named where it bites', () => {
    fc.assert(
      fc.property(drafts, fc.double({ min: 0.01, max: 20, noNaN: true }), (draft, maxCostUsd) => {
        const free = estimated(draft);
        const capped = estimated({ ...draft, maxCostUsd });
        if (free === undefined || capped === undefined) return;
        expect(capped.worstUsd).toBe(Math.min(free.worstUsd, maxCostUsd));
        expect(capped.worstApprovedUsd ?? 0).toBeLessThanOrEqual(maxCostUsd);
        expect(capped.capped).toBe(maxCostUsd < free.worstUsd);
      }),
    );
  });
});

describe('the worst case of a generation', () => {
  it('is every paid call at the dearest place it may use', () => {
    const { worstUsd, ladder: rungs } = mustEstimate({ allow: 'available', maxPaidCalls: 4 });
    const priority = rungs.find(({ tier }) => tier === 'priority')?.worstUsd ?? NaN;
    expect(worstUsd).toBeCloseTo(4 * priority, 10);
  });

  it('is bounded by the attempts where those are fewer', () => {
    const { paidCalls } = mustEstimate({ maxPaidCalls: 9, maxAttempts: 2 });
    expect(paidCalls).toBe(2);
  });

  it('counts calls that rewrite and simplify at their own price, where they are allowed', () => {
    const allow = { rewrite: 'auto' } as const;
    expect(mustEstimate({ allow, maxPaidCalls: 3 }, 7).worstUsd).toBe(21);
    expect(mustEstimate({ maxPaidCalls: 3 }, 7).worstUsd).toBeLessThan(21);
  });
});

describe('what is not allowed', () => {
  const fields = (draft: Omit<RequestDraft, 'prompt'>): readonly string[] =>
    mustEstimate(draft).notAllowed.map(({ field }) => field);

  it('is named with what it would add', () => {
    expect(mustEstimate({ size: '2K' }).notAllowed).toContainEqual({ field: 'sizes', adds: '1K' });
    expect(fields({ size: '2K' })).toEqual(['models', 'tiers', 'sizes', 'simplify', 'rewrite']);
  });

  it('is silent where a permission would add nothing', () => {
    expect(fields({ size: '1K', allow: 'available' })).toEqual(['tiers']);
    expect(fields({ model: 'gemini-2.5-flash-image' })).not.toContain('tiers');
  });

  it('includes the question to a person', () => {
    expect(fields({ routeOut: 'never' })).toContain('routeOut');
  });
});

describe('how long a call takes', () => {
  const pro = entry('gemini-3-pro-image');

  it('is what was measured', () => {
    expect(latencyOf(pro, '1K')).toEqual({ kind: 'measured', ms: 19_000 });
  });

  it('lies between its neighbours where its own size was not measured', () => {
    expect(latencyOf(pro, '2K')).toEqual({ kind: 'between', fromMs: 19_000, toMs: 35_000 });
  });

  it('is unknown where nothing was measured: no guess', () => {
    expect(latencyOf(entry('gemini-nano-banana-2.1'), '1K')).toEqual({ kind: 'unknown' });
    expect(latencyOf(entry('gemini-3.1-flash-image'), '512')).toEqual({ kind: 'unknown' });
  });

  it('grows with the size, in every entry of the catalogue', () => {
    for (const { typicalMs = {} } of DEFAULT_CATALOGUE) {
      const measured = SIZES.flatMap((size) => typicalMs[size] ?? []);
      expect(measured).toEqual([...measured].sort((a, b) => a - b));
    }
  });
});
