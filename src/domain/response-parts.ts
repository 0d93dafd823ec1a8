/**
 * Reads the body of a 200: every candidate, every part, in order. Used by the classifier (is there
 * an image that may be delivered?) and by extraction (which one, which drafts, which signatures).
 * Pure and total; image data is passed on by reference and never copied, searched or decoded.
 *
 * Shapes: generateContent (also streamed, as SSE text or an array of chunks, also inside a
 * `response` envelope, also in snake_case), Interactions (`steps`, `outputs`), Imagen
 * (`predictions`) and OpenAI-compatible relays (`data[].b64_json`, `message.images`).
 */
import type { Json } from './classify/json.ts';
import { arrayOf, isRecord } from './classify/json.ts';
import type { Folded } from './response-candidates.ts';
import { CandidatesFold } from './response-candidates.ts';
import { otherShape } from './response-shapes.ts';
import { foldStream } from './response-stream.ts';

export interface ResponseParts extends Folded {
  readonly shape: 'gemini' | 'interactions' | 'imagen' | 'openai' | 'unknown';
  /** What an error inside the 200 consists of, to be read like the body of a failed answer. */
  readonly error?: unknown;
  /** Chunks of a stream that could not be read. */
  readonly brokenChunks: number;
}

/** Total over any JSON value, SSE text included. */
export function readResponse(body: unknown): ResponseParts {
  const stream = foldStream(body);
  const chunks = stream.chunks.map(unenveloped);
  const other = chunks.map(otherShape).find((shape) => shape !== undefined);
  const error = stream.error ?? chunks.map(errorOf).find((found) => found !== undefined);
  const reader = new CandidatesFold();
  for (const chunk of other === undefined ? chunks : [other.body]) reader.chunk(chunk);
  const shape = other?.shape ?? (chunks.some(isGemini) ? 'gemini' : 'unknown');
  return {
    ...reader.result(),
    shape,
    ...(error === undefined ? {} : { error }),
    brokenChunks: stream.brokenChunks,
  };
}

/** Code Assist and batch results put the answer into `response`, relays into `data`. */
function unenveloped(chunk: Json): Json {
  if ('candidates' in chunk) return chunk;
  const inner = ['response', 'data', 'result']
    .map((key) => chunk[key])
    .find((value) => isRecord(value) && isGemini(value));
  return isRecord(inner) ? inner : chunk;
}

function isGemini(chunk: Json): boolean {
  return [
    'candidates',
    'promptFeedback',
    'prompt_feedback',
    'usageMetadata',
    'usage_metadata',
    'finishReason',
  ].some((key) => Object.hasOwn(chunk, key));
}

function errorOf(chunk: Json): unknown {
  const { error, errors } = chunk;
  if (chunk['status'] === 'failed' && Array.isArray(chunk['steps'])) {
    return { error: { code: 'api_error', message: 'the interaction failed', errors, cause: error } };
  }
  if (chunk['status'] === 'cancelled' && chunk['object'] === 'interaction') {
    return { error: { code: 'cancelled', message: 'the interaction was cancelled' } };
  }
  const choice = arrayOf(chunk['choices']).find((item) => isRecord(item) && isRecord(item['error']));
  if (choice !== undefined) return choice;
  if (error !== undefined && error !== null && error !== false && error !== '') return chunk;
  return Array.isArray(errors) && errors.length > 0 && !('candidates' in chunk) ? chunk : undefined;
}
