/** Turns how a workflow ended into the one typed failure that callers handle. */
import type { WorkflowFailedError } from '@temporalio/client';
import type { GenerationFailure } from '../contract/generation.ts';
import { FAILURES } from '../contract/names.ts';
import { finding } from '../domain/finding.ts';
import { GenerationFailed } from './errors.ts';

interface Cause {
  readonly name?: string;
  readonly type?: string;
  readonly message?: string;
  readonly details?: readonly unknown[];
}

export function failureOf(id: string, error: WorkflowFailedError): GenerationFailed {
  const cause = error.cause as Cause | undefined;
  const failure = cause?.details?.[0];
  if (isGenerationFailure(failure)) return new GenerationFailed(failure, { cause: error });

  const base = { rule: 'workflow-outcome', certainty: 'named', billed: 'possible' } as const;
  const message = cause?.message ?? error.message;
  const classification =
    cause?.name === 'CancelledFailure'
      ? finding('cancelled', 'caller', { ...base, message })
      : cause?.name === 'TerminatedFailure'
        ? finding('cancelled', 'operator', { ...base, message: `terminated: ${message}` })
        : finding('unknown', 'unrecognised', { ...base, message });
  return new GenerationFailed(
    {
      id,
      classification,
      cause: 'stop-branch',
      why: 'the execution ended without a verdict of its own',
      cost: { sureUsd: 0, possibleUsd: 0 },
      trail: [],
    },
    { cause: error },
  );
}

/** Found by a worker: beyond Temporal's retention only the store knows that the id had another request. */
export function isConflict(error: WorkflowFailedError): boolean {
  return (error.cause as Cause | undefined)?.type === FAILURES.conflict;
}

function isGenerationFailure(value: unknown): value is GenerationFailure {
  return value !== null && typeof value === 'object' && 'classification' in value && 'trail' in value;
}
