/**
 * The fields that generateContent, countTokens and batchGenerateContent know. proto3 JSON takes them in camelCase and in
 * snake_case; here they all become camelCase. Outcome: the normalised object, or the unknown names with
 * their places, as Google's JSON parser reports them.
 */

/** A message's fields; `any` is not looked into. `[spec]` is a repeated message. */
type Spec = 'any' | { readonly [field: string]: Spec } | readonly [Spec];

const ANY = 'any';

const PART: Spec = {
  text: ANY,
  inlineData: { mimeType: ANY, data: ANY, displayName: ANY },
  fileData: { mimeType: ANY, fileUri: ANY, displayName: ANY },
  thought: ANY,
  thoughtSignature: ANY,
  functionCall: ANY,
  functionResponse: ANY,
  executableCode: ANY,
  codeExecutionResult: ANY,
  videoMetadata: ANY,
  mediaResolution: ANY,
  mediaProcessing: ANY,
  partMetadata: ANY,
  toolCall: ANY,
  toolResponse: ANY,
  audioTranscription: ANY,
  speechMetadata: ANY,
};

const CONTENT: Spec = { role: ANY, parts: [PART] };

const GENERATION_CONFIG: Spec = {
  candidateCount: ANY,
  stopSequences: ANY,
  maxOutputTokens: ANY,
  temperature: ANY,
  topP: ANY,
  topK: ANY,
  seed: ANY,
  presencePenalty: ANY,
  frequencyPenalty: ANY,
  responseMimeType: ANY,
  responseSchema: ANY,
  responseJsonSchema: ANY,
  responseFormat: ANY,
  responseLogprobs: ANY,
  logprobs: ANY,
  responseModalities: ANY,
  speechConfig: ANY,
  mediaResolution: ANY,
  enableEnhancedCivicAnswers: ANY,
  audioTranscriptionConfig: ANY,
  imageConfig: { aspectRatio: ANY, imageSize: ANY },
  thinkingConfig: { includeThoughts: ANY, thinkingBudget: ANY, thinkingLevel: ANY },
};

export const GENERATE_FIELDS: Spec = {
  model: ANY,
  contents: [CONTENT],
  systemInstruction: CONTENT,
  generationConfig: GENERATION_CONFIG,
  safetySettings: [{ category: ANY, threshold: ANY }],
  tools: ANY,
  toolConfig: ANY,
  cachedContent: ANY,
  labels: ANY,
  serviceTier: ANY,
  store: ANY,
  continuationToken: ANY,
};

export const COUNT_FIELDS: Spec = {
  model: ANY,
  contents: [CONTENT],
  generateContentRequest: GENERATE_FIELDS,
};

export const BATCH_FIELDS: Spec = {
  batch: {
    name: ANY,
    model: ANY,
    displayName: ANY,
    inputConfig: {
      fileName: ANY,
      requests: { requests: [{ request: GENERATE_FIELDS, metadata: ANY }] },
    },
    priority: ANY,
    webhookConfig: ANY,
  },
};

export interface UnknownField {
  readonly name: string;
  /** snake_case with indexes, `contents[0].parts[1]`; empty at the top. */
  readonly at: string;
}

export interface Normalised {
  readonly value: unknown;
  readonly unknown: readonly UnknownField[];
}

export function normalise(value: unknown, spec: Spec): Normalised {
  const unknown: UnknownField[] = [];
  return { value: walk(value, spec, '', unknown), unknown };
}

function walk(value: unknown, spec: Spec, at: string, unknown: UnknownField[]): unknown {
  if (spec === ANY || value === null || value === undefined) return value;
  if (isRepeated(spec)) {
    // Google's parser takes a single message where a list is due.
    const list = Array.isArray(value) ? value : [value];
    return list.map((item, index) => walk(item, spec[0], `${at}[${index}]`, unknown));
  }
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  const known: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const innerSpec = spec[camel];
    if (innerSpec === undefined) {
      unknown.push({ name, at });
      continue;
    }
    known[camel] = walk(inner, innerSpec, `${at === '' ? '' : `${at}.`}${snake(camel)}`, unknown);
  }
  return known;
}

function isRepeated(spec: Spec): spec is readonly [Spec] {
  return Array.isArray(spec);
}

function snake(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
