/**
 * The phase a generation is in, from sources that may contradict each other: the workflow's own word or
 * the memo it left, the heartbeat of its activity, and the execution's status, which is always right.
 */
import type { GenerationStatus } from './execution-status.ts';

/** What an activity says of itself while it runs. */
export interface Beat {
  readonly phase?: string;
  readonly why?: string;
}

/** What is told of a phase: by the workflow itself, or by the memo it left when it went off its path. */
export interface Told {
  readonly phase: string;
  readonly why?: string;
  readonly until?: number | undefined;
}

interface Seen {
  readonly status: GenerationStatus;
  readonly taskQueue: string;
  readonly told: Told | undefined;
  readonly beat: Beat | undefined;
  readonly lastFailure: string | undefined;
}

interface Now {
  readonly phase: string;
  readonly why: string;
  readonly until?: number;
}

/** Phases of an activity: what its last run failed with is why it takes so long. */
const WORKING: ReadonlySet<string> = new Set([
  'uploading',
  'generating',
  'extracting',
  'rewriting',
  'preparing',
]);
const ENDS: ReadonlySet<string> = new Set(['done', 'dead', 'cancelled']);

export function phaseNow({ status, taskQueue, told, beat, lastFailure }: Seen): Now {
  if (told === undefined) {
    if (status !== 'running') return { phase: status, why: lastFailure ?? '' };
    const last = lastFailure === undefined ? '' : `; last: ${lastFailure}`;
    return { phase: 'no-worker', why: `no worker answers on task queue ${taskQueue}${last}` };
  }
  const { phase, why = '', until } = told;
  // Terminated or timed out: it could not say so itself.
  if (status !== 'running' && !ENDS.has(phase)) {
    return { phase: status, why: `while ${phase}${why === '' ? '' : `: ${why}`}` };
  }
  // The workflow sees one activity; its heartbeat knows that a paid answer waits for the store.
  if (phase === 'generating' && beat?.phase === 'storing') return { phase: 'storing', why: beat.why ?? '' };
  if (WORKING.has(phase) && lastFailure !== undefined) return { phase, why: lastFailure };
  return { phase, why, ...(until === undefined ? {} : { until }) };
}
