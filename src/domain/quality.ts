/**
 * Where on the chain a generation starts that names a quality in place of a model: a draft at the cheapest
 * model that can do the request as it is, a final image at the best one. The size that was asked for is part
 * of the request: a model that does not have it is passed over, never given another size.
 */
import type { ModelEntry } from './catalogue.ts';
import { worstPriceUsd } from './cost.ts';
import type { LadderRoute } from './ladder.ts';
import { shapeOn } from './ladder.ts';
import { defaultModel, isRetired } from './model-life.ts';
import { preflight, tokensOf } from './preflight.ts';
import type { GenerationRequest, StoredInput } from './request.ts';

export interface Start {
  readonly request: GenerationRequest;
  readonly inputs: readonly StoredInput[];
  /** Model ids in order of preference, best first. */
  readonly chain: readonly [string, ...string[]];
  readonly route: LadderRoute;
  /** What the route can do with a model; undefined where it does not have it. */
  readonly entryOf: (model: string) => ModelEntry | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The model of the first call. Where none of the chain can do the request, the default tells why. */
export function startingModel(start: Start): string {
  const { request, entryOf, now } = start;
  if (request.model !== undefined) return request.model;
  const fitting = request.quality === undefined ? undefined : chainFor(start).find((id) => canDo(start, id));
  return fitting ?? defaultModel(start.chain, entryOf, now);
}

/** The order in which the chain is gone through: for a draft cheapest first, else best first. */
export function chainFor(start: Start): readonly [string, ...string[]] {
  const { request, chain } = start;
  if (request.quality !== 'draft') return chain;
  const priced = chain.map((id) => ({ id, usd: priceOf(start, id) }));
  return priced.sort((a, b) => a.usd - b.usd).map(({ id }) => id) as [string, ...string[]];
}

function canDo({ request, inputs, route, entryOf, now }: Start, id: string): boolean {
  const entry = entryOf(id);
  if (entry === undefined || isRetired(entry, now)) return false;
  return preflight(shapeOn(request, inputs, request.size, route, entry), entry).length === 0;
}

/** Of one call at its worst, at the size asked or the model's own; what is not known comes last. */
function priceOf({ request, inputs, route, entryOf }: Start, id: string): number {
  const entry = entryOf(id);
  if (entry === undefined) return Number.MAX_VALUE;
  const { size = entry.defaultSize } = request;
  const promptTokens = tokensOf(shapeOn(request, inputs, size, route, entry));
  return worstPriceUsd(entry, { size, promptTokens, tier: 'standard' });
}
