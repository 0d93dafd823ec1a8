/**
 * How each activity of a generation is run. Temporal's own retries serve only what is not a verdict
 * (store away, worker lost) and are safe because of the fence; every verdict is non-retryable and
 * comes back to the workflow, which decides.
 */
import type { ActivityOptions } from '@temporalio/workflow';
import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { GenerationActivities } from '../src/contract/generation.ts';
import type { LaneActivities } from '../src/contract/lane.ts';

/** A worker that says nothing for this long, six beats, is lost; shorter, and a busy one would be. */
const HEARTBEAT_TIMEOUT = '30 s';
/** No worker took the task: say so instead of waiting in silence; then ask ever more rarely. */
const SCHEDULE_TO_START_MS = 2 * 60_000;
const LONGEST_SCHEDULE_TO_START_MS = 60 * 60_000;
const LONGEST_ASKING_MS = 15 * 60_000;
const SHARE_OF_ASKING = 0.1;
/** Beside the call itself: loading inputs, the slot, and storing an answer while the store is away. */
const AROUND_THE_CALL_MS = 6 * 3_600_000;

const RETRY: NonNullable<ActivityOptions['retry']> = {
  initialInterval: '1 s',
  backoffCoefficient: 2,
  maximumInterval: '30 s',
  maximumAttempts: 10,
  // A result over Temporal's limit would otherwise run a paid call again.
  nonRetryableErrorTypes: ['PayloadsTooLarge'],
};

/** In memory, well under a second, on the workflow's own worker. */
export const local = proxyLocalActivities<Pick<GenerationActivities, 'gemini.checkQuota'>>({
  summary: 'whose turn it is: names, limits, quota',
  startToCloseTimeout: '10 s',
  retry: { maximumAttempts: 5, initialInterval: '200 ms' },
});

export interface CallLimits {
  readonly callTimeoutMs: number;
  /** How often in a row no worker took this call. */
  readonly unanswered?: number;
  /** Until the deadline: a worker that comes later must not start the call any more. */
  readonly leftMs?: number;
}

export function calling(summary: string, limits: CallLimits): GenerationActivities {
  const { callTimeoutMs, unanswered = 0, leftMs = LONGEST_SCHEDULE_TO_START_MS } = limits;
  const patience = Math.min(LONGEST_SCHEDULE_TO_START_MS, SCHEDULE_TO_START_MS * 2 ** unanswered);
  return proxyActivities<GenerationActivities>({
    summary,
    startToCloseTimeout: callTimeoutMs + AROUND_THE_CALL_MS,
    scheduleToStartTimeout: Math.max(1_000, Math.min(patience, leftMs)),
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    // The aborted call's outcome is waited for, so that what it may have cost is booked (I10).
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: RETRY,
  });
}

export function preparing(summary: string): GenerationActivities {
  return proxyActivities<GenerationActivities>({
    summary,
    startToCloseTimeout: '5 min',
    scheduleToStartTimeout: SCHEDULE_TO_START_MS,
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    retry: RETRY,
  });
}

/** Of a batch lane, and of a generation in one: repeated until a store or a worker is there again. */
export function batching(summary: string): LaneActivities {
  return proxyActivities<LaneActivities>({
    summary: summary.slice(0, 200),
    startToCloseTimeout: '2 h',
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    retry: RETRY,
  });
}

/** A look whether somebody has decided beforehand: what does not answer soon is a no, asked again later. */
export function granting(summary: string): GenerationActivities {
  return proxyActivities<GenerationActivities>({
    summary,
    scheduleToCloseTimeout: '1 min',
    startToCloseTimeout: '20 s',
    retry: { maximumAttempts: 3, initialInterval: '1 s' },
  });
}

/**
 * What is worth waiting for in a long queue of tasks, but not for too much of the time that is left: who asks for
 * quiet hours does so when workers are busy.
 */
export function asking(summary: string, leftMs: number): GenerationActivities {
  return proxyActivities<GenerationActivities>({
    summary,
    scheduleToCloseTimeout: Math.max(1_000, Math.min(LONGEST_ASKING_MS, leftMs * SHARE_OF_ASKING)),
    startToCloseTimeout: '20 s',
    retry: { maximumAttempts: 3, initialInterval: '1 s' },
  });
}

/** The record of a death: tried for a while, and never what a caller waits for. */
export function burying(): GenerationActivities {
  return proxyActivities<GenerationActivities>({
    summary: 'keep a record of the dead letter in the store',
    scheduleToCloseTimeout: '1 min',
    startToCloseTimeout: '20 s',
    retry: { maximumAttempts: 3, initialInterval: '1 s' },
  });
}
