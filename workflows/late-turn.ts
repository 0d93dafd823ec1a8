/** Before a turn that comes after the deadline, where a person could still send the generation elsewhere. */
import type { WaitAnswer } from '../src/contract/generation.ts';
import type { Ask } from '../src/domain/ask.ts';
import { sharedScope } from '../src/policies/ask.ts';
import { whenLate } from '../src/policies/standstill.ts';
import type { Call, Step } from '../src/policies/step.ts';
import { check } from './check.ts';
import { behind } from './held.ts';
import { isOfTheRoute, tooLate } from './late.ts';
import { causeOf, released, standstill, untilWords } from './standstill.ts';
import type { GenerationState } from './state.ts';
import type { Vigil } from './watch.ts';
import { keepWatch } from './watch.ts';

/**
 * Its turn would come after the deadline. With nowhere to send it, it ends now with the numbers; else a
 * person or a grant may, and it goes on by itself when the queue proves shorter than it was.
 */
export async function whileLate(
  state: GenerationState,
  call: Call,
  wait: WaitAnswer,
  asked: Ask | undefined,
): Promise<Step> {
  const now = Date.now();
  const end = tooLate(wait, now, state.deadlineAt);
  const { evidence, stopped } = wait;
  if (evidence === undefined || !isOfTheRoute(wait) || now >= state.deadlineAt) return end;
  const late = { end, evidence, ...(asked === undefined ? {} : { asked }) };
  const step = whenLate(standstill(state, call, stopped), late);
  if (step.kind === 'end') return step;
  state.pending = call;
  const { branch, reason } = step.ask ?? end.classification;
  const scope = sharedScope(branch);
  const told = scope === undefined ? undefined : await check(state, call, scope);
  const at = 'late';
  if (state.looks.at !== at) state.looks = { at, n: 0 };
  const until = state.deadlineAt;
  const vigil: Vigil = {
    kind: 'vigil',
    end,
    phase: { phase: 'awaiting-operator', until, why: step.why },
    cause: causeOf(branch, reason, told?.shares),
    summary: untilWords(`${branch}: too late at this rate, a person decides`, until),
    ...(step.ask === undefined ? {} : { ask: step.ask }),
  };
  return await keepWatch(state, {
    vigil,
    at: state.whereabouts(call),
    look: async () => {
      const answer = await check(state, call);
      if (answer.kind === 'held') return await behind(state, call, answer);
      // Its numbers change with each look; a person decides on those that were shown.
      if (answer.kind === 'wait' && Date.now() + answer.ms >= state.deadlineAt) return vigil;
      return released(state, call, answer);
    },
  });
}
