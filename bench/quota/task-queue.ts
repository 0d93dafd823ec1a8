/** The baseline of Temporal's own rate limit: bare activities, `maxTaskQueueActivitiesPerSecond`. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { Contest, Place, Running, Target } from './contest.ts';
import { play } from './play.ts';
import { scaleOf } from './plan.ts';
import { startRemote } from '../remote.ts';
import type { RatedWorkerAnswer, RatedWorkerSettings } from './task-queue-program.ts';
import type { ratedGeneration } from './task-queue-workflow.ts';

export function taskQueueLimit(targets: readonly Target[], processes: number): Contest {
  return { client: 'taskQueueLimit', targets, prepare: (place) => prepare(targets, processes, place) };
}

const queueOf = (k: number): string => `bench-rated-${k}`;

async function prepare(
  targets: readonly Target[],
  processes: number,
  { server, urls }: Place,
): Promise<Running> {
  const { address, namespace } = server;
  const settings: RatedWorkerSettings = {
    address,
    targets: targets.map(({ believed, span }, k) => ({
      baseUrl: urls[k] as string,
      taskQueue: queueOf(k),
      perSecond: (believed * 1_000) / span.windowMs,
    })),
  };
  const remotes = await Promise.all(
    Array.from({ length: processes }, () =>
      startRemote<'ready', 'served', RatedWorkerAnswer>(
        new URL('./task-queue-program.ts', import.meta.url),
        settings,
      ),
    ),
  );
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const ending = new AbortController();
  let lost = 0;
  return {
    begin: async (startAt) => {
      targets.forEach(({ arrivals, span }, k) => {
        const send = (id: string): void => {
          client.workflow
            .start<typeof ratedGeneration>('ratedGeneration', {
              taskQueue: queueOf(k),
              workflowId: `${id}-${randomUUID()}`,
              args: [{ id, scale: scaleOf(span) }],
            })
            .catch(() => (lost += 1));
        };
        void play(arrivals, startAt, ({ id }) => send(id), ending.signal);
      });
    },
    books: async () => {
      if (lost > 0) throw new Error(`${lost} workflows of the task queue limit could not be started`);
      const served = await Promise.all(remotes.map((remote) => remote.ask('served')));
      const processOf = new Map(served.flatMap((ids, process) => ids.map((id) => [id, process])));
      return { requestOf: (callId) => callId, processOf: (requestId) => processOf.get(requestId) };
    },
    stop: async () => {
      ending.abort();
      await Promise.all(remotes.map((remote) => remote.kill()));
      await connection.close();
    },
  };
}
