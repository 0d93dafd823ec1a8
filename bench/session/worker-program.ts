/** Our worker, as its users start it, in a process of its own that tells how much memory it holds. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { startWorker } from '../../src/worker/index.ts';
import { runAsRemote } from '../remote.ts';

export interface WorkerSettings {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly emulatorUrl: string;
  readonly store: string;
  /** Built elsewhere: what the bundler leaves behind would hide what turns do. */
  readonly bundle: string;
}

export type WorkerQuestion = 'memory';

/** In bytes, after a collection. */
export interface WorkerMemory {
  readonly rss: number;
  readonly heapUsed: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

runAsRemote<WorkerSettings, 'ready', WorkerQuestion, WorkerMemory>(
  async ({ address, namespace, taskQueue, emulatorUrl, store, bundle }) => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const worker = await startWorker({
      ...{ address, namespace, taskQueue, store, apiKey: 'bench-key', baseUrl: emulatorUrl },
      worker: { workflowBundle: { codePath: bundle } },
    });
    worker.ended.catch((error: unknown) => {
      // Every turn would wait for its deadline.
      console.error(error);
      process.exit(1);
    });
    return {
      ready: 'ready',
      answer: () => {
        collect();
        const { rss, heapUsed } = process.memoryUsage();
        return { rss, heapUsed };
      },
      close: () => worker.stop(),
    };
  },
);
