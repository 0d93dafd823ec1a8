/**
 * The worker of the durable entities, beside the user's own: a queue, a bundle and a thread of their own, so
 * that a thousand generations never make a lease wait, and so that a user's workflows file needs nothing of
 * it. Every process with `quota: 'fleet'` runs one; any of them serves every governor and budget.
 */
import type { WorkerOptions, WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { ENTITY_TASK_QUEUE } from '../contract/names.ts';
import { entitiesPath } from './workflows-path.ts';

/**
 * When a process is killed or has lost an entity from its cache, tasks wait for it so long and not Temporal's
 * 10 s. More than a moment, and the updates that come meanwhile throw each other back for good: of fifty
 * processes that joined at once, some were not answered for minutes with 2 s, all of them at once with 200 ms.
 */
const STICKY_FOR = '200 ms';
const CACHED = 200;

/** A file with the entities' bundled code. */
export interface EntityBundle {
  readonly codePath: string;
}

export interface EntityWorker {
  /** Takes tasks until it is stopped; its failure is told by `stop`. */
  run(): void;
  /** Lets it finish what it does, and waits for that. */
  stop(): Promise<void>;
}

/** Bundled once in a process, however many plugins it has: about two seconds of CPU. */
let bundling: Promise<WorkflowBundleWithSourceMap> | undefined;

async function bundled(): Promise<WorkflowBundleWithSourceMap> {
  bundling ??= bundleWorkflowCode({ workflowsPath: entitiesPath(), logger: new DefaultLogger('ERROR') });
  return await bundling;
}

/** Rejects when it cannot be made. */
export async function createEntityWorker(
  users: Pick<WorkerOptions, 'connection' | 'namespace' | 'dataConverter' | 'identity'>,
  bundle?: EntityBundle,
): Promise<EntityWorker> {
  const { connection, namespace, dataConverter, identity } = users;
  const worker = await Worker.create({
    ...(connection === undefined ? {} : { connection }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(dataConverter === undefined ? {} : { dataConverter }),
    ...(identity === undefined ? {} : { identity }),
    taskQueue: ENTITY_TASK_QUEUE,
    workflowBundle: bundle ?? (await bundled()),
    maxCachedWorkflows: CACHED,
    maxConcurrentWorkflowTaskPolls: 4,
    stickyQueueScheduleToStartTimeout: STICKY_FOR,
  });
  let ended: Promise<void> = Promise.resolve();
  return {
    run: () => {
      ended = worker.run();
      ended.catch(() => undefined);
    },
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}
