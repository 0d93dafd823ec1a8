/**
 * The rungs a generation may use, in order, from what the request allows, what routes a worker has, and
 * what the catalogue says each model can do. A rung that cannot serve the request is left out. Pure, so
 * that a worker records the same ladder in a snapshot that `estimate` shows before anything is started.
 */
import type { ModelEntry } from './catalogue.ts';
import { shortened, signerOf, tokensEach } from './conversation.ts';
import { worstPriceUsd } from './cost.ts';
import { isRetired } from './model-life.ts';
import { isOtherProvider, nearestSize } from './other-provider.ts';
import type { Account, ServiceTier } from './path.ts';
import type { PreflightRequest } from './preflight.ts';
import { isTooLargeInline, preflight, tokensOf } from './preflight.ts';
import type { GenerationRequest, Size, StoredInput } from './request.ts';
import { SIZES } from './request.ts';
import { changesOn } from './rung-changes.ts';
import type { Rung } from './snapshot.ts';

/** A configured way to a provider, as far as a ladder needs to know it. */
export interface LadderRoute {
  readonly name: string;
  /** Absent where nobody needs to know whose signatures it understands. */
  readonly account?: Account;
  /** Of another provider's: its own models in order of preference. An asked id means nothing there. */
  readonly models?: readonly string[];
  /** Whether batches are sent by it. */
  readonly batches?: boolean;
}

export interface LadderInput {
  /** The first one is where the request goes. */
  readonly routes: readonly [LadderRoute, ...LadderRoute[]];
  /** What a route can do with a model; undefined where it does not have it. */
  readonly entryOf: (routeName: string, model: string) => ModelEntry | undefined;
  /** Model ids in order of preference. */
  readonly chain: readonly string[];
  readonly asked: ModelEntry;
  readonly request: GenerationRequest;
  readonly inputs: readonly StoredInput[];
  /** Epoch milliseconds: no fallback leads to a model whose date has passed. */
  readonly now: number;
}

/** Where inputs that are too large for one request can be laid down as files. */
function filesUsable(account: LadderRoute['account']): boolean {
  return !isOtherProvider(account) && account?.endpoint !== 'vertex';
}

export function ladder({
  routes,
  entryOf,
  chain,
  asked,
  request,
  inputs,
  now,
}: LadderInput): readonly Rung[] {
  const { allow } = request;
  const [first, ...others] = routes;

  const rung = (
    to: LadderRoute,
    entry: ModelEntry,
    tier: ServiceTier,
    kind: Rung['kind'],
  ): readonly Rung[] => {
    const sizes = sizesOn(entry, request, to, kind);
    const [size] = sizes;
    const history = historyOn(request, inputs, to, entry);
    const shape = shapeOn(request, inputs, size, to, entry);
    if (size === undefined || !entry.tiers.includes(tier) || preflight(shape, entry).length > 0) return [];
    const promptTokens = tokensOf(shape);
    const worstUsd = sizes.map((size) => worstPriceUsd(entry, { size, promptTokens, tier }));
    const upload = isTooLargeInline(shape.promptChars, shape.inputs, shape.past)
      ? { upload: true as const }
      : {};
    const batch = 'upload' in upload || tier !== 'standard' ? {} : batchOn(request, to, entry);
    const changes =
      kind === 'asked' ? [] : changesOn(request, asked, { account: to.account, entry, tier, size }, history);
    return [
      {
        ...{
          route: to.name,
          model: entry.model,
          tier,
          kind,
          sizes,
          worstUsd,
          ...upload,
          ...history,
          ...batch,
        },
        ...(changes.length === 0 ? {} : { changes }),
      },
    ];
  };

  /** What is shut down is gone; what is only past its date is tried where it is what was asked for. */
  const living = (
    to: LadderRoute,
    model: string,
    kind: 'fallback' | 'endpoint' | 'route-out',
  ): readonly Rung[] => {
    const entry = entryOf(to.name, model);
    if (entry === undefined || entry.state === 'shut-down') return [];
    return kind === 'fallback' && isRetired(entry, now) ? [] : rung(to, entry, 'standard', kind);
  };

  /** By the asked model; at another provider by the first of its own that can serve the request. */
  const elsewhere = (to: LadderRoute, kind: 'endpoint' | 'route-out'): readonly Rung[] =>
    (to.models ?? [asked.model]).flatMap((model) => living(to, model, kind)).slice(0, 1);

  const tiers = unique(allow.tiers).filter((tier) => tier !== 'standard');
  const models = unique(allow.models === 'chain' ? chain : allow.models);
  const allowed = unique(allow.endpoints).flatMap((name) => others.filter((route) => route.name === name));
  const routesOut = request.routeOut === 'ask' ? others.filter((route) => !allowed.includes(route)) : [];
  return [
    ...rung(first, asked, 'standard', 'asked'),
    ...tiers.flatMap((tier) => rung(first, asked, tier, 'tier')),
    ...models.flatMap((model) => (model === asked.model ? [] : living(first, model, 'fallback'))),
    ...allowed.flatMap((route) => elsewhere(route, 'endpoint')),
    ...routesOut.flatMap((route) => elsewhere(route, 'route-out')),
  ];
}

/** What was asked first, then the smaller sizes that may be delivered instead, largest first. */
export function servableSizes(entry: ModelEntry, { size, allow }: GenerationRequest): readonly Size[] {
  const wanted = size ?? entry.defaultSize;
  const smaller = SIZES.slice(0, SIZES.indexOf(wanted)).toReversed();
  const allowed =
    allow.sizes === 'smaller' ? smaller : smaller.filter((s) => (allow.sizes as readonly Size[]).includes(s));
  return [wanted, ...allowed].filter((candidate) => entry.sizes.includes(candidate));
}

/** At another provider a person may take the nearest size: the question says so before (`rung-changes`). */
function sizesOn(
  entry: ModelEntry,
  request: GenerationRequest,
  { account }: LadderRoute,
  kind: Rung['kind'],
): readonly Size[] {
  const sizes = servableSizes(entry, request);
  const byWord = kind === 'route-out' && isOtherProvider(account);
  return sizes.length === 0 && byWord ? [nearestSize(entry, request)] : sizes;
}

/** What does not fit into one request has its files, which do not outlast a long batch. */
function batchOn(
  { allow }: GenerationRequest,
  to: LadderRoute,
  { batch, price }: ModelEntry,
): Pick<Rung, 'batch'> {
  return allow.batch && batch && to.batches === true ? { batch: price.batchFactor } : {};
}

/** Signatures of another route say nothing here (I9), and another provider is sent no conversation at all. */
function reseedsOn(
  { conversation }: GenerationRequest,
  { account }: Pick<LadderRoute, 'account'>,
  { model }: ModelEntry,
): boolean {
  const past = conversation?.past;
  if (past === undefined || account === undefined) return false;
  return isOtherProvider(account) || past.signedBy !== signerOf(account, model);
}

/** What a rung's snapshot says of the conversation. */
function historyOn(
  request: GenerationRequest,
  inputs: readonly StoredInput[],
  to: LadderRoute,
  entry: ModelEntry,
): Pick<Rung, 'reseeds' | 'without'> {
  if (reseedsOn(request, to, entry)) return { reseeds: true };
  const without = leftOut(request, inputs, to, entry);
  return without === 0 ? {} : { without };
}

/** An estimate is that coarse: from here on images go where they may, and a few more, so that not every turn drops one. */
const DROP_FROM = 0.9;
const DROP_TO = 0.8;

/** How many of its oldest images go, where the caller lets them. */
function leftOut(
  request: GenerationRequest,
  inputs: readonly StoredInput[],
  to: LadderRoute,
  { inputTokenLimit }: ModelEntry,
): number {
  const { overflow, past } = request.conversation ?? {};
  if (past === undefined || overflow !== 'drop-oldest-images') return 0;
  const tokens = tokensOf({ ...preflightShape(request, inputs, undefined, to.account), past });
  if (tokens <= DROP_FROM * inputTokenLimit) return 0;
  return Math.min(past.older, Math.ceil((tokens - DROP_TO * inputTokenLimit) / tokensEach(past)));
}

/** What a call is on a route: with its conversation, or with the image that stands for it there. */
export function shapeOn(
  request: GenerationRequest,
  inputs: readonly StoredInput[],
  size: Size | undefined,
  to: LadderRoute,
  entry: ModelEntry,
): PreflightRequest {
  const past = request.conversation?.past;
  if (past === undefined) return preflightShape(request, inputs, size, to.account);
  return reseedsOn(request, to, entry)
    ? preflightShape(request, [past.image, ...inputs], size, to.account)
    : {
        ...preflightShape(request, inputs, size, to.account),
        past: shortened(past, leftOut(request, inputs, to, entry)),
      };
}

export function preflightShape(
  { prompt, modalities, aspectRatio, thinking }: GenerationRequest,
  inputs: readonly StoredInput[],
  size: Size | undefined,
  account?: Account,
): PreflightRequest {
  // Size and ratio by its names or in words, no thinking: nothing that another provider refuses.
  const isOther = isOtherProvider(account);
  return {
    promptChars: typeof prompt === 'string' ? prompt.length : prompt.bytes,
    promptBlank: typeof prompt === 'string' && prompt.trim() === '',
    modalities,
    inputs,
    filesUsable: filesUsable(account),
    ...(size === undefined || isOther ? {} : { size }),
    ...(aspectRatio === undefined || isOther ? {} : { aspectRatio }),
    ...(thinking === undefined || isOther ? {} : { thinking }),
  };
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
