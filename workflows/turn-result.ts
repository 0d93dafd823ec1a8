/** What a turn comes to in a caller's workflow: its images, or the failure that a generation as a child would throw. */
import {
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  workflowInfo,
} from '@temporalio/workflow';
import { failureType, WORKFLOW_TYPES } from '../src/contract/names.ts';
import type { TurnAnswer, TurnResult } from '../src/contract/session-asks.ts';

export function turnResult(answer: TurnAnswer): TurnResult {
  const { turnId, generationId, done } = answer.turn;
  if (done !== undefined) return { turnId, generationId, ...done };
  const { namespace } = workflowInfo();
  throw new ChildWorkflowFailure(
    namespace,
    { workflowId: generationId },
    WORKFLOW_TYPES.generation,
    'NON_RETRYABLE_FAILURE',
    causeOf(answer),
  );
}

function causeOf({ turn: { turnId, status, failed }, failure }: TurnAnswer): Error {
  const why = failed?.why ?? `turn ${turnId} was withdrawn before it began`;
  if (status === 'cancelled') return new CancelledFailure(why);
  return ApplicationFailure.create({
    message: why,
    type: failureType(failed?.branch ?? 'unknown'),
    nonRetryable: true,
    details: [failure],
  });
}
