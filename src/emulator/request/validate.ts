/**
 * Google's checks on the values of a generateContent request, with its words. Outcome: the 400, or the
 * request settled: which modalities, size, ratio.
 */
import type { Size } from '../../domain/request.ts';
import { invalidArgument } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { AnyModel, ModelFacts, OutputKind } from '../models.ts';
import { ALL_RATIOS } from '../pixel-sizes.ts';
import { modalitiesOf } from './read.ts';
import type { GenerateRequest } from './read.ts';

/** In Google's order; 512, 512P and 512PX are one size. */
const SIZE_NAMES = ['1K', '2K', '4K', '512', '512P', '512PX'];
const MODALITIES = ['MODALITY_UNSPECIFIED', 'TEXT', 'IMAGE', 'AUDIO', 'VIDEO'];
const LEVELS = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'];
const CATEGORIES = [
  'HARM_CATEGORY_HARASSMENT',
  'HARM_CATEGORY_HATE_SPEECH',
  'HARM_CATEGORY_SEXUALLY_EXPLICIT',
  'HARM_CATEGORY_DANGEROUS_CONTENT',
  'HARM_CATEGORY_CIVIC_INTEGRITY',
];
const THRESHOLDS = [
  'HARM_BLOCK_THRESHOLD_UNSPECIFIED',
  'BLOCK_LOW_AND_ABOVE',
  'BLOCK_MEDIUM_AND_ABOVE',
  'BLOCK_ONLY_HIGH',
  'BLOCK_NONE',
  'OFF',
];

export interface Settled {
  readonly modalities: readonly string[];
  readonly size: Size;
  /** Absent: the model chooses. */
  readonly ratio?: string;
}

/** What a request asks for, before it is judged: for the ledger and for fault conditions. */
export function askedFor(request: GenerateRequest, output: OutputKind = 'image'): Settled {
  const { aspectRatio, imageSize } = request.generationConfig.imageConfig ?? {};
  return {
    modalities: modalitiesOf(request, output),
    size: sizeOf(imageSize),
    ...(aspectRatio ? { ratio: aspectRatio } : {}),
  };
}

function sizeOf(name: string | undefined): Size {
  if (name === '2K' || name === '4K') return name;
  return name?.startsWith('512') ? '512' : '1K';
}

/** The first thing wrong with the request, in Google's words, or nothing. */
export function refuseRequest(request: GenerateRequest, model: AnyModel, tokens: number): Answer | undefined {
  const problem =
    contentsProblem(request) ??
    enumProblem(request) ??
    configProblem(request, model) ??
    thinkingProblem(request, model) ??
    (model.output === 'image' ? imageProblem(request, model) : modalityProblem(request));
  if (problem !== undefined) return invalidArgument(problem);
  if (tokens > model.inputTokenLimit) {
    return invalidArgument(
      `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${model.inputTokenLimit}).`,
    );
  }
  return undefined;
}

function contentsProblem({ contents }: GenerateRequest): string | undefined {
  if (contents.length === 0) return '* GenerateContentRequest.contents: contents is not specified\n';
  if (contents.every((turn) => turn.parts.length === 0)) return 'Request has empty input.';
  const empty = contents.findIndex((turn) =>
    turn.parts.some(
      (part) => Object.keys(part).length === 0 || Object.values(part).every((one) => one === null),
    ),
  );
  if (empty >= 0) {
    return `* GenerateContentRequest.contents[${empty}].parts[0].data: required oneof field 'data' must have one initialized field\n`;
  }
  if (contents.some(({ role }) => role !== undefined && role !== 'user' && role !== 'model')) {
    return 'Please use a valid role: user, model.';
  }
  return undefined;
}

function enumProblem({ generationConfig, safetySettings }: GenerateRequest): string | undefined {
  const wrong = (field: string, type: string, value: unknown): string =>
    `Invalid value at '${field}' (type.googleapis.com/google.ai.generativelanguage.v1beta.${type}), ${JSON.stringify(value)}`;
  for (const [index, one] of (generationConfig.responseModalities ?? []).entries()) {
    if (!MODALITIES.includes(String(one).toUpperCase())) {
      return wrong(`generation_config.response_modalities[${index}]`, 'GenerationConfig.Modality', one);
    }
  }
  const level = generationConfig.thinkingConfig?.thinkingLevel;
  if (level !== undefined && !LEVELS.includes(String(level).toUpperCase())) {
    return wrong('generation_config.thinking_config.thinking_level', 'ThinkingConfig.ThinkingLevel', level);
  }
  for (const [index, { category, threshold }] of safetySettings.entries()) {
    if (!CATEGORIES.includes(category ?? '')) {
      return wrong(`safety_settings[${index}].category`, 'HarmCategory', category);
    }
    if (!THRESHOLDS.includes(threshold ?? '')) {
      return wrong(`safety_settings[${index}].threshold`, 'SafetySetting.HarmBlockThreshold', threshold);
    }
  }
  return undefined;
}

function configProblem(request: GenerateRequest, model: AnyModel): string | undefined {
  const { candidateCount, mediaResolution } = request.generationConfig;
  if ((candidateCount ?? 1) > 1) return `Multiple candidates is not enabled for models/${model.id}`;
  if (model.output !== 'image' || model.family !== 'gemini-2.5') return undefined;
  if (request.systemInstruction) return `Developer instruction is not enabled for models/${model.id}`;
  if (mediaResolution) return `Media resolution is not enabled for models/${model.id}`;
  return undefined;
}

function thinkingProblem({ generationConfig }: GenerateRequest, model: AnyModel): string | undefined {
  const { thinkingBudget, thinkingLevel } = generationConfig.thinkingConfig ?? {};
  if (thinkingBudget !== undefined && thinkingLevel !== undefined) {
    return 'You can only set only one of thinking budget and thinking level.';
  }
  if (thinkingLevel !== undefined && !model.thinkingLevels.includes(String(thinkingLevel).toLowerCase())) {
    return 'Thinking level is not supported for this model.';
  }
  return undefined;
}

/** A text model has no other output; the words name all that was asked for, in lower case. */
function modalityProblem({ generationConfig }: GenerateRequest): string | undefined {
  const asked = (generationConfig.responseModalities ?? []).map((one) => String(one).toLowerCase());
  return asked.every((one) => one === 'text' || one === 'modality_unspecified')
    ? undefined
    : `Model does not support the requested response modalities: ${asked.join(',')}`;
}

function imageProblem({ generationConfig }: GenerateRequest, model: ModelFacts): string | undefined {
  const { aspectRatio, imageSize } = generationConfig.imageConfig ?? {};
  if (aspectRatio) {
    if (!ALL_RATIOS.includes(aspectRatio)) {
      return `Unsupported aspect_ratio '${aspectRatio}'. Supported values are: ${ALL_RATIOS.join(', ')}.`;
    }
    if (!model.ratios.includes(aspectRatio)) {
      return `Aspect ratio ${aspectRatio} is not supported for this model`;
    }
  }
  // 2.5 draws its one size whatever is asked, even "8K".
  if (!imageSize || model.family === 'gemini-2.5') return undefined;
  if (!SIZE_NAMES.includes(imageSize)) {
    return `Unsupported image_size '${imageSize}'. Supported values are: ${SIZE_NAMES.join(', ')}.`;
  }
  return model.sizes.includes(sizeOf(imageSize))
    ? undefined
    : `Image size ${imageSize} is not supported for this model`;
}
