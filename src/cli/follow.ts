/**
 * Waits for a generation and tells meanwhile what it is doing. How it ended is a value: `done`,
 * `failed` (a dead letter) or `running` (this wait is over, the generation is not). Throws only when
 * server or store cannot be reached, or no generation has this id.
 */
import { setTimeout } from 'node:timers/promises';
import { GenerationFailed, StillRunning } from '../client/errors.ts';
import type { WaitOptions } from '../client/generation-handle.ts';
import type { GenerationResult } from '../contract/generation.ts';
import type { Description } from '../client/describe.ts';
import type { PhaseFacts } from './phase-words.ts';

/** Polled gently: soon after a change, then ever less often. */
const FIRST_LOOK_MS = 500;
const LONGEST_LOOK_MS = 5_000;
/** A wait of zero still takes what is there already. */
const SHORTEST_WAIT_MS = 500;

/** Is told what a generation does while it is waited for. */
export interface Progress {
  /** @param seen Whole where the generation could be looked at; else the phase says why it could not. */
  show(seen: Description | PhaseFacts): void;
  end(): void;
}

export type Ending =
  | { readonly kind: 'done'; readonly result: GenerationResult }
  | { readonly kind: 'failed'; readonly error: GenerationFailed }
  | { readonly kind: 'running'; readonly error: StillRunning };

/** The client, or whoever knows more of this one generation. */
export interface Followed {
  result(id: string, options: WaitOptions): Promise<GenerationResult>;
  describe(id: string): Promise<Description | PhaseFacts>;
}

export async function follow(
  images: Followed,
  id: string,
  { waitMs, progress }: { readonly waitMs: number; readonly progress?: Progress },
): Promise<Ending> {
  const over = new AbortController();
  if (progress !== undefined) void watch(images, id, progress, over.signal);
  try {
    const result = await images.result(id, { waitMs: Math.max(SHORTEST_WAIT_MS, waitMs) });
    return { kind: 'done', result };
  } catch (error) {
    if (error instanceof GenerationFailed) return { kind: 'failed', error };
    if (error instanceof StillRunning) return { kind: 'running', error };
    throw error;
  } finally {
    over.abort();
    progress?.end();
  }
}

/** Never rejects: what the wait itself meets is what counts. */
async function watch(images: Followed, id: string, progress: Progress, over: AbortSignal): Promise<void> {
  let look = FIRST_LOOK_MS;
  let before = '';
  while (!over.aborted) {
    const seen = await images.describe(id).catch(() => undefined);
    // Aborted while we asked: the line is gone and must stay so.
    if (over.aborted) return;
    progress.show(seen ?? { phase: 'unknown', why: 'Temporal does not answer; still trying' });
    const now = JSON.stringify([seen?.phase, seen?.why]);
    look = now === before ? Math.min(LONGEST_LOOK_MS, look * 1.5) : FIRST_LOOK_MS;
    before = now;
    await setTimeout(look, undefined, { signal: over }).catch(() => undefined);
  }
}
