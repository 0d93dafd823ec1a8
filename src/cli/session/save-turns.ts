/** Writes the images of a session's turns, in their order: `01-hat-1a2b3c4d.jpg`; those of undone turns are left out. */
import type { GeminiImages } from '../../client/gemini-images.ts';
import type { ImageRef } from '../../domain/artifact.ts';
import { isLost } from '../filmstrip/lost.ts';
import { say } from '../output.ts';
import { saveImages } from '../save-images.ts';
import type { SessionSight } from '../../client/session-sight.ts';
import { draftsOf } from './turn-drafts.ts';

export interface SavedTurns {
  readonly files: readonly string[];
  /** Images that the store has lost. */
  readonly lost: number;
}

/** One image that is lost does not keep the others back. Throws what `saveImages` throws otherwise. */
export async function saveTurns(
  images: GeminiImages,
  { turns }: SessionSight,
  { directory, drafts }: { readonly directory: string; readonly drafts: boolean },
): Promise<SavedTurns> {
  const files: string[] = [];
  let lost = 0;
  const save = async (ref: ImageRef, title: string): Promise<void> => {
    try {
      files.push(...(await saveImages(images, [ref], { directory, title })));
    } catch (error) {
      if (!isLost(error)) throw error;
      say(error.message);
      lost += 1;
    }
  };
  for (const [i, turn] of turns.entries()) {
    if (turn.undone === true) continue;
    const n = String(i + 1).padStart(2, '0');
    for (const ref of turn.done?.images ?? []) await save(ref, `${n} ${turn.turnId}`);
    for (const ref of drafts ? await draftsOf(images, turn) : [])
      await save(ref, `${n} draft ${turn.turnId}`);
  }
  return { files, lost };
}
