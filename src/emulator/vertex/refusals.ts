/** Refusals in Vertex's words. */
import { googleError } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { QuotaDimension } from '../quota-errors.ts';
import type { VertexPlace } from './place.ts';
import { modelPath } from './place.ts';

/** Only the first was seen in the wild; the others follow its pattern. */
const METRICS: Readonly<Record<QuotaDimension, string>> = {
  rpm: 'generate_content_requests_per_minute_per_project_per_base_model',
  tpm: 'generate_content_input_tokens_per_minute_per_project_per_base_model',
  ipm: 'generate_content_images_per_minute_per_project_per_base_model',
  rpd: 'generate_content_requests_per_day_per_project_per_base_model',
};

/** A quota of the project, without RetryInfo and without details. */
export function vertexQuotaExceeded(model: string, dimension: QuotaDimension): Answer {
  return exhausted(
    `Quota exceeded for aiplatform.googleapis.com/${METRICS[dimension]} with base model: ${model}. Please submit a quota increase request. https://cloud.google.com/vertex-ai/docs/generative-ai/quotas-genai.`,
  );
}

export function vertexModelNotFound(place: VertexPlace, model: string): Answer {
  return googleError(
    404,
    'NOT_FOUND',
    `Publisher Model \`${modelPath(place, model)}\` was not found or your project does not have access to it. Please ensure you are using a valid model version. For more information, see: https://cloud.google.com/vertex-ai/generative-ai/docs/learn/model-versions`,
  );
}

/** Shared capacity is used up: no quota, no time to wait. */
export function resourceExhausted(): Answer {
  return exhausted(
    'Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.',
  );
}

function exhausted(message: string): Answer {
  return googleError(429, 'RESOURCE_EXHAUSTED', message);
}
