/**
 * Reads the body of a 200: every candidate, every part, in order. Used by the classifier (is there
 * an image that may be delivered?) and by extraction (which one, which drafts, which signatures).
 * Pure and total; image data is passed on by reference and never copied, searched or decoded.
 *
 * Shapes: generateContent (also streamed, as SSE text or an array of chunks, also inside a
 * `response` envelope, also in snake_case), Interactions (`steps`, `outputs`), Imagen
 * (`predictions`) and OpenAI-compatible relays (`data[].b64_json`, `message.images`).
 */
import { blockWord, faultOf, finishWord, refusalOf } from './classify/enums.ts';
import type { Json } from './classify/json.ts';
import { arrayOf, isRecord, stringOf } from './classify/json.ts';
import { otherShape } from './response-shapes.ts';
import { foldStream } from './response-stream.ts';

export type ImageSource =
  /** `data` is base64, the very string of the body. Empty where the body left it out. */
  | { readonly kind: 'inline'; readonly mime: string; readonly data: string }
  | { readonly kind: 'uri'; readonly mime: string; readonly uri: string };

interface PartBase {
  /** Position in the answer: index of the candidate, index of the part within it. */
  readonly candidate: number;
  readonly part: number;
  /** As the provider flagged it; it does not decide what is final. */
  readonly thought: boolean;
  /** Verbatim (I9). */
  readonly thoughtSignature?: string;
}
export type ImagePart = PartBase & { readonly kind: 'image'; readonly source: ImageSource };
export type TextPart = PartBase & { readonly kind: 'text'; readonly text: string };
/** Empty `{}` parts, function calls, and whatever is new. */
export type OtherPart = PartBase & { readonly kind: 'other' };
export type ResponsePart = ImagePart | TextPart | OtherPart;

export interface SafetyRating {
  readonly category?: string;
  readonly probability?: string;
  readonly blocked?: boolean;
}

export interface CandidateFacts {
  readonly index: number;
  /** Upper snake case; values unknown to this version are kept. */
  readonly finishReason?: string;
  readonly finishMessage?: string;
  readonly safetyRatings: readonly SafetyRating[];
  /** Content that is there and is not content: unknown fields without parts, parts that are no list. */
  readonly malformed: boolean;
}

export interface PromptFeedback {
  readonly blockReason?: string;
  readonly blockReasonMessage?: string;
  readonly safetyRatings: readonly SafetyRating[];
}

export interface ResponseParts {
  readonly shape: 'gemini' | 'interactions' | 'imagen' | 'openai' | 'unknown';
  readonly candidates: readonly CandidateFacts[];
  /** All parts of all candidates, in order. */
  readonly parts: readonly ResponsePart[];
  readonly images: readonly ImagePart[];
  /**
   * The image to deliver: the last image of the first candidate that has one and whose finish reason
   * does not forbid it.
   */
  readonly final?: ImagePart;
  /** Thinking images, and those before the last one. Images that a finish reason forbids are neither. */
  readonly drafts: readonly ImagePart[];
  /** Words for the reader, without thoughts. */
  readonly texts: readonly TextPart[];
  readonly promptFeedback?: PromptFeedback;
  /** Of a stream, the last one: numbers of early chunks may be wrong. */
  readonly usageMetadata?: Json;
  readonly modelVersion?: string;
  readonly responseId?: string;
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
  const reader = new Fold();
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

/** A candidate while its chunks arrive. */
interface Growing {
  facts: CandidateFacts;
  parts: ResponsePart[];
}

class Fold {
  private readonly growing: Growing[] = [];
  private feedback: PromptFeedback | undefined;
  private rest: Pick<ResponseParts, 'usageMetadata' | 'modelVersion' | 'responseId'> = {};

  chunk(chunk: Json): void {
    const candidates = chunk['candidates'];
    arrayOf(candidates).forEach((candidate, position) => {
      if (isRecord(candidate)) this.candidate(candidate, position);
    });
    if (candidates !== undefined && candidates !== null && !Array.isArray(candidates)) this.malformed(0);
    // Some relays write the finish reason beside the candidates.
    const finish = finishWord(chunk['finishReason']);
    if (finish !== undefined && this.growing.length === 0) this.candidate({ finishReason: finish }, 0);
    this.feedback = promptFeedback(chunk['promptFeedback'] ?? chunk['prompt_feedback']) ?? this.feedback;
    const usage = chunk['usageMetadata'] ?? chunk['usage_metadata'];
    const modelVersion = stringOf(chunk['modelVersion'] ?? chunk['model_version']);
    const responseId = stringOf(chunk['responseId'] ?? chunk['response_id']);
    this.rest = {
      ...this.rest,
      ...(isRecord(usage) ? { usageMetadata: usage } : {}),
      ...(modelVersion === undefined ? {} : { modelVersion }),
      ...(responseId === undefined ? {} : { responseId }),
    };
  }

  private at(index: number): Growing {
    let found = this.growing.find(({ facts }) => facts.index === index);
    if (found === undefined) {
      found = { facts: { index, safetyRatings: [], malformed: false }, parts: [] };
      this.growing.push(found);
    }
    return found;
  }

  private malformed(index: number): void {
    const candidate = this.at(index);
    candidate.facts = { ...candidate.facts, malformed: true };
  }

  private candidate(candidate: Json, position: number): void {
    const index = typeof candidate['index'] === 'number' ? candidate['index'] : position;
    const growing = this.at(index);
    const finishReason = finishWord(candidate['finishReason'] ?? candidate['finish_reason']);
    const finishMessage = stringOf(candidate['finishMessage'] ?? candidate['finish_message']);
    const ratings = safetyRatings(candidate['safetyRatings'] ?? candidate['safety_ratings']);
    growing.facts = {
      ...growing.facts,
      ...(finishReason === undefined ? {} : { finishReason }),
      ...(finishMessage === undefined ? {} : { finishMessage }),
      ...(ratings.length === 0 ? {} : { safetyRatings: ratings }),
    };
    const content = candidate['content'];
    if (content === undefined || content === null) return;
    if (!isRecord(content)) return this.malformed(index);
    const { parts } = content;
    if (Array.isArray(parts)) {
      for (const part of parts) growing.parts.push(readPart(part, index, growing.parts.length));
      if (parts.some((part) => part !== null && !isRecord(part))) this.malformed(index);
    } else if (parts === undefined || parts === null) {
      if (Object.keys(content).some((key) => key !== 'role' && key !== 'parts')) this.malformed(index);
    } else {
      this.malformed(index);
    }
  }

  result(): Omit<ResponseParts, 'shape' | 'error' | 'brokenChunks'> {
    const parts = this.growing.flatMap((candidate) => candidate.parts);
    const images = parts.filter((part) => part.kind === 'image');
    const deliverable = this.growing.filter(({ facts }) => mayBeDelivered(facts.finishReason));
    const final = deliverable
      .map((candidate) => finalImage(candidate.parts))
      .find((image) => image !== undefined);
    return {
      candidates: this.growing.map(({ facts }) => facts),
      parts,
      images,
      ...(final === undefined ? {} : { final }),
      drafts: deliverable
        .flatMap((candidate) => candidate.parts)
        .filter((part) => part.kind === 'image')
        .filter((image) => image !== final),
      texts: parts
        .filter((part) => part.kind === 'text')
        .filter((part) => !part.thought && part.text.trim() !== ''),
      ...(this.feedback === undefined ? {} : { promptFeedback: this.feedback }),
      ...this.rest,
    };
  }
}

function mayBeDelivered(finishReason: string | undefined): boolean {
  return finishReason === undefined || (!refusalOf(finishReason) && !faultOf(finishReason));
}

/**
 * The last image of a candidate is final, whatever its `thought` flag says: Gemini 3 sends drafts
 * without the flag, and flags final images. Only where every image is flagged is the flag believed,
 * for then nothing but drafts came (corpus: blank) — unless the last image carries a signature of
 * its own: drafts have none, so that one is a final image with a wrong flag.
 */
function finalImage(parts: readonly ResponsePart[]): ImagePart | undefined {
  const images = parts.filter((part) => part.kind === 'image');
  const last = images.at(-1);
  const onlyDrafts = images.every(({ thought }) => thought) && last?.thoughtSignature === undefined;
  return onlyDrafts ? undefined : last;
}

function readPart(value: unknown, candidate: number, part: number): ResponsePart {
  const json = isRecord(value) ? value : {};
  const thoughtSignature = stringOf(json['thoughtSignature'] ?? json['thought_signature']);
  const base: PartBase = {
    candidate,
    part,
    thought: json['thought'] === true,
    ...(thoughtSignature === undefined ? {} : { thoughtSignature }),
  };
  const source = imageSource(json);
  if (source !== undefined) return { ...base, kind: 'image', source };
  const text = stringOf(value) ?? stringOf(json['text']);
  return text === undefined ? { ...base, kind: 'other' } : { ...base, kind: 'text', text };
}

function imageSource(part: Json): ImageSource | undefined {
  const inline = part['inlineData'] ?? part['inline_data'];
  if (isRecord(inline)) {
    const mime = stringOf(inline['mimeType'] ?? inline['mime_type']) ?? '';
    // A relay that drops the type still sends pictures; any other media type is not one.
    return mime === '' || /^image\//i.test(mime)
      ? { kind: 'inline', mime, data: imageData(inline['data']) }
      : undefined;
  }
  const file = part['fileData'] ?? part['file_data'];
  if (!isRecord(file)) return undefined;
  const mime = stringOf(file['mimeType'] ?? file['mime_type']) ?? '';
  const uri = stringOf(file['fileUri'] ?? file['file_uri']);
  return /^image\//i.test(mime) && uri !== undefined && uri !== '' ? { kind: 'uri', mime, uri } : undefined;
}

/** Recorded evidence keeps a length, or nothing but a mark, where the bytes were (I1). */
function imageData(data: unknown): string {
  if (typeof data === 'string') return data;
  if (typeof data === 'number') return `<${data} bytes>`;
  return isRecord(data) ? '<withheld>' : '';
}

function safetyRatings(value: unknown): SafetyRating[] {
  return arrayOf(value)
    .filter(isRecord)
    .map((rating) => {
      const category = stringOf(rating['category']);
      const probability = stringOf(rating['probability']) ?? stringOf(rating['severity']);
      return {
        ...(category === undefined ? {} : { category }),
        ...(probability === undefined ? {} : { probability }),
        ...(typeof rating['blocked'] === 'boolean' ? { blocked: rating['blocked'] } : {}),
      };
    });
}

function promptFeedback(value: unknown): PromptFeedback | undefined {
  if (!isRecord(value)) return undefined;
  const blockReason = blockWord(value['blockReason'] ?? value['block_reason']);
  const message = stringOf(value['blockReasonMessage'] ?? value['block_reason_message']);
  return {
    ...(blockReason === undefined ? {} : { blockReason }),
    ...(message === undefined ? {} : { blockReasonMessage: message }),
    safetyRatings: safetyRatings(value['safetyRatings'] ?? value['safety_ratings']),
  };
}
