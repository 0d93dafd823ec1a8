/**
 * The plugin's options, resolved once into what the activities share. Throws a TypeError that names
 * the option and the cure.
 */
import type { ActivityDeps, ConfiguredRoute } from '../../activities/deps.ts';
import { openStore } from '../artifacts/open-store.ts';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { Catalogue, CatalogueOverrides } from '../domain/catalogue.ts';
import { DEFAULT_CATALOGUE, DEFAULT_CHAIN } from '../domain/catalogue.ts';
import type { Branch } from '../domain/branch.ts';
import { MAX_CALL_TIMEOUT_MS } from '../domain/request.ts';
import type { PolicyNumbers } from '../domain/snapshot.ts';
import type { TextModelSettings } from '../domain/text-model.ts';
import { DEFAULT_TEXT_MODEL } from '../domain/text-model.ts';
import type { Redactor } from '../gemini/redactor.ts';
import { createRedactor } from '../gemini/redactor.ts';
import { defaultNumbers } from '../policies/index.ts';
import { readCatalogue } from '../schema/catalogue.ts';
import { webhooksOf } from '../webhooks/settings.ts';
import type { BatchOptions } from './batch-options.ts';
import { laneOf } from './batch-options.ts';
import { brokerOf } from './broker-of.ts';
import type { EntityBundle } from './entity-worker.ts';
import type { NotificationOptions } from './notification-options.ts';
import { checkWebhookRoutes, standingSubscribers } from './notification-options.ts';
import type { Subscriber } from '../domain/subscriber.ts';
import type { QuietCalendar } from '../quota/quiet-windows.ts';
import { probeOf } from './probe.ts';
import { configuredProvider } from './provider-route.ts';
import type { QuietOptions } from './quiet-options.ts';
import { quietOf } from './quiet-options.ts';
import type { QuotaOptions } from './quota-options.ts';
import type { CheckedRoute, RouteOptions } from './route-options.ts';
import { checkedRoutes, portOf, secretsOf } from './route-options.ts';
import { walletOf } from './wallet-of.ts';

export interface GeminiImagesPluginOptions
  extends QuietOptions, QuotaOptions, BatchOptions, NotificationOptions {
  /** The key of the one route named `default`. Give `routes` instead for several. */
  readonly apiKey?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly project?: string | undefined;
  /** The first one is used where a request names none, and has to be Gemini's. */
  readonly routes?: readonly RouteOptions[];
  /** A directory that all workers share, `s3://bucket/prefix?region=…`, or a store. */
  readonly store: string | ArtifactStore;
  /** Models that this release does not know, and what is otherwise than it knows; see docs/models.md. */
  readonly catalogue?: CatalogueOverrides;
  /** Model ids in order of preference; the first is the default. */
  readonly chain?: readonly [string, ...string[]];
  /**
   * The text model that rewrites and simplifies prompts where a request allows it, with its price.
   * @default { model: 'gemini-flash-latest', price: { inputPerMTok: 1.5, outputPerMTok: 9 } }
   */
  readonly textModel?: Partial<TextModelSettings>;
  /** Numbers of single branches, over this release's. */
  readonly policies?: { readonly [B in Branch]?: Partial<PolicyNumbers> };
  /** Multiplies delays that policies compute, for demos and tests only. @default 1 */
  readonly timeScale?: number;
  /**
   * The durable entities, bundled beforehand; for processes that start by the dozen.
   *
   * @internal
   * @default bundled when a worker with `quota: 'fleet'` starts, about two seconds of CPU
   */
  readonly entityBundle?: EntityBundle;
  /** Lets input URLs, and links in another provider's answers, point into a private network. @default false */
  readonly allowPrivateUrls?: boolean;
}

export interface ResolvedOptions extends Omit<ActivityDeps, 'searchAttributes'> {
  /** The longest a call may take: shutting down waits for it. */
  readonly longestCallMs: number;
  /** Webhooks that are told how routes and budgets stand. */
  readonly subscribers: readonly Subscriber[];
}

export function resolveOptions(options: GeminiImagesPluginOptions): ResolvedOptions {
  const routes = routeOptions(options);
  const webhooks = webhooksOf(options.notifications);
  const redactor = createRedactor([...secretsOf(routes), ...webhooks.secrets]);
  const catalogue: Catalogue = readCatalogue(DEFAULT_CATALOGUE, options.catalogue);
  const timeScale = options.timeScale ?? 1;
  if (!(timeScale > 0))
    throw new TypeError(`timeScale is ${timeScale}: give a number above 0, or leave it out`);
  const allowPrivateUrls = options.allowPrivateUrls ?? false;
  const quiet = quietOf(options);
  const ways = routes.map((route) =>
    configured(route, { redactor, allowPrivateUrls, quiet }),
  ) as unknown as ActivityDeps['routes'];
  checkWebhookRoutes(webhooks, ways, catalogue);
  const textModel = { ...DEFAULT_TEXT_MODEL, ...options.textModel };
  const store = storeOf(options.store);
  return {
    store,
    wallet: walletOf(options, store),
    broker: brokerOf(options, probeOf(ways, textModel)),
    routes: ways,
    catalogue,
    chain: options.chain ?? DEFAULT_CHAIN,
    numbers: numbersOf(options.policies),
    textModel,
    timeScale,
    redactor,
    ...laneOf(options),
    allowPrivateUrls,
    webhooks,
    subscribers: standingSubscribers(webhooks, ways),
    longestCallMs: MAX_CALL_TIMEOUT_MS,
  };
}

function routeOptions({
  apiKey,
  baseUrl,
  project,
  routes,
}: GeminiImagesPluginOptions): readonly CheckedRoute[] {
  if (routes !== undefined && apiKey !== undefined)
    throw new TypeError('give either apiKey or routes, not both');
  const all =
    routes ??
    (apiKey === undefined
      ? []
      : [
          {
            name: 'default',
            apiKey,
            ...(baseUrl === undefined ? {} : { baseUrl }),
            ...(project === undefined ? {} : { project }),
          },
        ]);
  if (all.length === 0) throw new TypeError('no apiKey and no routes: give the worker a Gemini API key');
  return checkedRoutes(all);
}

interface Shared {
  readonly redactor: Redactor;
  readonly allowPrivateUrls: boolean;
  /** Of routes that have no quiet hours of their own. */
  readonly quiet: QuietCalendar | undefined;
}

function configured(
  route: CheckedRoute,
  { redactor, allowPrivateUrls, quiet: all }: Shared,
): ConfiguredRoute {
  if (route.provider === 'openai-compatible') return configuredProvider(route, redactor, allowPrivateUrls);
  const quiet = quietOf(route, route.name) ?? all;
  return { name: route.name, gemini: portOf(route, redactor), ...(quiet === undefined ? {} : { quiet }) };
}

function storeOf(store: string | ArtifactStore): ArtifactStore {
  return typeof store === 'string' ? openStore(store) : store;
}

function numbersOf(
  overrides: GeminiImagesPluginOptions['policies'] = {},
): Readonly<Record<Branch, PolicyNumbers>> {
  const defaults = defaultNumbers();
  const merged = Object.entries(overrides).map(([branch, numbers]) => [
    branch,
    { ...defaults[branch as Branch], ...numbers },
  ]);
  return { ...defaults, ...(Object.fromEntries(merged) as Record<Branch, PolicyNumbers>) };
}
