/**
 * A worker of the demo, as a process of its own: nothing but the plugin and its options, which the
 * parent sends. It ends with its parent, however that ends.
 */
import { runWorker } from '../../src/worker/index.ts';
import type { StartWorkerOptions } from '../../src/worker/index.ts';

process.once('disconnect', () => process.exit(1));
process.once('message', (options: StartWorkerOptions) => {
  runWorker({ ...options, onReady: () => process.send?.('ready') }).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
