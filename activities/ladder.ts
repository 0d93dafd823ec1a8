/**
 * The rungs a generation may use, in order, from what the request allows, what this worker has routes
 * for, and what the catalogue says each model can do. A rung that cannot serve the request is left out.
 */
import type { ModelEntry } from '../src/domain/catalogue.ts';
import { estimateTokens, worstPriceUsd } from '../src/domain/cost.ts';
import type { ServiceTier } from '../src/domain/path.ts';
import { preflight } from '../src/domain/preflight.ts';
import type { PreflightRequest } from '../src/domain/preflight.ts';
import type { GenerationRequest, Size, StoredInput } from '../src/domain/request.ts';
import { SIZES } from '../src/domain/request.ts';
import type { Rung } from '../src/domain/snapshot.ts';
import type { ActivityDeps, ConfiguredRoute } from './deps.ts';
import { entryOf } from './model-entry.ts';

export function ladder(
  deps: ActivityDeps,
  route: ConfiguredRoute,
  asked: ModelEntry,
  request: GenerationRequest,
  inputs: readonly StoredInput[],
): readonly Rung[] {
  const { allow } = request;
  const rungFor = (
    to: ConfiguredRoute,
    entry: ModelEntry,
    tier: ServiceTier,
    kind: Rung['kind'],
  ): readonly Rung[] => {
    const sizes = servableSizes(entry, request);
    const shape = preflightShape(request, inputs, sizes[0]);
    if (sizes.length === 0 || !entry.tiers.includes(tier) || preflight(shape, entry).length > 0) return [];
    const promptTokens = estimateTokens(shape.promptChars, inputs.length);
    const worstUsd = sizes.map((size) => worstPriceUsd(entry, { size, promptTokens, tier }));
    return [{ route: to.name, model: entry.model, tier, kind, sizes, worstUsd }];
  };

  const first = rungFor(route, asked, 'standard', 'asked');
  const tiers = allow.tiers.flatMap((tier) =>
    tier === 'standard' ? [] : rungFor(route, asked, tier, 'tier'),
  );
  const models = allow.models === 'chain' ? deps.chain : allow.models;
  const fallbacks = models
    .filter((model) => model !== asked.model)
    .flatMap((model) => {
      const entry = entryOf(deps, route, model);
      return entry === undefined || entry.state === 'shut-down'
        ? []
        : rungFor(route, entry, 'standard', 'fallback');
    });
  const endpoints = allow.endpoints.flatMap((name) => {
    const to = deps.routes.find((candidate) => candidate.name === name && candidate !== route);
    const entry = to === undefined ? undefined : entryOf(deps, to, asked.model);
    return to === undefined || entry === undefined ? [] : rungFor(to, entry, 'standard', 'endpoint');
  });
  return [...first, ...tiers, ...fallbacks, ...endpoints];
}

/** What was asked first, then the smaller sizes that may be delivered instead, largest first. */
export function servableSizes(entry: ModelEntry, { size, allow }: GenerationRequest): readonly Size[] {
  const wanted = size ?? entry.defaultSize;
  const smaller = SIZES.slice(0, SIZES.indexOf(wanted)).toReversed();
  const allowed =
    allow.sizes === 'smaller' ? smaller : smaller.filter((s) => (allow.sizes as readonly Size[]).includes(s));
  return [wanted, ...allowed].filter((candidate) => entry.sizes.includes(candidate));
}

export function preflightShape(
  { prompt, modalities, aspectRatio, thinking }: GenerationRequest,
  inputs: readonly StoredInput[],
  size: Size | undefined,
): PreflightRequest {
  return {
    promptChars: typeof prompt === 'string' ? prompt.length : prompt.bytes,
    promptBlank: typeof prompt === 'string' && prompt.trim() === '',
    modalities,
    inputs,
    ...(size === undefined ? {} : { size }),
    ...(aspectRatio === undefined ? {} : { aspectRatio }),
    ...(thinking === undefined ? {} : { thinking }),
  };
}
