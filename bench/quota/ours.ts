/**
 * Ours: worker processes that share each target's quota through its governor. Requests are started by
 * this process as a backend would; workers of later processes may join in mid-run.
 */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { FileArtifactStore } from '../../src/artifacts/file-store.ts';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import { ourWorkflowsPath } from '../../src/plugin/workflows-path.ts';
import type { Contest, Place, Running, Target } from './contest.ts';
import { updateRates, wakesOf } from './governor.ts';
import type { OurWorkerAnswer, OurWorkerSettings } from './ours-program.ts';
import { play } from './play.ts';
import { MODEL, PROMPT, SIZE, scaleOf } from './plan.ts';
import type { Remote } from '../remote.ts';
import { startRemote } from '../remote.ts';

export interface OursOptions {
  readonly processes: number;
  /** `local` is for the time before there is a governor: an equal part of the limit for each process. */
  readonly quota: 'fleet' | 'local';
  /**
   * `shared`: any process serves any request, as in one fleet. `own`: each process has a task queue, so
   * that a request stays with the process it came to.
   */
  readonly queues: 'shared' | 'own';
  /** Processes that join later, and when, in milliseconds. */
  readonly joining?: { readonly processes: number; readonly atMs: number };
}

type OurWorker = Remote<'ready', 'served', OurWorkerAnswer>;

const REQUEST = { prompt: PROMPT, model: MODEL, size: SIZE } as const;
/** Workers build their bundles first, all at once. */
const WARM_UP_MS = 180_000;
/** Histories that are read for the count of wakes. */
const HISTORIES = 200;

export function ours(targets: readonly Target[], options: OursOptions): Contest {
  return { client: 'ours', targets, prepare: (place) => prepare(targets, options, place) };
}

async function prepare(targets: readonly Target[], options: OursOptions, place: Place): Promise<Running> {
  const { processes, joining } = options;
  const { address, namespace } = place.server;
  /** Other contests run on the same server. */
  const tag = randomUUID().slice(0, 8);
  const projectOf = (k: number): string => `bench-${tag}-${k}`;
  const queueOf = (k: number, process: number): string =>
    options.queues === 'shared' ? `bench-${tag}-${k}` : `bench-${tag}-${k}-${process}`;
  const store = join(place.directory, `store-${tag}`);
  const bundle = join(place.directory, `workflows-${tag}.js`);
  const { code } = await bundleWorkflowCode({
    workflowsPath: ourWorkflowsPath(),
    logger: new DefaultLogger('ERROR'),
  });
  await writeFile(bundle, code);

  const startProcess = (process: number): Promise<OurWorker> => {
    const settings: OurWorkerSettings = {
      address,
      store,
      bundle,
      quota: options.quota,
      targets: targets.map(({ believed, span }, k) => ({
        baseUrl: place.urls[k] as string,
        project: projectOf(k),
        taskQueue: queueOf(k, process),
        rpm: options.quota === 'local' ? believed / processes : believed,
        scale: scaleOf(span),
      })),
    };
    return startRemote(new URL('./ours-program.ts', import.meta.url), settings);
  };
  const workers = await Promise.all(Array.from({ length: processes }, (_, process) => startProcess(process)));

  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const images = new Map<string, GeminiImages>();
  const imagesOn = (taskQueue: string): GeminiImages => {
    const known = images.get(taskQueue);
    if (known !== undefined) return known;
    const created = new GeminiImages({ client, store: new FileArtifactStore(store), taskQueue });
    images.set(taskQueue, created);
    return created;
  };
  const requestOf = new Map<string, string>();
  const ending = new AbortController();
  const failures: unknown[] = [];
  const joined: Promise<unknown>[] = [];
  const timers: NodeJS.Timeout[] = [];

  return {
    warmUp: async () => {
      const queues = targets.flatMap((_, k) =>
        Array.from({ length: processes }, (__, process) => queueOf(k, process)),
      );
      await warmUp(queues.map(imagesOn));
    },
    begin: async (startAt) => {
      targets.forEach(({ arrivals }, k) => {
        void play(
          arrivals,
          startAt,
          ({ id, process }) => {
            imagesOn(queueOf(k, process))
              .start(REQUEST)
              .then(
                (handle) => requestOf.set(handle.id, id),
                (error: unknown) => failures.push(error),
              );
          },
          ending.signal,
        );
      });
      if (joining === undefined) return;
      const join = (): void => {
        for (let k = 0; k < joining.processes; k += 1) {
          joined.push(startProcess(processes + k).then((worker) => workers.push(worker)));
        }
      };
      timers.push(setTimeout(join, startAt + joining.atMs - Date.now()));
    },
    books: async (startAt) => {
      await Promise.all(joined);
      if (failures.length > 0) {
        throw new Error(`${failures.length} of our generations could not be started`, { cause: failures[0] });
      }
      const served = await Promise.all(workers.map((worker) => worker.ask('served')));
      const processOf = new Map(
        served.flatMap((ids, process) => ids.map((id) => [requestOf.get(id) ?? id, process])),
      );
      const delivered = served.flat();
      return {
        requestOf: (callId) => requestOf.get(callId) ?? callId,
        processOf: (requestId) => processOf.get(requestId),
        updates: await updateRates(
          client,
          targets.map(({ span }, k) => ({ project: projectOf(k), span })),
          startAt,
        ),
        wakes: await wakesOf(client, everyNth(delivered, HISTORIES)),
      };
    },
    stop: async () => {
      ending.abort();
      for (const timer of timers) clearTimeout(timer);
      await Promise.allSettled(joined);
      await Promise.all(workers.map((worker) => worker.kill()));
      await connection.close();
    },
  };
}

/** One generation on each queue: every worker runs and every governor answers before time 0. */
async function warmUp(images: readonly GeminiImages[]): Promise<void> {
  await Promise.all(images.map((each) => each.generate(REQUEST, { waitMs: WARM_UP_MS })));
}

/** At most `count` of them, spread evenly. */
function everyNth<T>(all: readonly T[], count: number): readonly T[] {
  const step = Math.max(1, Math.ceil(all.length / count));
  return all.filter((_, k) => k % step === 0);
}
