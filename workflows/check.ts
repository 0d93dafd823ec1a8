/** Asks the worker's broker how a call stands; the first time, names are resolved into the snapshot. */
import type { QuotaAnswer } from '../src/contract/generation.ts';
import type { StopScope } from '../src/domain/ask.ts';
import type { PolicySnapshot } from '../src/domain/snapshot.ts';
import { leavesFor, notElsewhere } from '../src/policies/degraded.ts';
import type { Call } from '../src/policies/step.ts';
import { local } from './activity-options.ts';
import { Ended, refused } from './ends.ts';
import type { GenerationState } from './state.ts';

export type Checked = Exclude<QuotaAnswer, { kind: 'invalid' }>;

/** @param scope Also tell which of this kind the route has. */
export async function check(
  state: GenerationState,
  { variation, move, insists }: Pick<Call, 'variation' | 'move' | 'insists'>,
  scope?: StopScope,
): Promise<Checked> {
  const { id: generationId, request, startedAt, inputs, snapshot, revival, attempts } = state;
  const not = notElsewhere({ move }, attempts, snapshot);
  state.wakes.answer();
  const answer = await local['gemini.checkQuota']({
    generationId,
    request,
    startedAt,
    variation,
    ...(inputs === undefined ? {} : { inputs }),
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(not === undefined ? {} : { notElsewhere: not }),
    ...(leavesFor({ move }) === 'day' ? { staysDegraded: true as const } : {}),
    ...(scope === undefined ? {} : { scope }),
    ...(insists === undefined ? {} : { insists }),
  });
  if (answer.kind === 'invalid') {
    state.notify = answer.notify ?? state.notify;
    throw new Ended(refused(answer.problems));
  }
  if (snapshot === undefined) {
    const resolved = answer.snapshot as PolicySnapshot;
    const requestDigest = revival?.requestDigest ?? resolved.requestDigest;
    state.snapshot = { ...resolved, requestDigest };
    state.notify = resolved.notify ?? [];
  }
  return answer;
}
