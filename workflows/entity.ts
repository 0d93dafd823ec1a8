/** What the durable entities have in common: when a run ends, and how one refuses. */
import { ApplicationFailure, allHandlersFinished, condition, workflowInfo } from '@temporalio/workflow';
import { FAILURES } from '../src/contract/names.ts';

/**
 * Whoever takes over a run from a process that was killed replays it first: some 10 ms of CPU for each update
 * (measured), while others wait. A run takes 2,000 updates at most.
 */
const UPDATES_PER_RUN = 200;

/** Resolves when the state is to go on in a new run, and no handler is at work. */
export async function untilFull(updates: () => number): Promise<void> {
  await condition(() => updates() >= UPDATES_PER_RUN || workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
}

/** Thrown by a validator it leaves no trace in history. */
export function refused(words: string): ApplicationFailure {
  const failure = ApplicationFailure.create({ message: words, type: FAILURES.command, nonRetryable: true });
  failure.stack = '';
  return failure;
}
