/**
 * Ours, as a backend uses it: requests that allow what is available, workers that share quota and breakers
 * through their governor and a directory as their store.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { FileArtifactStore } from '../../src/artifacts/file-store.ts';
import { GenerationFailed, ServerUnreachable, StillRunning } from '../../src/client/errors.ts';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import type { GenerationResult } from '../../src/contract/generation.ts';
import { ourWorkflowsPath } from '../../src/plugin/workflows-path.ts';
import type { GenerateRequest } from '../../src/schema/request.ts';
import { startChild } from '../child.ts';
import { play } from '../quota/play.ts';
import type { Outcome } from './judge.ts';
import type { OurWorkerSettings } from './ours-program.ts';
import type { Party, Place, Running } from './party.ts';
import type { Ask } from './trace.ts';
import { RATIO, SIZE } from './trace.ts';

/** Nobody answers here: what a person would be asked ends at once, as an outcome of ours. */
const REQUEST = { size: SIZE, aspectRatio: RATIO, allow: 'available', routeOut: 'never' } as const;
const WARM_UP_MS = 180_000;
const LONGEST_WHY = 160;
const AGAIN_AFTER_MS = 1_000;
/** No caller waits when the connection is closed. */
const GIVE_UP_BEFORE_MS = 5_000;

export function ours(processes: number): Party {
  return { name: 'ours', prepare: (asks, place) => prepare(processes, asks, place) };
}

async function prepare(processes: number, asks: readonly Ask[], place: Place): Promise<Running> {
  const { address, namespace } = place.server;
  const tag = randomUUID().slice(0, 8);
  const taskQueue = `ladder-${tag}`;
  const store = join(place.directory, `store-${tag}`);
  const bundle = join(place.directory, `workflows-${tag}.js`);
  const { code } = await bundleWorkflowCode({
    workflowsPath: ourWorkflowsPath(),
    logger: new DefaultLogger('ERROR'),
  });
  await writeFile(bundle, code);
  const settings: OurWorkerSettings = {
    ...{ address, namespace, taskQueue, store, bundle },
    baseUrl: place.baseUrl,
    project: `ladder-${tag}`,
  };
  const workers = await Promise.all(
    Array.from({ length: processes }, () =>
      startChild<'ready'>(new URL('./ours-program.ts', import.meta.url), settings),
    ),
  );
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const images = new GeminiImages({ client, store: new FileArtifactStore(store), taskQueue });
  // Every worker runs and the governor answers before time 0.
  const warmUp = Array.from({ length: 2 * processes }, () =>
    images.generate({ ...REQUEST, prompt: 'a warm morning' }, { waitMs: WARM_UP_MS }),
  );
  await Promise.all(warmUp);

  const outcomes: Outcome[] = [];
  const ending = new AbortController();
  const serve = async ({ id, prompt }: Ask, endAt: number): Promise<void> => {
    try {
      const { images: delivered } = await generate(
        images,
        { ...REQUEST, prompt, idempotencyKey: `${tag}-${id}` },
        endAt - GIVE_UP_BEFORE_MS,
      );
      const [image] = delivered;
      if (image === undefined) throw new Error('a result without an image');
      await pipeline(await images.open(image), createWriteStream(join(place.images, id)));
      outcomes.push({ id, gotAt: Date.now() });
    } catch (error) {
      outcomes.push({ id, why: wordsOf(error) });
    }
  };
  return {
    begin: async (startAt, endAt) => {
      void play(asks, startAt, (ask) => void serve(ask, endAt), ending.signal);
    },
    outcomes: async () => outcomes,
    stop: async () => {
      ending.abort();
      await Promise.all(workers.map((worker) => worker.stop()));
      await connection.close();
    },
  };
}

/** A server that does not answer on a busy machine is asked again: the key makes it the same generation. */
async function generate(
  images: GeminiImages,
  request: GenerateRequest,
  until: number,
): Promise<GenerationResult> {
  for (;;) {
    try {
      return await images.generate(request, { waitMs: Math.max(1, until - Date.now()) });
    } catch (error) {
      if (!(error instanceof ServerUnreachable) || Date.now() >= until) throw error;
      await sleep(AGAIN_AFTER_MS);
    }
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof GenerationFailed) {
    const trail = error.trail.map(({ verdict }) => verdict).join(', ');
    return `${error.branch}/${error.reason} after ${trail}`.slice(0, LONGEST_WHY);
  }
  if (error instanceof StillRunning) return `still ${error.phase}: ${error.why}`.slice(0, LONGEST_WHY);
  return error instanceof Error ? error.message.slice(0, LONGEST_WHY) : String(error);
}
