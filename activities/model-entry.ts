/** A model's catalogue entry as a route sees it. */
import type { Catalogue, ModelEntry } from '../src/domain/catalogue.ts';
import { catalogueEndpoint, findModel } from '../src/domain/catalogue.ts';
import type { ConfiguredRoute } from './deps.ts';

export function entryOf(
  { catalogue }: { readonly catalogue: Catalogue },
  route: ConfiguredRoute,
  model: string,
): ModelEntry | undefined {
  // Another provider's models and prices are its route's own.
  if (route.models !== undefined) return route.models.find((entry) => entry.model === model);
  return findModel(catalogue, catalogueEndpoint(route.gemini.account), model);
}
