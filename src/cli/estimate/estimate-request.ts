/**
 * The estimate of a request as `generate` would send it: the same border, the same preflight, the same
 * ladder, against this release's catalogue; a worker with another catalogue or more routes knows better.
 *
 * Throws {@link InvalidRequest} with what `generate` would end with.
 */
import { createHash } from 'node:crypto';
import type { Catalogue, ModelEntry } from '../../domain/catalogue.ts';
import { DEFAULT_CATALOGUE, DEFAULT_CHAIN, findModel } from '../../domain/catalogue.ts';
import type { Estimate } from '../../domain/estimate.ts';
import { estimate } from '../../domain/estimate.ts';
import { ladder, preflightShape } from '../../domain/ladder.ts';
import { isRetired, lifeWarning } from '../../domain/model-life.ts';
import { preflight, tooDear, unknownModel } from '../../domain/preflight.ts';
import { chainFor, startingModel } from '../../domain/quality.ts';
import type { GenerationRequest } from '../../domain/request.ts';
import { INLINE_PROMPT_BYTES } from '../../domain/request.ts';
import { resolveRequest } from '../../domain/resolve-request.ts';
import { DEFAULT_TEXT_MODEL, worstTextUsd } from '../../domain/text-model.ts';
import type { GenerateRequest } from '../../schema/request.ts';
import { InvalidRequest, parseRequest } from '../../schema/request.ts';
import type { SeenInputs } from './look-at-inputs.ts';

/** A worker of the command line has this one; what others have is not known here. */
const ROUTE = { name: 'default', endpoint: 'ai-studio' } as const;
export interface EstimatedRequest {
  readonly request: GenerationRequest;
  readonly estimate: Estimate;
  /** Of models that end or are past their date. */
  readonly warnings: readonly string[];
}

export interface Assumed {
  /** @default this release's */
  readonly catalogue?: Catalogue;
  /** Epoch milliseconds. @default now */
  readonly now?: number;
}

export function estimateRequest(
  given: GenerateRequest,
  { inputs }: SeenInputs,
  { catalogue = DEFAULT_CATALOGUE, now = Date.now() }: Assumed = {},
): EstimatedRequest {
  const { prompt, inputs: _sources, idempotencyKey: _key, ...rest } = parseRequest(given);
  const request = resolveRequest({ ...rest, prompt: asSent(prompt), inputs });
  const entryOf = (id: string): ModelEntry | undefined => findModel(catalogue, ROUTE.endpoint, id);
  const start = { request, inputs, chain: DEFAULT_CHAIN, route: ROUTE, entryOf, now };
  const model = startingModel(start);
  const asked = entryOf(model);
  if (asked === undefined) throw new InvalidRequest([unknownModel(catalogue, model, ROUTE.endpoint)]);
  const problems = preflight(preflightShape(request, inputs, request.size), asked);
  if (problems.length > 0) throw new InvalidRequest(problems);

  const [first, ...others] = ladder({
    routes: [ROUTE],
    entryOf: (_route, id) => entryOf(id),
    chain: chainFor(start),
    asked,
    request,
    inputs,
    now,
  });
  if (first === undefined) throw new Error(`${model} passed preflight and has no rung`);
  const firstUsd = first.worstUsd[0] ?? 0;
  const { maxCostUsd } = request;
  if (maxCostUsd !== undefined && firstUsd > maxCostUsd)
    throw new InvalidRequest([tooDear(maxCostUsd, firstUsd)]);
  return {
    request,
    warnings: warningsOf(request, asked, entryOf, now),
    estimate: estimate({
      request,
      rungs: [first, ...others],
      entryOf: (rung) => entryOf(rung.model) ?? asked,
      inputs: inputs.length,
      textUsd: worstTextUsd(DEFAULT_TEXT_MODEL),
      chain: DEFAULT_CHAIN,
    }),
  };
}

function warningsOf(
  { allow }: GenerationRequest,
  asked: ModelEntry,
  entryOf: (id: string) => ModelEntry | undefined,
  now: number,
): readonly string[] {
  const fallbacks = allow.models === 'chain' ? [] : allow.models;
  const gone = fallbacks.flatMap((id) => {
    const entry = entryOf(id);
    return entry === undefined || entry === asked || !isRetired(entry, now)
      ? []
      : [`no fallback leads to a model that is past its date: ${lifeWarning(entry, now)}`];
  });
  const ends = lifeWarning(asked, now);
  return [...(ends === undefined ? [] : [ends]), ...gone];
}

/** A long prompt travels as a reference, and is then measured in bytes. */
function asSent(prompt: string): GenerationRequest['prompt'] {
  const bytes = new TextEncoder().encode(prompt);
  if (bytes.byteLength <= INLINE_PROMPT_BYTES) return prompt;
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.byteLength };
}
