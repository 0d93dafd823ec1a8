/**
 * Whether a worker polls the task queue. The server lists who polled in the last minutes, so a poller
 * may be gone already: its last poll tells, for a worker at rest polls anew at least every 70 s.
 */
import { commandLine } from '../invocation.ts';
import type { Finding } from './check.ts';
import type { TemporalSite } from './temporal.ts';

/** As the protocol numbers them. */
const KINDS = { workflows: 1, activities: 2 } as const;
const STALE_MS = 90_000;
const MOST_NAMED = 4;

export interface Poller {
  /** `pid@host` where the worker was not named otherwise. */
  readonly identity: string;
  /** Epoch milliseconds, by the server's clock. */
  readonly lastPollAt: number;
}

export async function pollersOf(
  { connection, namespace }: TemporalSite,
  taskQueue: string,
  deadlineMs: number,
): Promise<Readonly<Record<keyof typeof KINDS, readonly Poller[]>>> {
  const of = async (taskQueueType: number): Promise<readonly Poller[]> => {
    const { pollers } = await connection.withDeadline(Date.now() + deadlineMs, () =>
      connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueue },
        taskQueueType,
      }),
    );
    return (pollers ?? []).map(({ identity, lastAccessTime }) => ({
      identity: identity ?? '',
      lastPollAt: Number(lastAccessTime?.seconds ?? 0) * 1_000 + (lastAccessTime?.nanos ?? 0) / 1e6,
    }));
  };
  return { workflows: await of(KINDS.workflows), activities: await of(KINDS.activities) };
}

export function judgePollers(
  { workflows, activities }: Awaited<ReturnType<typeof pollersOf>>,
  taskQueue: string,
  now: number,
): Finding {
  const names = [...new Set([...workflows, ...activities].map(({ identity }) => identity))];
  const facts = { taskQueue, workers: names };
  const missing = [
    ...(workflows.length === 0 ? ['workflows'] : []),
    ...(activities.length === 0 ? ['activities'] : []),
  ];
  if (missing.length > 0) {
    const cure = `start a worker where the key is: ${commandLine(['worker', '--task-queue', taskQueue])}`;
    return {
      status: 'failed',
      seen: `nobody polls task queue ${taskQueue} for ${missing.join(' and ')}`,
      cure,
      facts,
    };
  }
  const latest = (pollers: readonly Poller[]): number =>
    Math.max(...pollers.map(({ lastPollAt }) => lastPollAt));
  const age = now - Math.min(latest(workflows), latest(activities));
  const who = names.slice(0, MOST_NAMED).join(', ') + (names.length > MOST_NAMED ? ', …' : '');
  const seen = `${names.length} ${names.length === 1 ? 'worker polls' : 'workers poll'} task queue ${taskQueue}: ${who}`;
  if (age > STALE_MS) {
    const cure = 'see whether the worker still runs; the server forgets a dead one after minutes';
    return {
      status: 'warning',
      seen: `${seen}; the last poll was ${Math.round(age / 1_000)} s ago`,
      cure,
      facts,
    };
  }
  return { status: 'ok', seen, facts };
}
