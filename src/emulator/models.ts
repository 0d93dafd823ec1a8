/**
 * The models this emulator serves, as Google serves them. It is deliberately not the product's
 * catalogue: the emulator judges what the product believes, so it has its own word on sizes, ratios,
 * tokens and prices.
 */
import type { Size } from '../domain/request.ts';
import { ALL_RATIOS, COMMON_RATIOS } from './pixel-sizes.ts';
import type { PixelFamily } from './pixel-sizes.ts';

/** What a model is, whatever it puts out. */
interface CommonFacts {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  /** Whether `models.list` names it; a model closed to new users still answers. */
  readonly listed: boolean;
  /** Accepted thinking levels; empty where the model does not think. */
  readonly thinkingLevels: readonly string[];
  readonly thinkingTokens: number;
  readonly inputTokenLimit: number;
  readonly outputTokenLimit: number;
}

export interface ModelFacts extends CommonFacts {
  readonly output: 'image';
  readonly family: PixelFamily;
  readonly mime: 'image/jpeg' | 'image/png';
  readonly sizes: readonly Size[];
  readonly ratios: readonly string[];
  /** Thinking images sent before the final one. */
  readonly drafts: number;
  readonly imageTokens: Readonly<Partial<Record<Size, number>>>;
  readonly usdPerMillionTokens: { readonly input: number; readonly text: number; readonly image: number };
}

/** A model that answers in words; it stands in for an LLM that rewrites prompts. */
export interface TextModelFacts extends CommonFacts {
  readonly output: 'text';
  readonly usdPerMillionTokens: { readonly input: number; readonly text: number };
}

export type AnyModel = ModelFacts | TextModelFacts;

/** What a call to a model asks for: faults of pictures leave the words alone, and the other way round. */
export type OutputKind = AnyModel['output'];

export const ANY_LEVEL: readonly string[] = ['minimal', 'low', 'medium', 'high'];

export const MODELS: readonly ModelFacts[] = [
  {
    id: 'gemini-nano-banana-2.1',
    displayName: 'Nano Banana 2.1',
    description: 'Fast, recommended image model with extreme aspect ratios.',
    listed: true,
    output: 'image',
    family: 'gemini-3',
    mime: 'image/jpeg',
    sizes: ['1K', '2K', '4K'],
    ratios: ALL_RATIOS,
    thinkingLevels: ['minimal', 'medium', 'high'],
    drafts: 0,
    thinkingTokens: 120,
    inputTokenLimit: 131_072,
    outputTokenLimit: 32_768,
    imageTokens: { '1K': 1120, '2K': 1680, '4K': 2520 },
    usdPerMillionTokens: { input: 1.5, text: 7.5, image: 30 },
  },
  {
    id: 'gemini-3-pro-image',
    displayName: 'Nano Banana Pro',
    description: 'Image model for professional assets and complex instructions.',
    listed: true,
    output: 'image',
    family: 'gemini-3',
    mime: 'image/jpeg',
    sizes: ['1K', '2K', '4K'],
    ratios: COMMON_RATIOS,
    thinkingLevels: ANY_LEVEL,
    drafts: 1,
    thinkingTokens: 220,
    inputTokenLimit: 65_536,
    outputTokenLimit: 32_768,
    imageTokens: { '1K': 1120, '2K': 1120, '4K': 2000 },
    usdPerMillionTokens: { input: 2, text: 12, image: 120 },
  },
  {
    id: 'gemini-3.1-flash-image',
    displayName: 'Nano Banana 2',
    description: 'Flash image model, deprecated.',
    listed: true,
    output: 'image',
    family: 'gemini-3',
    mime: 'image/jpeg',
    sizes: ['512', '1K', '2K', '4K'],
    ratios: ALL_RATIOS,
    thinkingLevels: ['minimal', 'high'],
    drafts: 0,
    thinkingTokens: 0,
    inputTokenLimit: 65_536,
    outputTokenLimit: 65_536,
    imageTokens: { '512': 750, '1K': 1120, '2K': 1680, '4K': 2520 },
    usdPerMillionTokens: { input: 0.5, text: 3, image: 60 },
  },
  {
    id: 'gemini-3.1-flash-lite-image',
    displayName: 'Nano Banana 2 Lite',
    description: 'Smallest and fastest image model, 1K only.',
    listed: true,
    output: 'image',
    family: 'gemini-3',
    mime: 'image/jpeg',
    sizes: ['1K'],
    ratios: COMMON_RATIOS,
    thinkingLevels: ['minimal', 'high'],
    drafts: 0,
    thinkingTokens: 0,
    inputTokenLimit: 65_536,
    outputTokenLimit: 32_768,
    imageTokens: { '1K': 1120 },
    usdPerMillionTokens: { input: 0.25, text: 1.5, image: 30 },
  },
  {
    id: 'gemini-2.5-flash-image',
    displayName: 'Nano Banana',
    description: 'First image model, closed to new users.',
    listed: false,
    output: 'image',
    family: 'gemini-2.5',
    mime: 'image/png',
    sizes: ['1K'],
    ratios: COMMON_RATIOS,
    thinkingLevels: [],
    drafts: 0,
    thinkingTokens: 0,
    inputTokenLimit: 65_536,
    outputTokenLimit: 32_768,
    imageTokens: { '1K': 1290 },
    usdPerMillionTokens: { input: 0.3, text: 2.5, image: 30 },
  },
];

/** The resource form that `models.list` and `models.get` answer with. */
export function modelResource(model: AnyModel): Readonly<Record<string, unknown>> {
  return {
    name: `models/${model.id}`,
    version: model.id.replace(/^gemini-(?:nano-banana-)?/, ''),
    displayName: model.displayName,
    description: model.description,
    inputTokenLimit: model.inputTokenLimit,
    outputTokenLimit: model.outputTokenLimit,
    supportedGenerationMethods:
      model.output === 'image'
        ? ['generateContent', 'countTokens', 'batchGenerateContent']
        : ['generateContent', 'countTokens'],
    temperature: 1,
    topP: 0.95,
    topK: 64,
    maxTemperature: 2,
    ...(model.thinkingLevels.length > 0 ? { thinking: true } : {}),
  };
}

/** As Vertex lists it: without limits and methods. */
export function publisherModel({ id }: AnyModel): Readonly<Record<string, unknown>> {
  return {
    name: `publishers/google/models/${id}`,
    versionId: 'default',
    openSourceCategory: 'PROPRIETARY',
    launchStage: 'GA',
  };
}
