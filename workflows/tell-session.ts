/** A turn's generation tells its session how it ended, before it ends: a child of an earlier run is heard by nobody. */
import { CancellationScope, defineSignal, getExternalWorkflowHandle } from '@temporalio/workflow';
import type { GenerationResult } from '../src/contract/generation.ts';
import { TURN_DONE_SIGNAL } from '../src/contract/names.ts';
import type { TurnDone, TurnOutcome } from '../src/contract/session.ts';
import { readable } from '../src/domain/finding.ts';
import { totalCost } from '../src/domain/attempt.ts';
import type { End } from './ends.ts';
import { failureOf } from './ends.ts';
import type { GenerationState } from './state.ts';

const turnDone = defineSignal<[TurnOutcome]>(TURN_DONE_SIGNAL);

export async function tellDone(state: GenerationState, result: GenerationResult): Promise<void> {
  const { images, route, model, cost, conversation, warnings } = result;
  const done: TurnDone = {
    ...{ images, route, model, cost, warnings, use: conversation?.use ?? 'none' },
    ...(conversation === undefined ? {} : { past: conversation.past }),
  };
  await tell(state, { done });
}

export async function tellFailed(state: GenerationState, end: End): Promise<void> {
  const { classification, why } = end;
  const { branch, reason } = classification;
  const words = `${readable(classification)} (${why})`;
  const failed = { branch, reason, why: words, cost: totalCost(state.attempts) };
  await tell(state, { failed, failure: failureOf(state, end) });
}

export async function tellCancelled(state: GenerationState): Promise<void> {
  const cost = totalCost(state.attempts);
  const failed = { branch: 'cancelled', reason: 'cancelled', why: 'it was cancelled', cost };
  await tell(state, { cancelled: true, failed });
}

/** A session that is gone needs no word of it. */
async function tell(state: GenerationState, outcome: Omit<TurnOutcome, 'generationId'>): Promise<void> {
  const session = state.request.conversation?.session;
  if (session === undefined) return;
  const told = { generationId: state.id, ...outcome };
  await CancellationScope.nonCancellable(() =>
    getExternalWorkflowHandle(session).signal(turnDone, told),
  ).catch(() => undefined);
}
