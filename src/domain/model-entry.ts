/** What is known of one image model on one endpoint, as data. */
import type { ServiceTier } from './path.ts';
import type { Size } from './request.ts';

export const ENDPOINTS = ['ai-studio', 'vertex'] as const;
/** `custom`: another provider's, whose entries belong to their route. */
export type Endpoint = (typeof ENDPOINTS)[number] | 'custom';

export const MODEL_STATES = ['recommended', 'available', 'deprecated', 'shut-down'] as const;

export interface ModelEntry {
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly state: (typeof MODEL_STATES)[number];
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
  /** `standard` is always among them. */
  readonly tiers: readonly ServiceTier[];
  /** Whether a batch takes it; its price there is `price.batchFactor`. */
  readonly batch: boolean;
  readonly inputTokenLimit: number;
  readonly outputTokenLimit: number;
  /** Output tokens of one image at each size; empty where all sizes are sold by the image. */
  readonly imageTokens: Readonly<Partial<Record<Size, number>>>;
  readonly price: Price;
  /**
   * Of another provider's model: by size and ratio, what its API calls them, `{ '1K': { '3:2': '1536x1024' } }`.
   * What has no name is asked for in words.
   */
  readonly sizeNames?: SizeNames;
  /** How long a call takes without load, where it was measured; under load it is a minute and more. */
  readonly typicalMs?: Readonly<Partial<Record<Size, number>>>;
  /** `2026-10-29`, as announced: the day, UTC, from which on it may be gone. */
  readonly shutdownDate?: string;
  /** Model id on the same endpoint. */
  readonly replacement?: string;
}

export type SizeNames = Readonly<Partial<Record<Size, Readonly<Record<string, string>>>>>;

/** USD per million tokens. */
export interface Price {
  readonly inputPerMTok: number;
  readonly textOutPerMTok: number;
  readonly imageOutPerMTok: number;
  /** USD for one image, where that is how a size is sold; its tokens then cost nothing. */
  readonly perImage?: Readonly<Partial<Record<Size, number>>>;
  /** Factors on everything above. */
  readonly tierFactor: Readonly<Partial<Record<ServiceTier, number>>>;
  readonly batchFactor: number;
}

export type Catalogue = readonly ModelEntry[];

/** Whole entries by endpoint + model; a known model's override may be partial. */
export type CatalogueOverrides = readonly (Pick<ModelEntry, 'endpoint' | 'model'> & Partial<ModelEntry>)[];
