/** Real activities with a memory store and a provider of batches in memory; what is told to workflows is kept. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import type { GenerateInput, GenerationActivities } from '../../src/contract/generation.ts';
import type { LaneActivities, LaneItem, LaneJoin, LaneNews } from '../../src/contract/lane.ts';
import type { RequestDraft } from '../../src/domain/resolve-request.ts';
import { resolveRequest } from '../../src/domain/resolve-request.ts';
import type { PolicySnapshot } from '../../src/domain/snapshot.ts';
import type { GeminiImagesPluginOptions } from '../../src/plugin/options.ts';
import { resolveOptions } from '../../src/plugin/options.ts';
import type { Wallet } from '../../src/quota/wallet.ts';
import { FakeBatches } from '../support/fake-batches.ts';

export const LANE = {
  route: 'default',
  model: 'gemini-3-pro-image',
  account: 'google/custom/default',
} as const;

type Activities = GenerationActivities & LaneActivities;

/** Dies where it is told to: before the record is there. */
export class FragileStore extends MemoryArtifactStore {
  diesBefore: RegExp | undefined;

  override async createRecord(name: string, value: unknown): Promise<'created' | 'exists'> {
    if (this.diesBefore?.test(name) === true) throw new Error(`died before ${name}`);
    return await super.createRecord(name, value);
  }
}

export class BatchWorld {
  readonly provider = new FakeBatches();
  readonly store = new FragileStore();
  readonly joins: LaneJoin[] = [];
  readonly told: { readonly generation: string; readonly news: LaneNews }[] = [];
  readonly wallet: Wallet;
  readonly #activities: Activities;

  constructor(options: Partial<GeminiImagesPluginOptions> = {}) {
    const resolved = resolveOptions({
      ...{ apiKey: 'key-of-nobody-0123456789', baseUrl: 'http://127.0.0.1:9', store: this.store },
      ...options,
    });
    const [route] = resolved.routes;
    this.wallet = resolved.wallet;
    this.#activities = createActivities({
      ...resolved,
      routes: [{ ...route, gemini: { ...route.gemini, batches: this.provider } }],
      searchAttributes: () => [],
    });
  }

  async run<N extends keyof Activities>(
    name: N,
    ...args: Parameters<Activities[N]>
  ): Promise<Awaited<ReturnType<Activities[N]>>> {
    const env = new MockActivityEnvironment(undefined, {
      logger: new DefaultLogger('ERROR'),
      client: this.#client() as never,
    });
    const activity = this.#activities[name] as unknown as (...given: unknown[]) => Promise<unknown>;
    const given: unknown[] = args;
    const came: unknown = await env.run(activity, ...given);
    return came as Awaited<ReturnType<Activities[N]>>;
  }

  /** A generation's first call, in the lane. */
  async input(generationId: string, draft: Partial<RequestDraft> = {}): Promise<GenerateInput> {
    const request = resolveRequest({ prompt: 'a fox', allow: 'available', urgency: 'batch', ...draft });
    const startedAt = Date.now();
    const variation = { rung: 0 };
    const answer = await this.run('gemini.checkQuota', { generationId, request, startedAt, variation });
    if (answer.kind === 'invalid') throw new Error(JSON.stringify(answer.problems));
    return {
      ...{ generationId, n: 1, startedAt, request, snapshot: answer.snapshot as PolicySnapshot },
      ...{ variation: { rung: 0, batch: true }, move: { kind: 'first' }, before: [] },
    };
  }

  async enter(...generations: readonly string[]): Promise<readonly LaneItem[]> {
    for (const id of generations) {
      await this.run('gemini.enterLane', { ...(await this.input(id)), entry: 1 });
    }
    return generations.map((generation) => ({ generation, n: 1, entry: 1 }));
  }

  async submit(name: string, items?: readonly LaneItem[]) {
    const list = items === undefined ? {} : { items };
    return await this.run('gemini.submitBatch', { ...LANE, name, timeScale: 0.001, ...list });
  }

  async watch(name: string, job: number, since = Date.now()) {
    return await this.run('gemini.watchBatch', { ...LANE, name, job: `batches/${job}`, since });
  }

  #client(): object {
    const keep = (workflowId: string, signal: string, payload: object): Promise<void> => {
      if (signal === 'gemini.laneNews') this.told.push({ generation: workflowId, news: payload as LaneNews });
      return Promise.resolve();
    };
    return {
      withAbortSignal: <T>(_signal: AbortSignal, call: () => Promise<T>) => call(),
      withDeadline: <T>(_at: number, call: () => Promise<T>) => call(),
      workflow: {
        signalWithStart: (_type: string, { signalArgs }: { readonly signalArgs: readonly LaneJoin[] }) => {
          this.joins.push(...signalArgs);
          return Promise.resolve();
        },
        getHandle: (id: string) => ({
          signal: (signal: string, payload: object) => keep(id, signal, payload),
        }),
      },
    };
  }
}
