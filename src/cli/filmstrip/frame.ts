/** One frame for each turn, with all that its generation and the store know of it. */
import type { ArtifactStore } from '../../artifacts/store.ts';
import type { GeminiImages } from '../../client/gemini-images.ts';
import type { TurnView } from '../../contract/session.ts';
import type { ImageRef } from '../../domain/artifact.ts';
import type { InputSource } from '../../domain/request.ts';
import { phaseWords } from '../phase-words.ts';
import type { Standing } from '../../words/session-history.ts';
import { standings } from '../../words/session-history.ts';
import type { SessionSight } from '../../client/session-sight.ts';
import { draftsOf } from '../session/turn-drafts.ts';
import type { Preview } from './preview.ts';
import { previewOf } from './preview.ts';
import type { FramePrompt } from './prompt.ts';
import { framePrompt } from './prompt.ts';

export interface Frame {
  /** From 1. */
  readonly n: number;
  readonly turn: TurnView;
  readonly standing: Standing;
  readonly prompt: FramePrompt;
  /** The turn that it goes on from, where that is not the frame before. */
  readonly goesOnFrom?: string;
  /** What the turn waits for, while it runs. */
  readonly doing?: string;
  readonly images: readonly Preview[];
  readonly inputs: readonly (Preview | { readonly kind: 'url'; readonly url: string })[];
  readonly drafts: readonly Preview[];
}

const IMAGE_PIXELS = 960;
const SMALL_PIXELS = 240;

/** Throws what client and store throw; what the store has lost is told in its frame. */
export async function framesOf(
  images: GeminiImages,
  store: ArtifactStore,
  { view, turns, running }: SessionSight,
  { drafts }: { readonly drafts: boolean },
): Promise<readonly Frame[]> {
  const standing = standings(view, turns);
  const previews = async (refs: readonly Pick<ImageRef, 'sha256'>[], pixels: number): Promise<Preview[]> => {
    const shown: Preview[] = [];
    for (const { sha256 } of refs) shown.push(await previewOf(store, sha256, pixels));
    return shown;
  };
  const inputOf = async (input: InputSource): Promise<Frame['inputs'][number]> =>
    input.kind === 'url' ? input : await previewOf(store, input.sha256, SMALL_PIXELS);
  const frames: Frame[] = [];
  for (const [i, turn] of turns.entries()) {
    const request = await images.request(turn.generationId);
    const inputs: Frame['inputs'][number][] = [];
    for (const input of request?.inputs ?? []) inputs.push(await inputOf(input));
    frames.push({
      ...{ n: i + 1, turn, standing: standing(turn) },
      ...(turn.after === undefined || turn.after === turns[i - 1]?.turnId ? {} : { goesOnFrom: turn.after }),
      prompt: await framePrompt(store, turn, request),
      ...(turn.status === 'running' && running !== undefined ? { doing: phaseWords(running) } : {}),
      images: await previews(turn.done?.images ?? [], IMAGE_PIXELS),
      inputs,
      drafts: drafts ? await previews(await draftsOf(images, turn), SMALL_PIXELS) : [],
    });
  }
  return frames;
}
