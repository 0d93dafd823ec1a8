/**
 * The candidates of an answer, put together from its chunks, and which image of theirs is final. A plain answer is one
 * chunk; those of a stream add parts to a candidate and say later why it ended.
 */
import { faultOf, finishWord, refusalOf } from './classify/enums.ts';
import type { Json } from './classify/json.ts';
import { arrayOf, isRecord, stringOf } from './classify/json.ts';
import type { ImagePart, ResponsePart, TextPart } from './response-part.ts';
import { readPart } from './response-part.ts';
import type { PromptFeedback, SafetyRating } from './response-ratings.ts';
import { promptFeedback, safetyRatings } from './response-ratings.ts';

export interface CandidateFacts {
  readonly index: number;
  /** Upper snake case; values unknown to this version are kept. */
  readonly finishReason?: string;
  readonly finishMessage?: string;
  readonly safetyRatings: readonly SafetyRating[];
  /** Content that is there and is not content: unknown fields without parts, parts that are no list. */
  readonly malformed: boolean;
}

/** What all chunks together say. */
export interface Folded {
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
}

/** A candidate while its chunks arrive. */
interface Growing {
  facts: CandidateFacts;
  parts: ResponsePart[];
}

export class CandidatesFold {
  private readonly growing: Growing[] = [];
  private feedback: PromptFeedback | undefined;
  private rest: Pick<Folded, 'usageMetadata' | 'modelVersion' | 'responseId'> = {};

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

  result(): Folded {
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
