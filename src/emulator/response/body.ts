/** A generateContent answer as data, loose enough to be bent into every shape seen in the wild. */
export interface InlineData {
  mimeType: string;
  data: string;
}

export interface ResponsePart {
  text?: string;
  inlineData?: InlineData;
  thought?: boolean;
  thoughtSignature?: string;
}

export interface Candidate {
  content?: { parts?: ResponsePart[] | null; role?: string };
  finishReason?: string;
  finishMessage?: string;
  index?: number;
  safetyRatings?: readonly SafetyRating[];
}

export interface SafetyRating {
  readonly category: string;
  readonly probability: string;
  readonly blocked?: boolean;
}

export interface UsageMetadata {
  promptTokenCount: number;
  candidatesTokenCount?: number;
  thoughtsTokenCount?: number;
  totalTokenCount: number;
  promptTokensDetails?: readonly { readonly modality: string; readonly tokenCount: number }[];
  candidatesTokensDetails?: readonly { readonly modality: string; readonly tokenCount: number }[];
  serviceTier?: string;
  trafficType?: string;
}

export interface ResponseBody {
  candidates?: Candidate[];
  promptFeedback?: { blockReason?: string; safetyRatings?: readonly SafetyRating[] };
  usageMetadata?: UsageMetadata;
  modelVersion?: string;
  responseId?: string;
  createTime?: string;
}

/** The parts of the first candidate. */
export function partsOf(body: ResponseBody): ResponsePart[] {
  return body.candidates?.[0]?.content?.parts ?? [];
}

/** The same answer with other parts in its first candidate. */
export function withParts(body: ResponseBody, parts: ResponsePart[]): ResponseBody {
  const [first, ...rest] = body.candidates ?? [];
  return { ...body, candidates: [{ ...first, content: { parts, role: 'model' } }, ...rest] };
}

/** The same answer, ended for another reason and without content. */
export function endedBy(body: ResponseBody, finishReason: string, finishMessage?: string): ResponseBody {
  const candidate: Candidate = { content: { role: 'model' }, finishReason, index: 0 };
  if (finishMessage !== undefined) candidate.finishMessage = finishMessage;
  return { ...body, candidates: [candidate] };
}

/** The same answer as a block of the prompt: no candidate, feedback only. */
export function blockedBy(
  body: ResponseBody,
  blockReason: string,
  safetyRatings?: readonly SafetyRating[],
): ResponseBody {
  const rest = { ...body };
  delete rest.candidates;
  return { ...rest, promptFeedback: { blockReason, ...(safetyRatings ? { safetyRatings } : {}) } };
}
