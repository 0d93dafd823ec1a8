/** Which model a request means, and the true words when there is none. */
import { googleError } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { MODELS } from '../models.ts';
import type { AnyModel, OutputKind } from '../models.ts';
import { ALIASES, TEXT_MODELS } from '../text-models.ts';
import type { VertexPlace } from '../vertex/place.ts';
import { vertexModelNotFound } from '../vertex/refusals.ts';

export interface ModelRules {
  /** Ids that were shut down: they answer as retired ones do. */
  readonly retiredModels: readonly string[];
  /** Old id → the id that answers for it. */
  readonly reroute: Readonly<Record<string, string>>;
}

export function modelNotFound(model: string, apiVersion: string, method = 'generateContent'): Answer {
  const message = `models/${model} is not found for API version ${apiVersion}, or is not supported for ${method}. Call ListModels to see the list of available models and their supported methods.`;
  return googleError(404, 'NOT_FOUND', message, [
    {
      '@type': 'type.googleapis.com/google.rpc.DebugInfo',
      detail: `[ORIGINAL ERROR] generic::not_found: ${message} [google.rpc.error_details_ext] { message: "${message}" }`,
    },
  ]);
}

export function modelRetired(model: string): Answer {
  return googleError(
    404,
    'NOT_FOUND',
    `This model models/${model} is no longer available to new users. Please update your code to use a newer model for the latest features and improvements.`,
  );
}

export type FoundModel =
  | { readonly kind: 'model'; readonly model: AnyModel }
  | { readonly kind: 'refused'; readonly answer: Answer };

export interface ModelPlace {
  readonly apiVersion: string;
  readonly method: string;
  /** Absent: AI Studio. */
  readonly vertex?: VertexPlace;
}

export function findModel(
  id: string,
  { apiVersion, method, vertex }: ModelPlace,
  rules: ModelRules,
): FoundModel {
  const retired = rules.retiredModels.includes(id);
  if (vertex !== undefined && (retired || servedBy(id, rules) === undefined))
    return { kind: 'refused', answer: vertexModelNotFound(vertex, id) };
  if (retired) return { kind: 'refused', answer: modelRetired(id) };
  const model = servedBy(id, rules);
  return model
    ? { kind: 'model', model }
    : { kind: 'refused', answer: modelNotFound(id, apiVersion, method) };
}

/** What a call to this id asks for, before it is known whether there is such a model. */
export function outputOf(id: string, rules: ModelRules): OutputKind {
  return servedBy(id, rules)?.output ?? 'image';
}

function servedBy(id: string, rules: ModelRules): AnyModel | undefined {
  const rerouted = rules.reroute[id] ?? id;
  const served = ALIASES[rerouted] ?? rerouted;
  return [...MODELS, ...TEXT_MODELS].find((known) => known.id === served);
}
