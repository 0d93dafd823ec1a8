/**
 * Health of a worker container: Temporal knows a poller of this host on the task queue, seen within
 * the last two minutes. Exit code 0 or 1, with one line that says what was found.
 */
import { hostname } from 'node:os';
import { Connection } from '@temporalio/client';

const ACTIVITY_QUEUE = 2;
const FRESH_MS = 120_000;
const DEADLINE_MS = 4_000;

const address = process.env.TEMPORAL_ADDRESS || '127.0.0.1:7233';
const namespace = process.env.TEMPORAL_NAMESPACE || 'default';
const name = process.env.GEMINI_IMAGES_TASK_QUEUE || 'gemini-images';

try {
  const connection = await Connection.connect({ address, connectTimeout: DEADLINE_MS });
  const { pollers } = await connection.withDeadline(Date.now() + DEADLINE_MS, () =>
    connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name },
      taskQueueType: ACTIVITY_QUEUE,
    }),
  );
  const ours = pollers.filter(
    ({ identity, lastAccessTime }) =>
      identity.includes(hostname()) && Date.now() - Number(lastAccessTime.seconds) * 1000 < FRESH_MS,
  );
  console.log(`${ours.length} of ${pollers.length} pollers on ${name} are of ${hostname()}`);
  process.exit(ours.length > 0 ? 0 : 1);
} catch (error) {
  console.log(`Temporal at ${address}: ${error.message}`);
  process.exit(1);
}
