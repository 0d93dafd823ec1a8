/**
 * Ours, as a backend uses it: requests that allow what is available, workers that share quota and breakers
 * through their governor and a directory as their store.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { FileArtifactStore } from '../../src/artifacts/file-store.ts';
import { GenerationFailed, StillRunning } from '../../src/client/errors.ts';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import { ourWorkflowsPath } from '../../src/plugin/workflows-path.ts';
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
const LONGEST_WHY = 120;
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
      const { images: delivered } = await images.generate(
        { ...REQUEST, prompt, idempotencyKey: `${tag}-${id}` },
        { waitMs: Math.max(1, endAt - GIVE_UP_BEFORE_MS - Date.now()) },
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

function wordsOf(error: unknown): string {
  if (error instanceof GenerationFailed) return `${error.branch}/${error.reason}`;
  if (error instanceof StillRunning) return `still ${error.phase}: ${error.why}`.slice(0, LONGEST_WHY);
  return error instanceof Error ? error.message.slice(0, LONGEST_WHY) : String(error);
}
