/**
 * The wait of a first call for quiet hours: asked for once, slept for by a durable timer, ended by whoever
 * promotes it. What is not known, or cannot be asked for, is not waited for; the result says so.
 */
import { condition, isCancellation } from '@temporalio/workflow';
import type { QuietOutlook } from '../src/domain/quiet.ts';
import { whenQuiet } from '../src/policies/quiet.ts';
import type { Call } from '../src/policies/step.ts';
import { asking } from './activity-options.ts';
import type { GenerationState } from './state.ts';
import { inWords } from './story.ts';

/** @returns Whether it waited: how the call stands is asked anew then. */
export async function waitForQuiet(
  state: GenerationState,
  { variation, move }: Pick<Call, 'variation' | 'move'>,
): Promise<boolean> {
  const { lane, desk } = state;
  if (!state.mayWaitForQuiet || move.kind !== 'first' || lane.wish !== undefined) return false;
  const outlook = await ask(state, variation.rung);
  state.mayWaitForQuiet = false;
  const { deadlineAt, snapshot } = state;
  const callTimeoutMs = variation.callTimeoutMs ?? snapshot?.callTimeoutMs ?? 0;
  const timeScale = snapshot?.timeScale ?? 1;
  const now = Date.now();
  const step = whenQuiet(outlook, { now, deadlineAt, callTimeoutMs, random: Math.random(), timeScale });
  if (step.kind === 'go') {
    if (!step.isQuiet) state.quietWarning = `it did not wait for quiet hours: ${step.why}`;
    return false;
  }
  const { until, why } = step;
  // Promoted while that was asked for.
  if (lane.wish !== undefined) return true;
  state.enter({ phase: 'waiting', until, why, quiet: true }, 'quiet-hours');
  const summary = `quiet hours in ${inWords(until - now)}: ${why}`.slice(0, 200);
  await condition(() => lane.wish !== undefined || desk.isDecided, until - now, { summary });
  return true;
}

async function ask(state: GenerationState, index: number): Promise<QuietOutlook> {
  const { route, model, tier } = state.rungOf({ rung: index });
  try {
    const leftMs = state.deadlineAt - Date.now();
    return await asking('when quiet hours are', leftMs)['gemini.quietHours']({
      rung: { route, model, tier },
    });
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { source: 'none', why: 'nobody told when they are' };
  }
}
