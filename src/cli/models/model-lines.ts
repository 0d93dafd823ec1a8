/** What the catalogue says of each model, reckoned for a moment: for programs as it is, for people as a table. */
import type { Catalogue, Endpoint, ModelEntry } from '../../domain/catalogue.ts';
import { imagePriceUsd } from '../../domain/cost.ts';
import type { Life } from '../../domain/model-life.ts';
import { lifeOf, standingWords } from '../../domain/model-life.ts';
import type { ServiceTier } from '../../domain/path.ts';
import type { Size } from '../../domain/request.ts';

export interface SizePrice {
  readonly size: Size;
  /** One image at standard tier, without prompt, drafts and thinking. */
  readonly usd: number;
  /** The same in a batch; null where no batch takes the model. */
  readonly batchUsd: number | null;
}

export interface ModelLine {
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly state: ModelEntry['state'];
  readonly life: Life;
  /** State and life for people: `available; retires in 12 days`. */
  readonly standing: string;
  readonly shutdownDate: string | null;
  readonly replacement: string | null;
  /** Smallest size first. */
  readonly prices: readonly SizePrice[];
  readonly tiers: readonly { readonly tier: ServiceTier; readonly factor: number }[];
  readonly maxReferences: number;
  readonly aspectRatios: readonly string[];
  readonly thinkingLevels: readonly string[];
  readonly outputMime: string;
  /** From 1; null outside the default chain. */
  readonly chain: number | null;
  /** Whether the account sees it; null where it was not asked. */
  readonly live: boolean | null;
}

export interface Seen {
  readonly endpoint: Endpoint;
  /** Model ids that generate. */
  readonly live: readonly string[];
}

/** @param now Epoch milliseconds. */
export function modelLines(
  catalogue: Catalogue,
  chain: readonly string[],
  now: number,
  seen?: Seen,
): readonly ModelLine[] {
  return catalogue.map((entry) => {
    const { endpoint, model, price } = entry;
    const place = chain.indexOf(model);
    return {
      endpoint,
      model,
      state: entry.state,
      life: lifeOf(entry, now),
      standing: standingWords(entry, now),
      shutdownDate: entry.shutdownDate ?? null,
      replacement: entry.replacement ?? null,
      prices: entry.sizes.map((size) => {
        const usd = imagePriceUsd(entry, size, 'standard');
        return { size, usd, batchUsd: entry.batch ? usd * price.batchFactor : null };
      }),
      tiers: entry.tiers.map((tier) => ({ tier, factor: price.tierFactor[tier] ?? 1 })),
      maxReferences: entry.maxReferences,
      aspectRatios: entry.aspectRatios,
      thinkingLevels: entry.thinkingLevels,
      outputMime: entry.outputMime,
      chain: place === -1 ? null : place + 1,
      live: seen?.endpoint === endpoint ? seen.live.includes(model) : null,
    };
  });
}
