/**
 * What a generation may cost and how long a call takes, before anything is started: the likely path is
 * one call as asked; the worst is every call that may be billed, at the dearest place the request allows.
 * Pure: money in USD, lengths in milliseconds, no promise about queues or load.
 */
import type { ModelEntry } from './catalogue.ts';
import { estimateTokens, imagePriceUsd } from './cost.ts';
import type { GenerationRequest, Size } from './request.ts';
import { SIZES } from './request.ts';
import type { Rung } from './snapshot.ts';

export interface EstimateInput {
  readonly request: GenerationRequest;
  /** Of the ladder; the first one is what was asked. */
  readonly rungs: readonly [Rung, ...Rung[]];
  readonly entryOf: (rung: Rung) => ModelEntry;
  /** Number of input images. */
  readonly inputs: number;
  /** Worst price of a call that rewrites or simplifies the prompt. */
  readonly textUsd: number;
  /** Model ids that `allow.models: 'chain'` would add, beside the one asked. */
  readonly chain: readonly string[];
}

export interface EstimatedRung {
  readonly kind: Rung['kind'];
  readonly route: string;
  readonly model: string;
  readonly tier: Rung['tier'];
  readonly sizes: readonly Size[];
  /** One image at the first size, without drafts and thinking. */
  readonly likelyUsd: number;
  /** One call at the first size, drafts and thinking included. */
  readonly worstUsd: number;
  readonly latency: Latency;
  readonly upload: boolean;
  /** What is lost or different there, one thing each. */
  readonly changes: readonly string[];
}

/** Without load, as measured; `between` two sizes where this one was not. */
export type Latency =
  | { readonly kind: 'measured'; readonly ms: number }
  | { readonly kind: 'between'; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: 'unknown' };

/** A permission that the request does not give, and what it would add. */
export interface Ungiven {
  /** `models`, `tiers`: a field of `allow`. */
  readonly field: string;
  readonly adds: string;
}

export interface Estimate {
  readonly likelyUsd: number;
  readonly worstCallUsd: number;
  /** Of the whole generation, on the rungs that need no approval. */
  readonly worstUsd: number;
  /** The same, should a person let it leave to a route-out; absent where there is none. */
  readonly worstApprovedUsd?: number;
  /** Calls that may be billed at most. */
  readonly paidCalls: number;
  /** `maxCostUsd` bounds the worst case, not the calls. */
  readonly capped: boolean;
  readonly ladder: readonly EstimatedRung[];
  readonly notAllowed: readonly Ungiven[];
  readonly latency: Latency;
}

const MILLION = 1_000_000;

export function estimate(input: EstimateInput): Estimate {
  const { request, rungs } = input;
  const ladder = rungs.map((rung) => estimatedRung(rung, input));
  const [asked] = ladder as [EstimatedRung, ...EstimatedRung[]];
  const allowed = rungs.filter(({ kind }) => kind !== 'route-out');
  const paidCalls = Math.min(request.maxPaidCalls, request.maxAttempts);
  const cap = request.maxCostUsd ?? Infinity;
  const uncapped = paidCalls * dearest(allowed, input);
  const approved = paidCalls * dearest(rungs, input);
  return {
    likelyUsd: asked.likelyUsd,
    worstCallUsd: asked.worstUsd,
    worstUsd: Math.min(cap, uncapped),
    ...(allowed.length === rungs.length ? {} : { worstApprovedUsd: Math.min(cap, approved) }),
    paidCalls,
    capped: cap < uncapped,
    ladder,
    notAllowed: ungiven(input),
    latency: asked.latency,
  };
}

/** Of an image and its prompt, without drafts and thinking. */
export function likelyPriceUsd(
  entry: ModelEntry,
  { size, tier, promptTokens }: Pick<Rung, 'tier'> & { readonly size: Size; readonly promptTokens: number },
): number {
  const { inputPerMTok, tierFactor } = entry.price;
  const prompt = (promptTokens * inputPerMTok * (tierFactor[tier] ?? 1)) / MILLION;
  return imagePriceUsd(entry, size, tier) + prompt;
}

/** As measured, else between the nearest measured sizes on either side; a longer one alone says nothing. */
export function latencyOf({ typicalMs = {} }: ModelEntry, size: Size): Latency {
  const ms = typicalMs[size];
  if (ms !== undefined) return { kind: 'measured', ms };
  const at = SIZES.indexOf(size);
  const fromMs = SIZES.slice(0, at)
    .flatMap((each) => typicalMs[each] ?? [])
    .at(-1);
  const [toMs] = SIZES.slice(at).flatMap((each) => typicalMs[each] ?? []);
  return fromMs === undefined || toMs === undefined ? { kind: 'unknown' } : { kind: 'between', fromMs, toMs };
}

function estimatedRung(rung: Rung, { request, entryOf, inputs }: EstimateInput): EstimatedRung {
  const { kind, route, model, tier, sizes, worstUsd, upload = false, changes = [] } = rung;
  const entry = entryOf(rung);
  const size = sizes[0] ?? entry.defaultSize;
  const { prompt } = request;
  const promptTokens = estimateTokens(typeof prompt === 'string' ? prompt.length : prompt.bytes, inputs);
  return {
    ...{ kind, route, model, tier, sizes, upload, changes },
    likelyUsd: likelyPriceUsd(entry, { size, tier, promptTokens }),
    worstUsd: worstUsd[0] ?? 0,
    // Waits of a slower tier were not measured.
    latency: tier === 'flex' ? { kind: 'unknown' } : latencyOf(entry, size),
  };
}

/** The dearest single call on these rungs; a text call is one of them where the request allows it. */
function dearest(rungs: readonly Rung[], { request: { allow }, textUsd }: EstimateInput): number {
  const text = allow.simplify || allow.rewrite !== 'never' ? textUsd : 0;
  return Math.max(text, ...rungs.flatMap(({ worstUsd }) => worstUsd));
}

function ungiven({ request, rungs, entryOf, chain, inputs }: EstimateInput): readonly Ungiven[] {
  const { allow, routeOut } = request;
  const [asked] = rungs;
  const entry = entryOf(asked);
  const others = chain.filter((model) => model !== asked.model);
  const tiers = entry.tiers.filter((tier) => tier !== 'standard' && !allow.tiers.includes(tier));
  const smaller = entry.sizes.filter(
    (size) => SIZES.indexOf(size) < SIZES.indexOf(asked.sizes[0] ?? entry.defaultSize),
  );
  const rows: readonly (readonly [boolean, string, string])[] = [
    [allow.models.length === 0 && others.length > 0, 'models', others.join(', ')],
    [tiers.length > 0, 'tiers', tiers.join(', ')],
    [allow.sizes.length === 0 && smaller.length > 0, 'sizes', smaller.toReversed().join(', ')],
    [!allow.inputs && inputs > 0, 'inputs', 'the inputs scaled down after a timeout'],
    [!allow.simplify, 'simplify', 'a simpler prompt where the whole one gives no image'],
    [allow.rewrite === 'never', 'rewrite', 'a rewritten prompt after a safety block'],
    [routeOut === 'never', 'routeOut', 'a person asked when nothing else is left'],
  ];
  return rows.flatMap(([isUngiven, field, adds]) => (isUngiven ? [{ field, adds }] : []));
}
