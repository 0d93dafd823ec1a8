/** A model's catalogue entry as a route sees it. */
import type { Catalogue, ModelEntry } from '../src/domain/catalogue.ts';
import { catalogueEndpoint, findModel } from '../src/domain/catalogue.ts';
import type { ConfiguredRoute } from './deps.ts';

export function entryOf(
  { catalogue }: { readonly catalogue: Catalogue },
  route: ConfiguredRoute,
  model: string,
): ModelEntry | undefined {
  return findModel(catalogue, catalogueEndpoint(route.gemini.account), model);
}
