/** One worker process of ours: a worker for each target, as its users start them. */
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { startWorker } from '../../src/worker/index.ts';
import { MODEL } from './plan.ts';
import { runAsRemote } from '../remote.ts';

export interface OurWorkerSettings {
  readonly address: string;
  readonly store: string;
  /** Prebuilt, so that sixteen workers do not build it at once. */
  readonly bundle: string;
  readonly quota: 'fleet' | 'local';
  readonly targets: readonly {
    readonly baseUrl: string;
    readonly project: string;
    readonly taskQueue: string;
    /** Calls per provider minute that this process is told. */
    readonly rpm: number;
    /** Provider minute over a real one. */
    readonly scale: number;
  }[];
}

/** Workflow ids of the generations whose call this process made. */
export type OurWorkerAnswer = readonly string[];

runAsRemote<OurWorkerSettings, 'ready', 'served', OurWorkerAnswer>(
  async ({ address, store, bundle, quota, targets }) => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const served: string[] = [];
    const remember: ActivityInterceptorsFactory = ({ info }) => ({
      inbound: {
        execute: async (input, next) => {
          const output: unknown = await next(input);
          const id = info.workflowExecution?.workflowId;
          if (info.activityType === 'gemini.generate' && id !== undefined) served.push(id);
          return output;
        },
      },
    });
    const workers = await Promise.all(
      targets.map(({ baseUrl, project, taskQueue, rpm, scale }) =>
        startWorker({
          routes: [{ name: 'main', apiKey: `key-of-${project}`, baseUrl, project }],
          limits: { [MODEL]: { rpm } },
          quota,
          quotaWindowScale: scale,
          store,
          taskQueue,
          address,
          worker: { workflowBundle: { codePath: bundle }, interceptors: { activity: [remember] } },
        }),
      ),
    );
    for (const { ended } of workers) {
      ended.catch((error: unknown) => {
        // A bench without one of its workers measures something else.
        console.error(error);
        process.exit(1);
      });
    }
    return {
      ready: 'ready',
      answer: () => served,
      close: async () => {
        await Promise.all(workers.map((worker) => worker.stop()));
      },
    };
  },
);
