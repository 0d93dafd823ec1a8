/** One worker process of Temporal's own rate limit: a bare worker for each target. */
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker, bundleWorkflowCode } from '@temporalio/worker';
import { createDraw } from './call.ts';
import { runAsRemote } from '../remote.ts';
import type { RatedActivities } from './task-queue-workflow.ts';

export interface RatedWorkerSettings {
  readonly address: string;
  readonly targets: readonly {
    readonly baseUrl: string;
    readonly taskQueue: string;
    /** Activities per second of the whole queue. */
    readonly perSecond: number;
  }[];
}

/** Requests that got their image from this process. */
export type RatedWorkerAnswer = readonly string[];

runAsRemote<RatedWorkerSettings, 'ready', 'served', RatedWorkerAnswer>(async ({ address, targets }) => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./task-queue-workflow.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  const served: string[] = [];
  const workers = await Promise.all(
    targets.map(({ baseUrl, taskQueue, perSecond }) => {
      const draw = createDraw(baseUrl);
      const activities: RatedActivities = {
        drawRated: async (id) => {
          await draw(id);
          served.push(id);
        },
      };
      return Worker.create({
        connection,
        taskQueue,
        workflowBundle,
        activities,
        maxTaskQueueActivitiesPerSecond: perSecond,
      });
    }),
  );
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    ready: 'ready',
    answer: () => served,
    close: async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
    },
  };
});
