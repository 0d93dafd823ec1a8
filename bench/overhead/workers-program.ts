/** Both workers in one process, with the same options: ours with the plugin, and the bare one. */
import { NativeConnection, Runtime, DefaultLogger, Worker } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import { GeminiImagesPlugin } from '../../src/plugin/gemini-images-plugin.ts';
import { runAsChild } from '../child.ts';
import { createBareActivities } from './bare-activities.ts';
import { BARE_QUEUE, OUR_QUEUE } from './queues.ts';

export interface WorkersSettings {
  readonly address: string;
  readonly emulatorUrl: string;
  /** Where ours keeps its artifacts, and the bare one its images. */
  readonly store: string;
  readonly bareOut: string;
}

const API_KEY = 'bench-key';
/** More than are in flight, so that neither worker queues. */
const OPTIONS = { maxConcurrentActivityTaskExecutions: 100, maxConcurrentWorkflowTaskExecutions: 100 };

runAsChild<WorkersSettings, 'ready'>(async ({ address, emulatorUrl, store, bareOut }) => {
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const connection = await NativeConnection.connect({ address });
  const ours = await Worker.create({
    ...OPTIONS,
    connection,
    taskQueue: OUR_QUEUE,
    plugins: [new GeminiImagesPlugin({ apiKey: API_KEY, baseUrl: emulatorUrl, store })],
  });
  const bare = await Worker.create({
    ...OPTIONS,
    connection,
    taskQueue: BARE_QUEUE,
    workflowsPath: fileURLToPath(new URL('./bare-workflow.ts', import.meta.url)),
    activities: createBareActivities({ apiKey: API_KEY, baseUrl: emulatorUrl, out: bareOut }),
  });
  const running = Promise.all([ours.run(), bare.run()]);
  return {
    ready: 'ready',
    close: async () => {
      ours.shutdown();
      bare.shutdown();
      await running;
      await connection.close();
    },
  };
});
