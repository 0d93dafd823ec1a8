/** Whether a call goes by the batch lane or live. */
import type { Variation } from '../src/domain/attempt.ts';
import { isTimeForBatch } from '../src/policies/remedies.ts';
import type { Call } from '../src/policies/step.ts';
import type { Checked } from './check.ts';
import type { GenerationState } from './state.ts';

/** The variation by which a call goes into the lane; undefined where it does not. */
export function laneVariation(
  { snapshot, lane, deadlineAt }: GenerationState,
  { variation, move }: Pick<Call, 'variation' | 'move'>,
  answer: Checked,
): Variation | undefined {
  const way = snapshot?.permits?.batch;
  if (way === undefined || snapshot?.rungs[variation.rung]?.batch === undefined) return undefined;
  const { wish } = lane;
  const goes = { ...variation, batch: true } as const;
  if (wish !== undefined) return wish.to === 'lane' ? goes : undefined;
  if (variation.batch === true || way === 'at-once') return goes;
  // The day is known to be over, so that nothing need be sent to prove it; a remedy and a person's word stay.
  const isDayOver = answer.kind === 'wait' && answer.limit === 'rpd';
  const mayLeave = move.kind === 'first' || move.kind === 'queued';
  return isDayOver && mayLeave && isTimeForBatch(deadlineAt - Date.now()) ? goes : undefined;
}

export function live({ batch: _batch, ...variation }: Variation): Variation {
  return variation;
}
