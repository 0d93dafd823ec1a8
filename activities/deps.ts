/** What the activities of a worker share; built once by the plugin from its options. */
import type { ArtifactStore } from '../src/artifacts/store.ts';
import type { SearchAttributeName } from '../src/contract/search-attributes.ts';
import type { LaneLimits } from '../src/contract/lane.ts';
import type { Branch } from '../src/domain/branch.ts';
import type { Catalogue, ModelEntry } from '../src/domain/catalogue.ts';
import type { PolicyNumbers } from '../src/domain/snapshot.ts';
import type { TextModelSettings } from '../src/domain/text-model.ts';
import type { GeminiPort } from '../src/gemini/port.ts';
import type { Redactor } from '../src/gemini/redactor.ts';
import type { QuotaBroker } from '../src/quota/broker.ts';
import type { QuietCalendar } from '../src/quota/quiet-windows.ts';
import type { Wallet } from '../src/quota/wallet.ts';
import type { Webhooks } from '../src/webhooks/settings.ts';

/** A way to a provider that this worker has the credential for. */
export interface ConfiguredRoute {
  readonly name: string;
  readonly gemini: GeminiPort;
  /** Of another provider's: what can be asked of it, in order of preference. */
  readonly models?: readonly [ModelEntry, ...ModelEntry[]];
  /** Quiet hours that somebody configured for it; absent: they are learned. */
  readonly quiet?: QuietCalendar;
}

export interface ActivityDeps {
  readonly store: ArtifactStore;
  readonly broker: QuotaBroker;
  /** Money of tenants that have a budget. */
  readonly wallet: Wallet;
  /** The first one is used where a request names none. */
  readonly routes: readonly [ConfiguredRoute, ...ConfiguredRoute[]];
  readonly catalogue: Catalogue;
  /** Model ids in order of preference; the first is the default. */
  readonly chain: readonly [string, ...string[]];
  /** Handed in, because an activity reports and never decides. */
  readonly numbers: Readonly<Record<Branch, PolicyNumbers>>;
  /** Rewrites and simplifies prompts, on the first route. */
  readonly textModel: TextModelSettings;
  readonly timeScale: number;
  /** When batch lanes send what they collect; absent where nothing is sent as a batch. */
  readonly lane?: LaneLimits;
  readonly redactor: Redactor;
  /** Those that the namespace has, as the worker found at its start; others are never set. */
  readonly searchAttributes: () => readonly SearchAttributeName[];
  /** For input URLs on a private network; off by default. */
  readonly allowPrivateUrls: boolean;
  /** Who is told what happens; absent: nobody. */
  readonly webhooks?: Webhooks;
}

export function routeNamed(deps: ActivityDeps, name: string): ConfiguredRoute | undefined {
  return deps.routes.find((route) => route.name === name);
}
