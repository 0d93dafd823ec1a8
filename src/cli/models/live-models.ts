/** What the account of this environment sees on its endpoint. Free of charge. */
import { MemoryArtifactStore } from '../../artifacts/memory-store.ts';
import type { Catalogue } from '../../domain/catalogue.ts';
import { catalogueEndpoint } from '../../domain/catalogue.ts';
import { resolveOptions } from '../../plugin/options.ts';
import { catalogueHere, listLive, unknownOf } from '../doctor/models.ts';
import { geminiEndpoint } from '../gemini-endpoint.ts';
import { CommandFailed } from '../report.ts';
import type { Seen } from './model-lines.ts';

export interface LiveModels extends Seen {
  /** `Google`, or the base URL without credentials. */
  readonly where: string;
  /** Image models among them that the catalogue does not know on this endpoint. */
  readonly unknown: readonly string[];
}

/** Throws {@link UsageError} without a key, {@link CommandFailed} where the endpoint does not answer as it should. */
export async function liveModels(catalogue: Catalogue, timeoutMs: number): Promise<LiveModels> {
  const { apiKey, baseUrl, words } = geminiEndpoint();
  // Nothing is stored.
  const store = new MemoryArtifactStore();
  const { routes } = resolveOptions({ apiKey, store, ...(baseUrl === undefined ? {} : { baseUrl }) });
  const [route] = routes;
  const live = await listLive(route, { timeoutMs });
  if ('status' in live) throw new CommandFailed(`${live.seen} — ${live.cure ?? 'see doctor'}`);
  const unknown = unknownOf(live, catalogueHere(route, catalogue));
  return { endpoint: catalogueEndpoint(route.gemini.account), where: words, live, unknown };
}
