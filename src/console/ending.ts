/** How a generation ended: from Temporal, and beyond its retention from the store. */
import type { GeminiImages } from '../client/gemini-images.ts';
import type { GenerationFailure, GenerationResult, TrailLine } from '../contract/generation.ts';

export interface Ending {
  readonly result?: GenerationResult;
  readonly failure?: GenerationFailure;
  readonly trail: readonly TrailLine[];
  /** Neither is known: it was terminated, or what it left cannot be read. */
  readonly why?: string;
}

/** What is there already is there at once. */
const WAIT_MS = 2_000;

/** Throws only what is no ending: unknown, unreachable. */
export async function endingOf(images: GeminiImages, id: string): Promise<Ending> {
  try {
    const result = await images.result(id, { waitMs: WAIT_MS });
    return { result, trail: result.trail };
  } catch (error) {
    const { name, message, failure } = error as Error & { readonly failure?: GenerationFailure };
    if (name === 'GenerationFailed' && failure !== undefined) return { failure, trail: failure.trail };
    if (name === 'UnknownGeneration' || name === 'ServerUnreachable') throw error;
    return { trail: [], why: message };
  }
}
