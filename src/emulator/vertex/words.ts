/** What Vertex says differently from AI Studio where the cause is the same. */
import type { Answer } from '../answer.ts';
import type { FaultedCall } from '../faults/preset.ts';
import type { PresetName } from '../faults/presets.ts';
import { apiDisabled, permissionDenied, unknownLocation } from './access.ts';
import type { VertexPlace } from './place.ts';
import { resourceExhausted, vertexModelNotFound, vertexQuotaExceeded } from './refusals.ts';

type Words = (call: FaultedCall & { readonly vertex: VertexPlace }) => Answer;

const WORDS: Readonly<Partial<Record<PresetName, Words>>> = {
  'quota-minute': ({ model }) => vertexQuotaExceeded(model, 'rpm'),
  'quota-tokens': ({ model }) => vertexQuotaExceeded(model, 'tpm'),
  'quota-images': ({ model }) => vertexQuotaExceeded(model, 'ipm'),
  'quota-day': ({ model }) => vertexQuotaExceeded(model, 'rpd'),
  'capacity-shared': resourceExhausted,
  'model-404': ({ vertex, model }) => vertexModelNotFound(vertex, model),
  'model-retired': ({ vertex, model }) => vertexModelNotFound(vertex, model),
  'endpoint-404': ({ vertex, model }) => unknownLocation({ ...vertex, location: 'nowhere' }, model),
  iam: ({ vertex, model }) => permissionDenied(vertex, model),
  'api-disabled': apiDisabled,
};

/** Undefined where both dialects use the same words, or nobody has heard Vertex's. */
export function vertexWords(name: PresetName | undefined, call: FaultedCall): Answer | undefined {
  const { vertex } = call;
  return name === undefined || vertex === undefined ? undefined : WORDS[name]?.({ ...call, vertex });
}
