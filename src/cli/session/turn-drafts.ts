/** The thought images of a turn: a session does not keep them, its generation's result does. */
import { GenerationFailed, StillRunning, UnknownGeneration } from '../../client/errors.ts';
import type { GeminiImages } from '../../client/gemini-images.ts';
import type { TurnView } from '../../contract/session.ts';
import type { ImageRef } from '../../domain/artifact.ts';

/** It has ended; only a server that is slow to say so makes it longer. */
const RESULT_WAIT_MS = 10_000;

/** None where nobody knows its result any more. */
export async function draftsOf(
  images: GeminiImages,
  { done, generationId }: TurnView,
): Promise<readonly ImageRef[]> {
  if (done === undefined) return [];
  try {
    return (await images.result(generationId, { waitMs: RESULT_WAIT_MS })).drafts;
  } catch (error) {
    const isGone =
      error instanceof UnknownGeneration ||
      error instanceof GenerationFailed ||
      error instanceof StillRunning;
    if (isGone) return [];
    throw error;
  }
}
