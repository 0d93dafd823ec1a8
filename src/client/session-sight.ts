/** Everything that is known of a session: its view, its turns, and what the one that runs is doing. */
import type { Description } from './describe.ts';
import { UnknownGeneration } from './errors.ts';
import type { GeminiImages } from './gemini-images.ts';
import type { SessionView, TurnView } from '../contract/session.ts';

export interface SessionSight {
  readonly view: SessionView;
  /** Oldest first. */
  readonly turns: readonly TurnView[];
  /** Absent while none runs. */
  readonly running?: Description;
}

/** Throws {@link UnknownSession}, NoSessionAnswered, ServerUnreachable. */
export async function lookAtSession(images: GeminiImages, id: string): Promise<SessionSight> {
  const session = images.openSession(id);
  const view = await session.describe();
  const turns = await session.turns();
  const turn = turns.find(({ status }) => status === 'running');
  const running = turn === undefined ? undefined : await described(images, turn.generationId);
  return { view, turns, ...(running === undefined ? {} : { running }) };
}

/** Undefined where the turn's generation is only about to start. */
async function described(images: GeminiImages, id: string): Promise<Description | undefined> {
  try {
    return await images.describe(id);
  } catch (error) {
    if (error instanceof UnknownGeneration) return undefined;
    throw error;
  }
}
