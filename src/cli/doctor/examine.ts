/**
 * All checks of `doctor`, in the order in which a cause comes before what it causes; each one is told as
 * soon as it is done. What one check found (a connection, an answer) later ones stand on; where it is
 * missing they are skipped and say so.
 */
import type { CatalogueOverrides } from '../../domain/catalogue.ts';
import type { ResolvedOptions } from '../../plugin/options.ts';
import { resolveOptions } from '../../plugin/options.ts';
import type { Webhooks } from '../../webhooks/settings.ts';
import type { ServerOptions } from '../common-options.ts';
import { geminiEndpoint } from '../gemini-endpoint.ts';
import { UsageError } from '../usage-error.ts';
import type { Check, Finding } from './check.ts';
import { check, findingOf, skipped } from './check.ts';
import { judgeClock } from './clock.ts';
import { lookAtKey } from './key.ts';
import { lookAtModels } from './models.ts';
import { lookAtPackages } from './packages.ts';
import type { Poller } from './pollers.ts';
import { judgePollers, pollersOf } from './pollers.ts';
import { cheapestProbe, probeImage, unpaid } from './probe-image.ts';
import { lookAtStore, lookAtVolume } from './store.ts';
import type { TemporalSite } from './temporal.ts';
import { connectSite, lookAtAttributes, lookAtServer } from './temporal.ts';
import type { CallRecord } from './verdict.ts';
import { lookAtWebhooks } from './webhooks.ts';

/** For the check to end by itself, with more to say than that it was late. */
const HEAD_START_MS = 500;
const IMAGE_MS = 120_000;

export interface DoctorOptions {
  readonly server: ServerOptions;
  /** Bounds each check but those of the server, which `server.connectTimeout` bounds. */
  readonly checkMs: number;
  readonly textModel?: string | undefined;
  /** Of the workers, over this release's. */
  readonly catalogue?: CatalogueOverrides | undefined;
  /** Of the workers. Throws where they would not start with them. */
  readonly webhooks: () => Webhooks | undefined;
  readonly image?: 'price' | 'pay' | undefined;
  readonly cwd: string;
}

export async function* examine(options: DoctorOptions): AsyncGenerator<Check> {
  const site: { open?: TemporalSite; pollers: readonly Poller[]; listedAt: number } = {
    pollers: [],
    listedAt: 0,
  };
  try {
    yield* examineTemporal(options, site);
    yield* examineStore(options, site.pollers);
    let call: CallRecord | undefined;
    for await (const seen of examineGemini(options)) {
      if ('record' in seen) call = seen.record;
      else yield seen;
    }
    const worker = workerOptions(options);
    yield await check('webhooks', options.checkMs, () =>
      lookAtWebhooks(options.webhooks, 'status' in worker ? undefined : worker),
    );
    const clocks = { call, pollers: site.pollers, listedAt: site.listedAt };
    yield await check('clock', options.checkMs, () => judgeClock(clocks));
    yield await check('packages', options.checkMs, (signal) => lookAtPackages(options.cwd, signal));
  } finally {
    await site.open?.close();
  }
}

async function* examineTemporal(
  { server }: DoctorOptions,
  site: { open?: TemporalSite; pollers: readonly Poller[]; listedAt: number },
): AsyncGenerator<Check> {
  const { address, namespace, taskQueue, connectTimeout: checkMs } = server;
  const innerMs = Math.max(1, checkMs - HEAD_START_MS);
  const where = {
    ...(address === undefined ? {} : { address }),
    ...(namespace === undefined ? {} : { namespace }),
  };
  const reached = await check('temporal', checkMs, async () => {
    const connected = await connectSite(where, innerMs);
    if ('status' in connected) return connected;
    site.open = connected;
    return await lookAtServer(connected, innerMs);
  });
  yield reached;
  const { open } = site;
  if (open === undefined || reached.status === 'failed') {
    yield { name: 'search-attributes', ...skipped('there is no server to ask') };
    yield { name: 'worker', ...skipped('there is no server to ask') };
    return;
  }
  yield await check('search-attributes', checkMs, () => lookAtAttributes(open, innerMs));
  yield await check('worker', checkMs, async () => {
    const pollers = await pollersOf(open, taskQueue, innerMs);
    site.listedAt = Date.now();
    site.pollers = [...pollers.workflows, ...pollers.activities];
    return judgePollers(pollers, taskQueue, site.listedAt);
  });
}

async function* examineStore(
  { server: { store }, checkMs }: DoctorOptions,
  pollers: readonly Poller[],
): AsyncGenerator<Check> {
  const innerMs = Math.max(1, checkMs - HEAD_START_MS);
  const written = await check('store', checkMs, (signal) => lookAtStore(store, innerMs, signal));
  yield written;
  if (written.status === 'failed') yield { name: 'store-shared', ...skipped('the store cannot be used') };
  else {
    const workers = pollers.map(({ identity }) => identity);
    yield await check('store-shared', checkMs, () => lookAtVolume(store, workers));
  }
}

async function* examineGemini(
  options: DoctorOptions,
): AsyncGenerator<Check | { readonly record: CallRecord }> {
  const { checkMs, textModel, image } = options;
  const innerMs = Math.max(1, checkMs - HEAD_START_MS);
  const worker = workerOptions(options);
  if ('status' in worker) {
    yield { name: 'key', ...worker };
    yield { name: 'models', ...skipped('there is no key to ask with') };
    if (image !== undefined) yield { name: 'image', ...skipped('there is no key to ask with') };
    return;
  }
  const { routes, catalogue, chain } = worker;
  const model = textModel ?? worker.textModel.model;
  for (const route of routes) {
    const named = (name: string): string => (routes.length === 1 ? name : `${name} of ${route.name}`);
    let record: CallRecord | undefined;
    yield await check(named('key'), checkMs, async (signal) => {
      const seen = await lookAtKey(route, model, innerMs, signal);
      record = seen.record;
      return seen.finding;
    });
    if (record !== undefined) yield { record };
    yield await check(named('models'), checkMs, (signal) =>
      lookAtModels(route, catalogue, chain, innerMs, signal),
    );
  }
  if (image === undefined) return;
  const probe = cheapestProbe(catalogue, chain);
  yield await check('image', IMAGE_MS + HEAD_START_MS, (signal) => {
    if (probe === undefined) return skipped('no model of the chain is in the catalogue');
    return image === 'price'
      ? unpaid(probe)
      : probeImage(routes[0], probe, options.server.store, IMAGE_MS, signal);
  });
}

/** As a worker with these settings and this environment would have them. */
function workerOptions({ server: { store }, catalogue }: DoctorOptions): ResolvedOptions | Finding {
  try {
    const { routes } = geminiEndpoint();
    return resolveOptions({ routes, store, ...(catalogue === undefined ? {} : { catalogue }) });
  } catch (error) {
    if (error instanceof UsageError || error instanceof TypeError) return findingOf(error);
    throw error;
  }
}
