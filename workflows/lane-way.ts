/** Whether a call goes by the batch lane or live. */
import type { Variation } from '../src/domain/attempt.ts';
import type { Call } from '../src/policies/step.ts';
import type { GenerationState } from './state.ts';

/** The variation by which a call goes into the lane; undefined where it does not. */
export function laneVariation(
  { snapshot, lane }: GenerationState,
  { variation }: Pick<Call, 'variation'>,
): Variation | undefined {
  const way = snapshot?.permits?.batch;
  if (way === undefined || snapshot?.rungs[variation.rung]?.batch === undefined) return undefined;
  const { wish } = lane;
  const wanted = wish === undefined ? variation.batch === true || way === 'at-once' : wish.to === 'lane';
  return wanted ? { ...variation, batch: true } : undefined;
}

export function live({ batch: _batch, ...variation }: Variation): Variation {
  return variation;
}
