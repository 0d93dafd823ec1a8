/**
 * The image models of this release, and their order. Overridable, because ids and prices die within a year.
 * Source: Google's model, price and deprecation pages as of November 2026.
 */
import type { Catalogue, ModelEntry } from './model-entry.ts';

const TEN_RATIOS = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'] as const;
const FOURTEEN_RATIOS = [...TEN_RATIOS, '1:4', '4:1', '1:8', '8:1'] as const;
const TIER_FACTOR = { standard: 1, flex: 0.5, priority: 1.8 } as const;
const COMMON = {
  endpoint: 'ai-studio',
  honoursSize: true,
  defaultSize: '1K',
  maxReferences: 14,
  outputMime: 'image/jpeg',
  tiers: ['standard', 'flex', 'priority'],
  batch: true,
  inputTokenLimit: 65_536,
  outputTokenLimit: 32_768,
} as const;

const AI_STUDIO: Catalogue = [
  {
    ...COMMON,
    model: 'gemini-3-pro-image',
    state: 'available',
    sizes: ['1K', '2K', '4K'],
    aspectRatios: TEN_RATIOS,
    // Always thinks; a level is accepted and has no effect.
    thinkingLevels: ['minimal', 'low', 'medium', 'high'],
    imageTokens: { '1K': 1_120, '2K': 1_120, '4K': 2_000 },
    typicalMs: { '1K': 19_000, '4K': 35_000 },
    price: {
      inputPerMTok: 2,
      textOutPerMTok: 12,
      imageOutPerMTok: 120,
      tierFactor: TIER_FACTOR,
      batchFactor: 0.5,
    },
  },
  {
    ...COMMON,
    model: 'gemini-nano-banana-2.1',
    state: 'recommended',
    sizes: ['1K', '2K', '4K'],
    aspectRatios: FOURTEEN_RATIOS,
    thinkingLevels: ['minimal', 'medium', 'high'],
    outputTokenLimit: 65_536,
    imageTokens: { '1K': 1_120, '2K': 1_680, '4K': 2_520 },
    price: {
      inputPerMTok: 1.5,
      textOutPerMTok: 7.5,
      imageOutPerMTok: 30,
      tierFactor: TIER_FACTOR,
      batchFactor: 0.5,
    },
  },
  {
    ...COMMON,
    model: 'gemini-3.1-flash-lite-image',
    state: 'available',
    sizes: ['1K'],
    aspectRatios: TEN_RATIOS,
    thinkingLevels: ['minimal', 'high'],
    imageTokens: { '1K': 1_120 },
    typicalMs: { '1K': 4_000 },
    price: {
      inputPerMTok: 0.5,
      textOutPerMTok: 3,
      imageOutPerMTok: 30,
      tierFactor: TIER_FACTOR,
      batchFactor: 0.5,
    },
  },
  {
    ...COMMON,
    model: 'gemini-3.1-flash-image',
    state: 'deprecated',
    sizes: ['512', '1K', '2K', '4K'],
    aspectRatios: FOURTEEN_RATIOS,
    thinkingLevels: ['minimal', 'high'],
    outputTokenLimit: 65_536,
    imageTokens: { '512': 747, '1K': 1_120, '2K': 1_680, '4K': 2_520 },
    typicalMs: { '1K': 12_000, '4K': 28_000 },
    price: {
      inputPerMTok: 0.5,
      textOutPerMTok: 3,
      imageOutPerMTok: 60,
      tierFactor: TIER_FACTOR,
      batchFactor: 0.5,
    },
    shutdownDate: '2026-10-29',
    replacement: 'gemini-nano-banana-2.1',
  },
  {
    ...COMMON,
    model: 'gemini-2.5-flash-image',
    state: 'deprecated',
    sizes: ['1K'],
    honoursSize: false,
    aspectRatios: TEN_RATIOS,
    maxReferences: 3,
    thinkingLevels: [],
    outputMime: 'image/png',
    tiers: ['standard'],
    imageTokens: { '1K': 1_290 },
    typicalMs: { '1K': 8_000 },
    price: {
      inputPerMTok: 0.3,
      textOutPerMTok: 2.5,
      imageOutPerMTok: 30,
      tierFactor: { standard: 1 },
      batchFactor: 0.5,
    },
    shutdownDate: '2026-10-02',
    replacement: 'gemini-nano-banana-2.1',
  },
];

/**
 * What is known of the same models on Vertex: lifecycles differ there, no tier but standard and no replacement
 * is documented, and a batch goes by Cloud Storage, which is not spoken here.
 */
const VERTEX: Readonly<Record<string, Partial<ModelEntry>>> = {
  'gemini-3-pro-image': {},
  'gemini-3.1-flash-lite-image': {},
  'gemini-3.1-flash-image': { state: 'available', shutdownDate: '2027-05-28' },
  'gemini-2.5-flash-image': { state: 'available', shutdownDate: '2027-03-15' },
};

function onVertex({ replacement: _elsewhere, typicalMs: _measured, ...entry }: ModelEntry): Catalogue {
  const known = VERTEX[entry.model];
  if (known === undefined) return [];
  const price = { ...entry.price, tierFactor: { standard: 1 } };
  return [{ ...entry, endpoint: 'vertex', tiers: ['standard'], batch: false, price, ...known }];
}

export const DEFAULT_CATALOGUE: Catalogue = [...AI_STUDIO, ...AI_STUDIO.flatMap(onVertex)];

/** Order of preference: the default model, then what it falls back to where that is allowed. */
export const DEFAULT_CHAIN: readonly [string, ...string[]] = [
  'gemini-3-pro-image',
  'gemini-nano-banana-2.1',
  'gemini-3.1-flash-lite-image',
];
