/** What the store lost or damaged since the start, as a problem of the field that needs it. */
import { ArtifactCorrupt, ArtifactMissing } from '../src/artifacts/errors.ts';
import type { RequestProblem } from '../src/domain/request-problem.ts';

/** Of a conversation nobody gave a file: the cure is an earlier turn. Undefined where the error is another one. */
export function lostArtifact(field: string, error: unknown): RequestProblem | undefined {
  if (!(error instanceof ArtifactMissing || error instanceof ArtifactCorrupt)) return undefined;
  const how = error instanceof ArtifactMissing ? 'is not in the store' : 'was altered in the store';
  const message =
    field === 'conversation'
      ? `something of it ${how}: undo or fork an earlier turn, or restore it; ${error.message}`
      : error.message;
  return {
    reason: 'bad-input',
    field,
    value: error.name,
    allowed: 'an artifact that is whole in the store',
    message,
  };
}
