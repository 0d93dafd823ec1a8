/**
 * What can be known to fail before any call, against the catalogue: each problem names the field, what
 * was given and what is allowed. Pure; nothing is sent, nothing is paid.
 */
import type { ModelEntry } from './catalogue.ts';
import { estimateTokens } from './cost.ts';
import type { RequestProblem } from './request-problem.ts';
import type { Modality, Size, Thinking } from './request.ts';

export const INPUT_MIMES = ['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif'] as const;

/** A whole request inline, base64 included. */
export const INLINE_LIMIT_BYTES = 20 * 1024 * 1024;
const BASE64_GROWTH = 4 / 3;
/** Within this share below the limit, or above it, an estimate is too coarse and tokens are counted. */
const COUNT_FROM = 0.8;

export interface PreflightRequest {
  readonly promptChars: number;
  readonly promptBlank: boolean;
  readonly size?: Size;
  readonly aspectRatio?: string;
  readonly modalities: readonly Modality[];
  readonly thinking?: Thinking;
  readonly inputs: readonly { readonly mime: string; readonly bytes: number }[];
}

export function preflight(request: PreflightRequest, entry: ModelEntry): readonly RequestProblem[] {
  return [
    ...promptProblems(request),
    ...formatProblems(request, entry),
    ...thinkingProblems(request.thinking, entry),
    ...inputProblems(request, entry),
  ];
}

/** True when the estimate is so near to the model's limit, or above it, that tokens must be counted. */
export function needsCountTokens({ promptChars, inputs }: PreflightRequest, entry: ModelEntry): boolean {
  return estimateTokens(promptChars, inputs.length) >= entry.inputTokenLimit * COUNT_FROM;
}

export function tooManyTokens(tokens: number, entry: ModelEntry): RequestProblem | undefined {
  if (tokens <= entry.inputTokenLimit) return undefined;
  return problem(
    'too-many-tokens',
    'prompt',
    `${tokens} tokens`,
    `at most ${entry.inputTokenLimit} tokens`,
    entry,
  );
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

function formatProblems(
  { size, aspectRatio }: PreflightRequest,
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

function inputProblems(
  { inputs, promptChars }: PreflightRequest,
  entry: ModelEntry,
): readonly RequestProblem[] {
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
  const bytes = promptChars + inputs.reduce((sum, input) => sum + input.bytes * BASE64_GROWTH, 0);
  if (bytes > INLINE_LIMIT_BYTES) {
    const mib = (bytes / 1024 / 1024).toFixed(1);
    problems.push(
      problem(
        'too-large',
        'inputs',
        `${mib} MiB as base64`,
        'at most 20 MiB in one request; scale the images down',
      ),
    );
  }
  return problems;
}
