/**
 * A route to another provider with an OpenAI-compatible API: its options, checked, and what they come to.
 * Its models and prices are its own, because two relays sell one model at two prices.
 */
import { createRequire } from 'node:module';
import type { ConfiguredRoute } from '../../activities/deps.ts';
import type { ModelEntry, SizeNames } from '../domain/model-entry.ts';
import type { Size } from '../domain/request.ts';
import { SIZES } from '../domain/request.ts';
import type { Redactor } from '../gemini/redactor.ts';
import type { Dialect } from '../openai/dialect.ts';
import { DIALECTS } from '../openai/dialect.ts';
import { createOpenAiCompatible } from '../openai/openai-compatible.ts';

/** A model of another provider, as it is named, sized and sold there. */
export interface ProviderModel {
  readonly model: string;
  /** What one image costs, or what it costs at each size. Costs are booked by it: give the highest price. */
  readonly usdPerImage: number | Readonly<Partial<Record<Size, number>>>;
  /**
   * What the API calls each size and ratio: `{ '1K': { '1:1': '1024x1024', '3:2': '1536x1024' } }`. Whatever
   * has no name is asked for in the prompt, with a warning in the result.
   *
   * @default `{ '1K': {} }`: one size, everything in words
   */
  readonly sizes?: SizeNames;
  /** Input images that it takes at most. @default 4 */
  readonly maxReferences?: number;
}

/** A provider that is not Google. Reached by a person's word, a grant, or `allow.endpoints`. */
export interface ProviderRoute {
  readonly name: string;
  readonly provider: 'openai-compatible';
  readonly apiKey: string;
  /** With its version, as the provider's documents have it: `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /** `images`: `/images/generations` and `/images/edits`. `chat`: `/chat/completions` with images in the answer. */
  readonly dialect: Dialect;
  /** In order of preference: the first that can serve a request is used, whatever model was asked. */
  readonly models: readonly [ProviderModel, ...ProviderModel[]];
  /** What quotas are kept by. @default the route's name */
  readonly project?: string;
  readonly vertex?: undefined;
}

const MAX_REFERENCES = 4;
/** Of a prompt; longer ones are the provider's to refuse. */
const INPUT_TOKENS = 32_000;

/** Throws a TypeError that names the option and the cure. */
export function checkProviderRoute(route: ProviderRoute): void {
  const { name, baseUrl, dialect, models } = route as Partial<ProviderRoute> & { name: string };
  const bad = (problem: string): TypeError => new TypeError(`route ${name}: ${problem}`);
  if (baseUrl === undefined || !/^https?:/.test(URL.canParse(baseUrl) ? new URL(baseUrl).protocol : ''))
    throw bad(`baseUrl is ${baseUrl ?? 'missing'}: give the API's URL, such as https://api.openai.com/v1`);
  if (dialect === undefined || !DIALECTS.includes(dialect))
    throw bad(`dialect is ${dialect ?? 'missing'}: give one of ${DIALECTS.join(', ')}`);
  if (models === undefined || models.length === 0)
    throw bad('models is empty: give at least one, such as { model: "gpt-image-1", usdPerImage: 0.17 }');
  for (const { model, usdPerImage, sizes = {} } of models) {
    const prices = typeof usdPerImage === 'number' ? [usdPerImage] : Object.values(usdPerImage ?? {});
    if (prices.length === 0 || !prices.every((usd) => Number.isFinite(usd) && usd >= 0))
      throw bad(`usdPerImage of ${model}: give US dollars, a number from 0 up or one for each size`);
    const unknown = Object.keys(sizes).find((size) => !(SIZES as readonly string[]).includes(size));
    if (unknown !== undefined) throw bad(`sizes of ${model} names ${unknown}: give ${SIZES.join(', ')}`);
  }
  try {
    createRequire(import.meta.url).resolve('openai');
  } catch (error) {
    const cure = 'the package openai is not installed: npm install openai';
    throw new TypeError(`route ${name}: ${cure}`, { cause: error });
  }
}

export function configuredProvider(
  { name, apiKey, baseUrl, dialect, models, project }: ProviderRoute,
  redactor: Redactor,
  allowPrivateUrls: boolean,
): ConfiguredRoute {
  const [first, ...others] = models;
  const entries = [entryOf(first), ...others.map(entryOf)] as const;
  const gemini = createOpenAiCompatible({
    ...{ apiKey, baseUrl, dialect, redactor, allowPrivateUrls },
    project: project ?? name,
    models: entries,
  });
  return { name, gemini, models: entries };
}

function entryOf({ model, usdPerImage, sizes, maxReferences = MAX_REFERENCES }: ProviderModel): ModelEntry {
  const sizeNames: SizeNames = sizes ?? { '1K': {} };
  const [smallest = '1K', ...larger] = SIZES.filter((size) => sizeNames[size] !== undefined);
  const highest = typeof usdPerImage === 'number' ? usdPerImage : Math.max(...Object.values(usdPerImage));
  const usdOf = (size: Size): number =>
    typeof usdPerImage === 'number' ? usdPerImage : (usdPerImage[size] ?? highest);
  return {
    ...{ endpoint: 'custom', model, state: 'available', maxReferences, sizeNames },
    sizes: [smallest, ...larger],
    honoursSize: true,
    defaultSize: smallest === '512' && larger.includes('1K') ? '1K' : smallest,
    aspectRatios: [],
    thinkingLevels: [],
    outputMime: 'image/png',
    tiers: ['standard'],
    inputTokenLimit: INPUT_TOKENS,
    outputTokenLimit: 0,
    imageTokens: {},
    batch: false,
    price: {
      inputPerMTok: 0,
      textOutPerMTok: 0,
      imageOutPerMTok: 0,
      // Sold by the piece, whatever tokens it took.
      perImage: Object.fromEntries([smallest, ...larger].map((size) => [size, usdOf(size)])),
      tierFactor: { standard: 1 },
      batchFactor: 1,
    },
  };
}
