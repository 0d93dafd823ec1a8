/** Waits for the images of a generation or of a turn, for so long as this caller waits; both go on after it. */
import type { GenerationResult } from '../contract/generation.ts';
import type { AcceptedTurn } from '../contract/session.ts';
import type { ClientContext } from './context.ts';
import { describeGeneration } from './describe.ts';
import { StillRunning, UnknownGeneration } from './errors.ts';
import type { WaitOptions } from './generation-handle.ts';
import { outcomeOf } from './outcome.ts';
import { turnStatus } from './sessions.ts';
import type { Waiter } from './waiter.ts';

const DEFAULT_WAIT_MS = 10 * 60_000;
const LOOK_EVERY_MS = 500;

/** Throws what {@link outcomeOf} throws, and {@link StillRunning} where the wait was over first. */
export async function resultOf(
  context: ClientContext,
  waiter: Waiter,
  id: string,
  { waitMs = DEFAULT_WAIT_MS }: WaitOptions = {},
): Promise<GenerationResult> {
  const result = await outcomeOf(context, waiter, id, { until: Date.now() + waitMs });
  if (result !== undefined) return result;
  throw new StillRunning(await describeGeneration(context.client, id, context.deadlineMs));
}

/** A turn that waits for others has no generation yet. Throws what {@link resultOf} throws. */
export async function resultOfTurn(
  context: ClientContext,
  waiter: Waiter,
  session: string,
  { turnId, generationId }: AcceptedTurn,
  { waitMs = DEFAULT_WAIT_MS }: WaitOptions = {},
): Promise<GenerationResult> {
  const until = Date.now() + waitMs;
  for (let hasBegun = false; ;) {
    try {
      return await resultOf(context, waiter, generationId, { waitMs: Math.max(0, until - Date.now()) });
    } catch (error) {
      if (!(error instanceof UnknownGeneration) || hasBegun) throw error;
      const { status } = await turnStatus(context, session, turnId);
      // It may have begun and ended between the two looks: looked at once more, it is there, or it never was.
      hasBegun = status !== 'queued' && status !== 'running';
      if (hasBegun) continue;
      if (Date.now() >= until)
        throw new StillRunning({
          id: generationId,
          phase: 'queued',
          why: 'turns before it have not ended',
        });
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}
