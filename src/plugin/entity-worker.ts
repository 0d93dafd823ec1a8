/**
 * The worker of the durable entities, beside the user's own: a queue, a bundle and a thread of their own, so
 * that a thousand generations never make a lease wait, and so that a user's workflows file needs nothing of
 * it. Every process with `quota: 'fleet'` runs one; any of them serves every governor and budget.
 */
import type { WorkerOptions } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { ENTITY_TASK_QUEUE } from '../contract/names.ts';
import { entitiesPath } from './workflows-path.ts';

/** When a process is killed, its cached entities are somebody else's after so long, not after Temporal's 10 s. */
const STICKY_FOR = '2 s';
const CACHED = 200;

export interface EntityWorker {
  /** Lets it finish what it does, and waits for that. */
  stop(): Promise<void>;
}

/** Rejects when it cannot be made; once it runs, its failure is told by `stop`. */
export async function startEntityWorker(
  users: Pick<WorkerOptions, 'connection' | 'namespace' | 'dataConverter' | 'identity'>,
): Promise<EntityWorker> {
  const { connection, namespace, dataConverter, identity } = users;
  const worker = await Worker.create({
    ...(connection === undefined ? {} : { connection }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(dataConverter === undefined ? {} : { dataConverter }),
    ...(identity === undefined ? {} : { identity }),
    taskQueue: ENTITY_TASK_QUEUE,
    workflowsPath: entitiesPath(),
    maxCachedWorkflows: CACHED,
    maxConcurrentWorkflowTaskPolls: 4,
    stickyQueueScheduleToStartTimeout: STICKY_FOR,
  });
  const ended = worker.run();
  ended.catch(() => undefined);
  return {
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}
