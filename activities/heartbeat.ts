/**
 * Beats while an activity works, says which part it is in (`describe` shows it), and turns Temporal's
 * cancellation into an abort only where a person or the caller asked for it: a worker that shuts
 * down, or a server that lost the heartbeat, must not throw away a call that is being billed.
 */
import type { Context } from '@temporalio/activity';

const BEAT_EVERY_MS = 5_000;

export interface HeartbeatDetails {
  readonly phase:
    | 'preparing'
    | 'uploading'
    | 'calling'
    | 'storing'
    | 'extracting'
    | 'awaiting-answer'
    | 'submitting'
    | 'reading';
  readonly n: number;
  readonly why?: string;
}

export interface Heartbeat {
  /** Aborts when the generation was cancelled, and for no other reason. */
  readonly cancelled: AbortSignal;
  readonly tell: (details: HeartbeatDetails) => void;
  stop(): void;
}

export function startHeartbeat(context: Context, first: HeartbeatDetails): Heartbeat {
  let details = first;
  const abort = new AbortController();
  const beat = () => context.heartbeat(details);
  const timer = setInterval(beat, BEAT_EVERY_MS);
  beat();

  context.cancelled.catch(() => {
    if (context.cancellationDetails?.cancelRequested === true) abort.abort();
  });

  return {
    cancelled: abort.signal,
    tell: (next) => {
      details = next;
      beat();
    },
    stop: () => clearInterval(timer),
  };
}
