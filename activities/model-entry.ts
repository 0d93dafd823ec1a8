/** A model's catalogue entry as a route sees it; a relay or the emulator stands in for AI Studio. */
import type { Catalogue, ModelEntry } from '../src/domain/catalogue.ts';
import { findModel } from '../src/domain/catalogue.ts';
import type { ConfiguredRoute } from './deps.ts';

export function entryOf(
  { catalogue }: { readonly catalogue: Catalogue },
  route: ConfiguredRoute,
  model: string,
): ModelEntry | undefined {
  const { endpoint } = route.gemini.account;
  return findModel(catalogue, endpoint === 'vertex' ? 'vertex' : 'ai-studio', model);
}
