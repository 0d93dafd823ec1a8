/**
 * What a generation is doing, put together from what still answers: the query (needs a worker), the
 * pending activity's heartbeat, and the execution's status. With all workers down the last two remain.
 */
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { GenerationView } from '../contract/generation.ts';
import type { MemoState } from '../contract/names.ts';
import { MEMO, QUERIES } from '../contract/names.ts';
import type { Cost } from '../domain/attempt.ts';
import { rpc } from './rpc.ts';

const QUERY_DEADLINE_MS = 3_000;

export interface Description {
  readonly id: string;
  readonly runId: string;
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed-out' | 'other';
  readonly phase: string;
  /** Why it waits; empty when it does not. */
  readonly why: string;
  /** Epoch milliseconds at which it goes on by itself, where that is known. */
  readonly until?: number;
  readonly startedAt: string;
  readonly closedAt?: string;
  readonly cost?: Cost;
  readonly trail: GenerationView['trail'];
  readonly deadlineAt?: number;
  readonly publicStatus: string;
  /** False when no worker answered: then the view is what the server alone knows. */
  readonly workerAnswered: boolean;
}

const STATUS: Readonly<Record<string, Description['status']>> = {
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
};

interface Beat {
  readonly phase?: string;
  readonly why?: string;
}

export async function describeGeneration(
  client: Client,
  id: string,
  deadlineMs: number,
): Promise<Description> {
  const handle = client.workflow.getHandle(id);
  const execution = await rpc(client, deadlineMs, `describe ${id}`, () => handle.describe());
  const view = await client
    .withDeadline(Date.now() + QUERY_DEADLINE_MS, () => handle.query<GenerationView>(QUERIES.describe))
    .catch(() => undefined);
  const pending = execution.raw.pendingActivities?.[0];
  const beat = await decodeBeat(client, pending?.heartbeatDetails?.payloads?.[0]).catch(() => undefined);
  const status = STATUS[execution.status.name] ?? 'other';
  const memo = execution.memo?.[MEMO.state] as MemoState | undefined;
  const { phase, why, until } = now({
    status,
    taskQueue: execution.taskQueue,
    told: view?.phase ?? memo,
    beat,
    lastFailure: pending?.lastFailure?.message ?? undefined,
  });
  return {
    id,
    runId: execution.runId,
    status,
    phase,
    why,
    startedAt: execution.startTime.toISOString(),
    trail: view?.trail ?? [],
    publicStatus:
      view?.publicStatus ?? (status === 'running' ? 'Your image is being made.' : `Your image: ${status}.`),
    workerAnswered: view !== undefined,
    ...(until === undefined ? {} : { until }),
    ...(execution.closeTime === undefined ? {} : { closedAt: execution.closeTime.toISOString() }),
    ...(view === undefined ? {} : { cost: view.cost }),
    ...(view?.deadlineAt === undefined ? {} : { deadlineAt: view.deadlineAt }),
  };
}

async function decodeBeat(client: Client, payload: Payload | undefined): Promise<Beat | undefined> {
  if (payload === undefined) return undefined;
  const { payloadCodecs, payloadConverter } = client.options.loadedDataConverter;
  let payloads = [payload];
  for (const codec of payloadCodecs.toReversed()) payloads = await codec.decode(payloads);
  return payloadConverter.fromPayload<Beat>(payloads[0] as Payload);
}

/** What is told of a phase: by the workflow itself, or by the memo it left when it went off its path. */
interface Told {
  readonly phase: string;
  readonly why?: string;
  readonly until?: number | undefined;
}

interface Seen {
  readonly status: Description['status'];
  readonly taskQueue: string;
  readonly told: Told | undefined;
  readonly beat: Beat | undefined;
  readonly lastFailure: string | undefined;
}

function now({ status, taskQueue, told, beat, lastFailure }: Seen): {
  readonly phase: string;
  readonly why: string;
  readonly until?: number;
} {
  if (told === undefined) {
    if (status !== 'running') return { phase: status, why: lastFailure ?? '' };
    const last = lastFailure === undefined ? '' : `; last: ${lastFailure}`;
    return { phase: 'no-worker', why: `no worker answers on task queue ${taskQueue}${last}` };
  }
  const { phase, why = '', until } = told;
  // The workflow sees one activity; its heartbeat knows that a paid answer waits for the store.
  if (phase === 'generating' && beat?.phase === 'storing') return { phase: 'storing', why: beat.why ?? '' };
  const working = phase === 'generating' || phase === 'extracting';
  if (working && lastFailure !== undefined) return { phase, why: lastFailure };
  return { phase, why, ...(until === undefined ? {} : { until }) };
}
