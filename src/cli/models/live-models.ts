/** What the account of this environment sees on its endpoint. Free of charge. */
import { MemoryArtifactStore } from '../../artifacts/memory-store.ts';
import type { Catalogue, Endpoint } from '../../domain/catalogue.ts';
import { catalogueEndpoint } from '../../domain/catalogue.ts';
import { resolveOptions } from '../../plugin/options.ts';
import { catalogueHere, listLive, unknownOf } from '../doctor/models.ts';
import { checkedEndpoint } from '../gemini-endpoint.ts';
import { CommandFailed } from '../report.ts';
import { UsageError } from '../usage-error.ts';
import type { Seen } from './model-lines.ts';

export interface LiveModels extends Seen {
  /** `Google`, or the base URL without credentials. */
  readonly where: string;
  /** Image models among them that the catalogue does not know on this endpoint. */
  readonly unknown: readonly string[];
}

/**
 * @param asked Absent: the endpoint that a worker of this environment uses first.
 * Throws {@link UsageError} without a credential for it, {@link CommandFailed} where it does not answer as it should.
 */
export async function liveModels(
  catalogue: Catalogue,
  timeoutMs: number,
  asked: Endpoint | undefined,
): Promise<LiveModels> {
  const { routes: given, words } = await checkedEndpoint();
  // Nothing is stored.
  const { routes } = resolveOptions({ routes: given, store: new MemoryArtifactStore() });
  const route = routes.find(
    ({ gemini }) => asked === undefined || catalogueEndpoint(gemini.account) === asked,
  );
  if (route === undefined)
    throw new UsageError(
      `--live: no credential for ${asked} in this environment: set ${asked === 'vertex' ? 'GEMINI_VERTEX_PROJECT' : 'GEMINI_API_KEY'}`,
    );
  const live = await listLive(route, { timeoutMs });
  if ('status' in live) throw new CommandFailed(`${live.seen} — ${live.cure ?? 'see doctor'}`);
  const unknown = unknownOf(live, catalogueHere(route, catalogue));
  const { account } = route.gemini;
  const where = routes.length === 1 ? words : account.baseUrl;
  return { endpoint: catalogueEndpoint(account), where, live, unknown };
}
