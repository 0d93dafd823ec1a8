/** Real activities against a real emulator over HTTP, with a memory store: what one worker process has. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { ActivityFailure } from '@temporalio/common';
import { createActivities } from '../../activities/index.ts';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import type {
  Delivery,
  GenerateInput,
  GenerationActivities,
  QuotaAnswer,
} from '../../src/contract/generation.ts';
import type { RequestDraft } from '../../src/domain/resolve-request.ts';
import { resolveRequest } from '../../src/domain/resolve-request.ts';
import type { PolicySnapshot } from '../../src/domain/snapshot.ts';
import type { Emulator, EmulatorOptions } from '../../src/emulator/index.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import type { GeminiImagesPluginOptions } from '../../src/plugin/options.ts';
import { resolveOptions } from '../../src/plugin/options.ts';

export const KEY = 'emulator-key-0123456789';

export interface World {
  readonly emulator: Emulator;
  readonly store: MemoryArtifactStore;
  readonly activities: GenerationActivities;
  /** The input of attempt 1 of a request, names resolved. */
  input(draft: RequestDraft, given?: Partial<GenerateInput>): Promise<GenerateInput>;
  generate(input: GenerateInput, env?: MockActivityEnvironment): Promise<Delivery>;
  close(): Promise<void>;
}

let generations = 0;

export function activityEnvironment(): MockActivityEnvironment {
  return new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') });
}

export async function world(
  emulatorOptions: EmulatorOptions = {},
  options:
    Partial<GeminiImagesPluginOptions> | ((baseUrl: string) => Partial<GeminiImagesPluginOptions>) = {},
): Promise<World> {
  const emulator = await startEmulator({ keys: [KEY], ...emulatorOptions });
  const store = new MemoryArtifactStore();
  const given = typeof options === 'function' ? options(emulator.url) : options;
  const activities = createActivities({
    ...resolveOptions({ apiKey: KEY, baseUrl: emulator.url, store, ...given }),
    searchAttributes: () => [],
  });
  return {
    emulator,
    store,
    activities,
    input: async (draft, given = {}) => {
      const request = resolveRequest(draft);
      const generationId = `generation-${(generations += 1)}`;
      const startedAt = Date.now();
      const answer: QuotaAnswer = await activities['gemini.checkQuota']({
        generationId,
        request,
        startedAt,
        variation: { rung: 0 },
      });
      if (answer.kind === 'invalid') throw new Error(JSON.stringify(answer.problems));
      return {
        generationId,
        n: 1,
        startedAt,
        request,
        snapshot: answer.snapshot as PolicySnapshot,
        variation: { rung: 0 },
        move: { kind: 'first' },
        before: [],
        ...given,
      };
    },
    generate: (input, env = activityEnvironment()) => env.run(activities['gemini.generate'], input),
    close: () => emulator.close(),
  };
}

/** What an activity threw, as the workflow would read it. */
export interface Thrown {
  readonly type: string;
  readonly message: string;
  readonly nonRetryable: boolean;
  readonly details: readonly unknown[];
}

export async function thrown(run: Promise<unknown>): Promise<Thrown> {
  return (await run.then(
    () => Promise.reject(new Error('the activity did not fail')),
    (error: ActivityFailure) => error,
  )) as unknown as Thrown;
}
