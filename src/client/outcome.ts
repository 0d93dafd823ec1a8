/** Waits for how a generation ends, also one that Temporal has forgotten: then the store knows. */
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { GenerationResult } from '../contract/generation.ts';
import type { ClientContext } from './context.ts';
import { newestDeadRecord } from './dead-letter.ts';
import { GenerationFailed, IdempotencyConflict, UnknownGeneration } from './errors.ts';
import { failureOf, isConflict } from './failure-of.ts';
import { finishedRecord } from './generation-index.ts';
import type { Waiter } from './waiter.ts';

export interface OutcomeWait {
  /** Epoch milliseconds. */
  readonly until: number;
  readonly signal?: AbortSignal;
}

/**
 * Resolves with undefined where the wait was over first. Throws {@link GenerationFailed},
 * {@link IdempotencyConflict}, {@link UnknownGeneration}.
 */
export async function outcomeOf(
  { store }: Pick<ClientContext, 'store'>,
  waiter: Waiter,
  id: string,
  { until, signal }: OutcomeWait,
): Promise<GenerationResult | undefined> {
  try {
    const waited = await waiter.wait(id, until, signal);
    return waited.kind === 'result' ? waited.result : undefined;
  } catch (error) {
    if (error instanceof WorkflowFailedError) {
      throw isConflict(error) ? new IdempotencyConflict(id) : failureOf(id, error);
    }
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const finished = await finishedRecord(store, id);
    if (finished !== undefined) return finished.result;
    const dead = await newestDeadRecord(store, id);
    if (dead !== undefined) throw new GenerationFailed(dead.failure);
    throw new UnknownGeneration(id);
  }
}
