/**
 * Behind a hold: nothing of the generation is called while its route is stopped for everyone. A person, a
 * grant or an allowed rung may take it elsewhere; else it looks until the hold is gone.
 */
import type { HeldAnswer } from '../src/contract/generation.ts';
import type { StandBy } from '../src/policies/standstill.ts';
import { whenHeld } from '../src/policies/standstill.ts';
import type { Call, Step } from '../src/policies/step.ts';
import { check } from './check.ts';
import { causeOf, leaveDegraded, released, standstill, untilWords } from './standstill.ts';
import type { GenerationState } from './state.ts';
import type { Vigil } from './watch.ts';
import { keepWatch } from './watch.ts';

/** Until the hold is over, something allowed is free, a person or a grant sends it elsewhere, or the deadline. */
export async function whileHeld(state: GenerationState, call: Call, held: HeldAnswer): Promise<Step> {
  state.pending = call;
  // Only a check knows what else is stopped; what another process would not send, this one may not know of.
  const first = held.stopped === undefined ? await check(state, call) : held;
  if (first.kind === 'elsewhere') return leaveDegraded(state, call, first);
  return await behind(state, call, first.kind === 'held' ? first : held);
}

/** As `whileHeld`, by a check's answer. */
export async function behind(state: GenerationState, call: Call, first: HeldAnswer): Promise<Step> {
  const begun = heldStep(state, call, first);
  if (begun.kind !== 'stand-by') return begun;
  const { id } = first.hold;
  if (state.looks.at !== id) state.looks = { at: id, n: 0 };
  let seen = { answer: first, vigil: heldVigil(state, begun, first) };
  return await keepWatch(state, {
    vigil: seen.vigil,
    at: state.whereabouts(call),
    look: async () => {
      const answer = await check(state, call);
      if (answer.kind !== 'held') return released(state, call, answer);
      const step = heldStep(state, call, answer);
      if (step.kind !== 'stand-by') return step;
      if (isSameHold(seen.answer, answer)) return seen.vigil;
      seen = { answer, vigil: heldVigil(state, step, answer) };
      return seen.vigil;
    },
  });
}

function heldStep(state: GenerationState, call: Call, answer: HeldAnswer) {
  return whenHeld(standstill(state, call, answer.stopped), answer);
}

/** Counts and words change with each look; what is asked does not by that. */
function isSameHold(one: HeldAnswer, other: HeldAnswer): boolean {
  const key = ({ hold, evidence, stopped }: HeldAnswer) =>
    JSON.stringify([hold.id, hold.phase, evidence, stopped]);
  return key(one) === key(other);
}

function heldVigil(state: GenerationState, { ask, end, why }: StandBy, answer: HeldAnswer): Vigil {
  const { hold, account } = answer;
  const until = state.deadlineAt;
  const what = `held by ${hold.id}, ${hold.branch}/${hold.reason} of this ${hold.scope.kind}`;
  return {
    kind: 'vigil',
    end,
    phase: { phase: 'held', scope: hold.scope.kind, hold: hold.id, until, why },
    cause: causeOf(
      hold.branch,
      hold.reason,
      account === undefined ? undefined : { account, scope: hold.scope },
      hold.id,
    ),
    summary: untilWords(`${what}: looks again`, until),
    ...(ask === undefined ? {} : { ask }),
    ...(hold.phase === 'held' ? {} : { soon: true }),
  };
}
