/**
 * The catalogue: keyed by endpoint and model id, because lifecycles and abilities differ by endpoint.
 * Preflight, prices and fallback read only this.
 */
import type { Catalogue, CatalogueOverrides, Endpoint, ModelEntry } from './model-entry.ts';
import type { Account } from './path.ts';

export { DEFAULT_CATALOGUE, DEFAULT_CHAIN } from './default-catalogue.ts';
export type { Catalogue, CatalogueOverrides, Endpoint, ModelEntry, Price } from './model-entry.ts';

/** Whose entries hold on an account's endpoint: a relay or the emulator stands in for AI Studio. */
export function catalogueEndpoint({ endpoint }: Pick<Account, 'endpoint'>): Endpoint {
  return endpoint === 'vertex' ? 'vertex' : 'ai-studio';
}

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
  'batch',
  'inputTokenLimit',
  'outputTokenLimit',
  'imageTokens',
  'price',
] as const satisfies readonly (keyof ModelEntry)[];

/** Overrides apply in their order. Throws a TypeError that names the fields which a new model lacks. */
export function mergeCatalogue(defaults: Catalogue, overrides: CatalogueOverrides): Catalogue {
  return overrides.reduce<Catalogue>((catalogue, override, i) => {
    const known = findModel(catalogue, override.endpoint, override.model);
    const entry = { ...known, ...override } as ModelEntry;
    const missing = NEEDED.filter((field) => entry[field] === undefined);
    if (missing.length > 0) {
      throw new TypeError(
        `catalogue[${i}].${missing[0]}: ${override.model} is new on ${override.endpoint}, give its ${missing.join(', ')}`,
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
