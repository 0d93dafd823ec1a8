/**
 * A worker as its own process, for tests in which a process dies. Settings come by environment; prints
 * `ready` once it takes tasks and `drained` at its end, and ends by itself when its parent is gone.
 */
import { Runtime } from '@temporalio/worker';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { isS3Url } from '../../src/artifacts/s3-url.ts';
import { prometheusMetrics } from '../../src/worker/metrics.ts';
import { runWorker } from '../../src/worker/run.ts';
import { MoodyStore } from './moody-store.ts';
import { MortalStore } from './mortal-store.ts';
import type { WorkerSettings } from './worker-settings.ts';
import { SETTINGS_VARIABLE } from './worker-settings.ts';

const settings = JSON.parse(process.env[SETTINGS_VARIABLE] ?? '') as WorkerSettings;
const {
  store,
  diesAt,
  fullWhile,
  bundle,
  concurrency,
  limits,
  clockOffsetMs: _set,
  metricsAt,
  forgetful,
  ...given
} = settings;
if (metricsAt !== undefined) Runtime.install({ telemetryOptions: { metrics: prometheusMetrics(metricsAt) } });

process.stdin.on('end', () => process.exit(1)).resume();
// Draining must end the process by itself: nothing of ours may keep it alive.
process.stdin.unref();

await runWorker({
  ...given,
  store: storeOf(store),
  ...(limits === undefined ? {} : { limits }),
  worker: {
    workflowBundle: { codePath: bundle },
    ...(concurrency === undefined ? {} : { maxConcurrentActivityTaskExecutions: concurrency }),
    ...(forgetful === true ? { maxCachedWorkflows: 0 } : {}),
  },
  onReady: () => process.stdout.write('ready\n'),
});
process.stdout.write('drained\n');

function storeOf(place: string): string | ArtifactStore {
  if (isS3Url(place)) return place;
  return diesAt === undefined ? new MoodyStore(place, fullWhile) : new MortalStore(place, diesAt);
}
