/**
 * What can be known to fail before any call, against the catalogue: each problem names the field, what
 * was given and what is allowed. Pure; nothing is sent, nothing is paid.
 */
import type { Catalogue, Endpoint, ModelEntry } from './catalogue.ts';
import { nearestModels } from './catalogue.ts';
import { estimateTokens } from './cost.ts';
import type { RequestProblem } from './request-problem.ts';
import type { Modality, Size, Thinking } from './request.ts';

export const INPUT_MIMES = ['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif'] as const;

/** A whole request inline, base64 included. */
export const INLINE_LIMIT_BYTES = 20 * 1024 * 1024;
/** One file in the provider's file storage: 2 GB as documented, read as the smaller of the two meanings. */
export const FILE_LIMIT_BYTES = 2_000_000_000;
const BASE64_GROWTH = 4 / 3;
/** Within this share below the limit, or above it, an estimate is too coarse and tokens are counted. */
const COUNT_FROM = 0.8;

/** What a conversation weighs. */
export interface Weight {
  readonly images: number;
  readonly bytes: number;
  readonly json: number;
  readonly tokens: number;
}

export interface PreflightRequest {
  readonly promptChars: number;
  readonly promptBlank: boolean;
  readonly size?: Size;
  readonly aspectRatio?: string;
  readonly modalities: readonly Modality[];
  readonly thinking?: Thinking;
  readonly inputs: readonly { readonly mime: string; readonly bytes: number }[];
  /** The conversation that goes with it. */
  readonly past?: Weight;
  /** Inputs that are too large for one request may go as files instead. */
  readonly filesUsable: boolean;
}

export function preflight(request: PreflightRequest, entry: ModelEntry): readonly RequestProblem[] {
  return [
    ...promptProblems(request),
    ...formatProblems(request, entry),
    ...thinkingProblems(request.thinking, entry),
    ...inputProblems(request, entry),
    ...lengthProblems(request, entry),
  ];
}

/** True when the estimate is so near to the model's limit, or above it, that tokens must be counted. */
export function needsCountTokens(
  request: Pick<PreflightRequest, 'promptChars' | 'inputs' | 'past'>,
  entry: ModelEntry,
): boolean {
  return tokensOf(request) >= entry.inputTokenLimit * COUNT_FROM;
}

/** Estimated, the conversation included. */
export function tokensOf({
  promptChars,
  inputs,
  past,
}: Pick<PreflightRequest, 'promptChars' | 'inputs' | 'past'>): number {
  return estimateTokens(promptChars, inputs.length) + (past?.tokens ?? 0);
}

/** Of a conversation, whose tokens are known; other requests are counted right before the call. */
function lengthProblems(request: PreflightRequest, entry: ModelEntry): readonly RequestProblem[] {
  const problem = request.past === undefined ? undefined : tooManyTokens(tokensOf(request), entry, true);
  return problem === undefined ? [] : [problem];
}

/** @param hasPast The conversation is what is too long, and there are ways out of that. */
export function tooManyTokens(
  tokens: number,
  entry: ModelEntry,
  hasPast = false,
): RequestProblem | undefined {
  if (tokens <= entry.inputTokenLimit) return undefined;
  const limit = `at most ${entry.inputTokenLimit} tokens`;
  const cure = `${limit}; fork the session at an earlier turn, or let it drop its oldest images`;
  const [field, allowed] = hasPast ? ['conversation', cure] : ['prompt', limit];
  return problem('too-many-tokens', field, `${tokens} tokens`, allowed, entry);
}

/** A cap that does not even cover the first call. */
export function tooDear(maxCostUsd: number, firstUsd: number): RequestProblem {
  const least = `at least ${firstUsd.toFixed(3)}`;
  return {
    reason: 'argument',
    field: 'maxCostUsd',
    value: String(maxCostUsd),
    allowed: least,
    message: `one call may cost ${firstUsd.toFixed(3)} USD, drafts and thinking included: give ${least}, or leave it out`,
  };
}

export function unknownModel(catalogue: Catalogue, model: string, endpoint: Endpoint): RequestProblem {
  const here = catalogue.filter((entry) => entry.endpoint === endpoint);
  const near = nearestModels(here, model);
  const known = here.map((entry) => entry.model).join(', ');
  const elsewhere = catalogue.find((entry) => entry.model === model);
  const place = elsewhere === undefined ? '' : ` on ${endpoint}, only on ${elsewhere.endpoint}`;
  const meant = here.find((entry) => entry.model === near[0]);
  const heir = meant?.replacement === undefined ? '' : `, which ${meant.replacement} replaces`;
  const hint = meant === undefined ? '' : `; did you mean ${meant.model}${heir}?`;
  return {
    reason: 'unsupported',
    field: 'model',
    value: model,
    allowed: known,
    message: `${model} is not in the worker's catalogue${place}${hint} (known: ${known})`,
  };
}

function problem(
  reason: RequestProblem['reason'],
  field: string,
  value: string,
  allowed: string,
  entry?: ModelEntry,
): RequestProblem {
  const where = entry === undefined ? '' : ` for ${entry.model}`;
  return { reason, field, value, allowed, message: `${value} is not allowed${where}: ${allowed}` };
}

function promptProblems({ promptBlank, modalities }: PreflightRequest): readonly RequestProblem[] {
  return [
    ...(promptBlank ? [problem('empty', 'prompt', 'an empty prompt', 'some text')] : []),
    ...(modalities.includes('IMAGE')
      ? []
      : [problem('argument', 'modalities', modalities.join(', '), 'IMAGE must be among them')]),
  ];
}

/** What the model's pictures cannot be. */
export function formatProblems(
  { size, aspectRatio }: Pick<PreflightRequest, 'size' | 'aspectRatio'>,
  entry: ModelEntry,
): readonly RequestProblem[] {
  return [
    ...(size !== undefined && !entry.sizes.includes(size)
      ? [problem('size', 'size', size, entry.sizes.join(', '), entry)]
      : []),
    ...(aspectRatio !== undefined && !entry.aspectRatios.includes(aspectRatio)
      ? [problem('ratio', 'aspectRatio', aspectRatio, entry.aspectRatios.join(', '), entry)]
      : []),
  ];
}

function thinkingProblems(thinking: Thinking | undefined, entry: ModelEntry): readonly RequestProblem[] {
  if (thinking === undefined) return [];
  const { level, budget } = thinking;
  if (level !== undefined && budget !== undefined) {
    return [problem('thinking', 'thinking', 'level and budget together', 'one of the two')];
  }
  if (level !== undefined && !entry.thinkingLevels.includes(level)) {
    const levels = entry.thinkingLevels.length === 0 ? 'no thinking level' : entry.thinkingLevels.join(', ');
    return [problem('thinking', 'thinking.level', level, levels, entry)];
  }
  return [];
}

/** Too large for one request: the inputs go as files, where there are files. */
export function isTooLargeInline(
  promptChars: number,
  inputs: readonly { readonly bytes: number }[],
  past?: Weight,
): boolean {
  return inlineBytes(promptChars, inputs, past) > INLINE_LIMIT_BYTES;
}

function inlineBytes(
  promptChars: number,
  inputs: readonly { readonly bytes: number }[],
  past?: Weight,
): number {
  const images = inputs.reduce((sum, { bytes }) => sum + bytes, past?.bytes ?? 0);
  return promptChars + (past?.json ?? 0) + images * BASE64_GROWTH;
}

/** Bytes of images that one request has room for beside so much text. */
export function roomInline(promptChars: number, past?: Pick<Weight, 'json'>): number {
  const text = promptChars + (past?.json ?? 0);
  return Math.max(0, Math.floor((INLINE_LIMIT_BYTES - text) / BASE64_GROWTH));
}

function inputProblems(request: PreflightRequest, entry: ModelEntry): readonly RequestProblem[] {
  const { inputs } = request;
  const problems = inputs.flatMap(({ mime }, i) =>
    (INPUT_MIMES as readonly string[]).includes(mime)
      ? []
      : [problem('mime', `inputs[${i}]`, mime, INPUT_MIMES.join(', '))],
  );
  if (inputs.length > entry.maxReferences) {
    problems.push(
      problem('argument', 'inputs', `${inputs.length} images`, `at most ${entry.maxReferences}`, entry),
    );
  }
  return [...problems, ...weightProblems(request)];
}

function weightProblems({
  inputs,
  promptChars,
  past,
  filesUsable,
}: PreflightRequest): readonly RequestProblem[] {
  if (!isTooLargeInline(promptChars, inputs, past)) return [];
  if (filesUsable) {
    return inputs.flatMap(({ bytes }, i) =>
      bytes <= FILE_LIMIT_BYTES
        ? []
        : [
            problem(
              'too-large',
              `inputs[${i}]`,
              `${(bytes / 1e9).toFixed(1)} GB`,
              'at most 2 GB in one file; scale the image down',
            ),
          ],
    );
  }
  const mib = (inlineBytes(promptChars, inputs, past) / 1024 / 1024).toFixed(1);
  return [
    problem(
      'too-large',
      'inputs',
      `${mib} MiB as base64`,
      'at most 20 MiB in one request; scale the images down',
    ),
  ];
}
