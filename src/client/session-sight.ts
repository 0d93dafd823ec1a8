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

const MOST_LOOKS = 4;

/** Throws {@link UnknownSession}, NoSessionAnswered, ServerUnreachable. */
export async function lookAtSession(images: GeminiImages, id: string): Promise<SessionSight> {
  const session = images.openSession(id);
  let view = await session.describe();
  let turns = await session.turns();
  // A turn that ended between the two would stand apart from the conversation that it is the head of.
  for (let look = 1; look < MOST_LOOKS; look += 1) {
    const now = await session.describe();
    if (now.head === view.head && now.turns === view.turns) break;
    view = now;
    turns = await session.turns();
  }
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
