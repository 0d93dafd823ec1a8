/** One worker process of ours, as its users start it. */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { startWorker } from '../../src/worker/index.ts';
import { runAsChild } from '../child.ts';
import { SCALE } from './trace.ts';

export interface OurWorkerSettings {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly baseUrl: string;
  readonly project: string;
  readonly store: string;
  /** Prebuilt, so that the workers do not build it at once. */
  readonly bundle: string;
}

runAsChild<OurWorkerSettings, 'ready'>(
  async ({ address, namespace, taskQueue, baseUrl, project, store, bundle }) => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const worker = await startWorker({
      routes: [{ name: 'main', apiKey: 'bench-key', baseUrl, project }],
      quota: 'fleet',
      quotaWindowScale: SCALE,
      timeScale: SCALE,
      store,
      ...{ taskQueue, address, namespace },
      worker: { workflowBundle: { codePath: bundle } },
    });
    worker.ended.catch((error: unknown) => {
      // A bench without one of its workers measures something else.
      console.error(error);
      process.exit(1);
    });
    return { ready: 'ready', close: () => worker.stop() };
  },
);
