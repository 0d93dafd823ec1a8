/**
 * What is known of the image models, as data: keyed by endpoint and model id, because lifecycles and
 * abilities differ by endpoint, and overridable, because ids and prices die within a year. Preflight,
 * prices and fallback read only this. Source: Google's model, price and deprecation pages as of
 * November 2026.
 */
import type { ServiceTier } from './path.ts';
import type { Size } from './request.ts';

export type Endpoint = 'ai-studio' | 'vertex';

export interface ModelEntry {
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly state: 'recommended' | 'available' | 'deprecated' | 'shut-down';
  /** Smallest first. */
  readonly sizes: readonly [Size, ...Size[]];
  /** False where `imageSize` is silently ignored and the one size always comes. */
  readonly honoursSize: boolean;
  readonly defaultSize: Size;
  readonly aspectRatios: readonly string[];
  readonly maxReferences: number;
  /** Empty: the model does not take a thinking level. */
  readonly thinkingLevels: readonly string[];
  readonly outputMime: 'image/jpeg' | 'image/png';
  readonly tiers: readonly ServiceTier[];
  readonly inputTokenLimit: number;
  readonly outputTokenLimit: number;
  /** Output tokens of one image at each size. */
  readonly imageTokens: Readonly<Partial<Record<Size, number>>>;
  readonly price: Price;
  /** How long a call takes without load, where it was measured; under load it is a minute and more. */
  readonly typicalMs?: Readonly<Partial<Record<Size, number>>>;
  /** ISO date, as announced. */
  readonly shutdownDate?: string;
  readonly replacement?: string;
}

/** USD per million tokens; the image price follows from `imageTokens`. */
export interface Price {
  readonly inputPerMTok: number;
  readonly textOutPerMTok: number;
  readonly imageOutPerMTok: number;
  /** Factors on everything above. */
  readonly tierFactor: Readonly<Partial<Record<ServiceTier, number>>>;
  readonly batchFactor: number;
}

export type Catalogue = readonly ModelEntry[];

/** Whole entries by endpoint + model; a known model's override may be partial. */
export type CatalogueOverrides = readonly (Pick<ModelEntry, 'endpoint' | 'model'> & Partial<ModelEntry>)[];

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
  inputTokenLimit: 65_536,
  outputTokenLimit: 32_768,
} as const;

export const DEFAULT_CATALOGUE: Catalogue = [
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

/** Order of preference: the default model, then what it falls back to where that is allowed. */
export const DEFAULT_CHAIN: readonly [string, ...string[]] = [
  'gemini-3-pro-image',
  'gemini-nano-banana-2.1',
  'gemini-3.1-flash-lite-image',
];

export function findModel(catalogue: Catalogue, endpoint: Endpoint, model: string): ModelEntry | undefined {
  return catalogue.find((entry) => entry.endpoint === endpoint && entry.model === model);
}

/** What an entry cannot do without; the shutdown date and the replacement are not known for all. */
const NEEDED = [
  'state',
  'sizes',
  'honoursSize',
  'defaultSize',
  'aspectRatios',
  'maxReferences',
  'thinkingLevels',
  'outputMime',
  'tiers',
  'inputTokenLimit',
  'outputTokenLimit',
  'imageTokens',
  'price',
] as const satisfies readonly (keyof ModelEntry)[];

/** Overrides apply in their order. Throws a TypeError that names the fields which a new model lacks. */
export function mergeCatalogue(defaults: Catalogue, overrides: CatalogueOverrides): Catalogue {
  return overrides.reduce<Catalogue>((catalogue, override) => {
    const known = findModel(catalogue, override.endpoint, override.model);
    const entry = { ...known, ...override } as ModelEntry;
    const missing = NEEDED.filter((field) => entry[field] === undefined);
    if (missing.length > 0) {
      throw new TypeError(
        `catalogue: ${override.model} is new on ${override.endpoint}, give its ${missing.join(', ')}`,
      );
    }
    return known === undefined
      ? [...catalogue, entry]
      : catalogue.map((each) => (each === known ? entry : each));
  }, defaults);
}

/** Models whose ids look like the one given, nearest first; for "did you mean". */
export function nearestModels(catalogue: Catalogue, model: string): readonly string[] {
  const ids = [...new Set(catalogue.map((entry) => entry.model))];
  return ids
    .map((id) => ({ id, distance: editDistance(id, model) }))
    .filter(({ id, distance }) => distance <= id.length / 2)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ id }) => id);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, ca] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, cb] of [...b].entries()) {
      const substitute = (row[j] ?? 0) + (ca === cb ? 0 : 1);
      next.push(Math.min(substitute, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
