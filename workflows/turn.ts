/** Waiting for a call's turn: quota asked of the worker's broker, slept for by durable timers. */
import { condition, sleep } from '@temporalio/workflow';
import type { PolicySnapshot } from '../src/domain/snapshot.ts';
import type { Call } from '../src/policies/step.ts';
import { local } from './activity-options.ts';
import { Ended, refused, tooLate } from './ends.ts';
import type { GenerationState } from './state.ts';
import { inWords } from './story.ts';

export interface SlotWait {
  readonly ms: number;
  readonly why: string;
  readonly place: number;
  readonly limit: string;
}

/** Waits until the call may go; resolves the names on the first pass. False: a person decided. */
export async function waitForTurn(
  state: GenerationState,
  { variation }: Pick<Call, 'variation'>,
): Promise<boolean> {
  for (;;) {
    state.enter({ phase: 'checking-quota' });
    const { id: generationId, request, startedAt, inputs, snapshot, revival } = state;
    const answer = await local['gemini.checkQuota']({
      generationId,
      request,
      startedAt,
      variation,
      ...(inputs === undefined ? {} : { inputs }),
      ...(snapshot === undefined ? {} : { snapshot }),
    });
    if (answer.kind === 'invalid') throw new Ended(refused(answer.problems));
    if (snapshot === undefined) {
      const resolved = answer.snapshot as PolicySnapshot;
      const requestDigest = revival?.requestDigest ?? resolved.requestDigest;
      state.snapshot = { ...resolved, requestDigest };
    }
    // The check may have taken long enough for somebody to decide.
    if (state.desk.isDecided) return false;
    if (answer.kind === 'go') return true;
    if (await waitForSlot(state, answer)) return false;
  }
}

/** @returns Whether a person decided meanwhile. */
export async function waitForSlot(state: GenerationState, wait: SlotWait): Promise<boolean> {
  const { ms, why, place } = wait;
  const until = Date.now() + ms;
  if (until >= state.deadlineAt) throw new Ended(tooLate(wait));
  state.enter({ phase: 'waiting', until, why, place });
  return await rest(state, ms, `quota: ${why}; place ${place}, ${inWords(ms)}`);
}

/** Sleeps; where a person is asked, at most until they decide. Returns whether they did. */
export async function rest(state: GenerationState, ms: number, summary: string): Promise<boolean> {
  const { desk } = state;
  if (desk.open === undefined) {
    await sleep(ms, { summary });
    return false;
  }
  return await condition(() => desk.isDecided, ms, { summary });
}
