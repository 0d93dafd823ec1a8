/**
 * What a generation does while its next call cannot go: behind a hold, before a turn that comes too late,
 * or after an attempt of its own that nothing but a person ends well. `src/policies` says what is asked and
 * what may be done; this waits, looks again, and says when it is over.
 */
import type { ElsewhereAnswer, HeldAnswer, Shares, WaitAnswer } from '../src/contract/generation.ts';
import type { MemoCause } from '../src/contract/names.ts';
import type { Ask } from '../src/domain/ask.ts';
import { shortText } from '../src/domain/short-text.ts';
import type { PolicySnapshot } from '../src/domain/snapshot.ts';
import { sharedScope } from '../src/policies/ask.ts';
import { elsewhere, passedOverWords } from '../src/policies/degraded.ts';
import type { StandBy, Standstill } from '../src/policies/standstill.ts';
import { whenHeld, whenLate } from '../src/policies/standstill.ts';
import type { AskStep, Call, Step } from '../src/policies/step.ts';
import type { Checked } from './check.ts';
import { check } from './check.ts';
import { isOfTheRoute, tooLate } from './late.ts';
import type { GenerationState } from './state.ts';
import type { Vigil } from './watch.ts';
import { keepWatch } from './watch.ts';

/** A process that asked lately knows of a hold by then: until it does, its `go` after a wake means nothing. */
const SETTLED_MS = 10_000;
const LONGEST_SUMMARY = 200;

/** Until the hold is over, something allowed is free, a person or a grant sends it elsewhere, or the deadline. */
export async function whileHeld(state: GenerationState, call: Call, held: HeldAnswer): Promise<Step> {
  state.pending = call;
  // Only a check knows what else is stopped; what another process would not send, this one may not know of.
  const first = held.stopped === undefined ? await check(state, call) : held;
  if (first.kind === 'elsewhere') return leaveDegraded(state, call, first);
  return await behind(state, call, first.kind === 'held' ? first : held);
}

async function behind(state: GenerationState, call: Call, first: HeldAnswer): Promise<Step> {
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

function standstill(state: GenerationState, call: Call, stopped: readonly number[] = []): Standstill {
  const { attempts, rejected } = state;
  return { attempts, call, snapshot: state.snapshot as PolicySnapshot, rejected, stopped };
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
    summary: shortText(`${what}: looks again, until ${new Date(until).toISOString()}`, LONGEST_SUMMARY),
    ...(ask === undefined ? {} : { ask }),
    ...(hold.phase === 'held' ? {} : { soon: true }),
  };
}

function causeOf(branch: string, reason: string, shares: Shares | undefined, hold?: string): MemoCause {
  return {
    branch,
    reason: shortText(reason, 100),
    ...(shares === undefined ? {} : { scope: shares.scope, account: shares.account }),
    ...(hold === undefined ? {} : { hold }),
  };
}

/** The route is not stopped any more: the same call, or where the check says. */
function released(state: GenerationState, call: Call, answer: Exclude<Checked, { kind: 'held' }>): Step {
  return answer.kind === 'elsewhere' ? leaveDegraded(state, call, answer) : { ...call, delayMs: 0 };
}

/** Starts elsewhere at once, because the route is degraded or its day is over; where that proves impossible, comes back. */
export function leaveDegraded(state: GenerationState, call: Call, answer: ElsewhereAnswer): Call {
  const { rung } = answer;
  const words = shortText(passedOverWords(answer), LONGEST_SUMMARY);
  const away = elsewhere(call, state.snapshot as PolicySnapshot, rung, words);
  if (away === undefined) return { ...call, delayMs: 0 };
  state.pending = call;
  const { model } = state.rungOf(call.variation);
  state.degraded = {
    rung,
    words: `${words}: ${model} was passed over for ${state.rungOf(away.variation).model}`,
  };
  return away;
}

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
    summary: shortText(
      `${branch}: too late at this rate, a person decides, until ${new Date(until).toISOString()}`,
      LONGEST_SUMMARY,
    ),
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

/**
 * Waits for a person; the deadline ends it as the step says. Where the cause is one that stops the route
 * for everyone, and this generation's own attempt found it, the end of the hold is a person's word too.
 */
export async function askPerson(state: GenerationState, { ask, end }: AskStep): Promise<Step> {
  const { branch, reason, hold, expiresAt: until } = ask;
  const at = state.whereabouts({ variation: { rung: 0 } });
  const summary = `${branch}/${reason}: a person decides, until ${new Date(until).toISOString()}`;
  const vigilOf = (shares?: Shares, held?: HeldAnswer): Vigil => ({
    kind: 'vigil',
    ask: held === undefined ? ask : { ...ask, holdId: held.hold.id },
    end,
    phase: ownPhase(ask, held?.hold.id),
    cause: causeOf(branch, reason, shares, held?.hold.id),
    summary,
  });
  const scope = sharedScope(branch);
  // An earlier release's generation waits as it did; nor is there anything to look for in one of its own.
  const { permits, timeScale } = state.snapshot as PolicySnapshot;
  if (permits?.looks !== true || scope === undefined) return await keepWatch(state, { vigil: vigilOf(), at });

  const again: Call = {
    kind: 'call',
    delayMs: 0,
    variation: at.variation,
    move: { kind: 'operator', choice: 'retry', change: 'the same path, not held any more' },
    why: `${hold === undefined ? 'the route' : `the ${hold}`} is not held any more`,
  };
  const settledAt = Date.now() + SETTLED_MS * timeScale;
  const mayRepeat = ask.options.some(({ choice }) => choice === 'retry');
  state.looks = { at: 'ask', n: 0 };
  let seen: { readonly held: HeldAnswer | undefined; readonly vigil: Vigil } | undefined;
  const look = async (how: 'timer' | 'wake'): Promise<Step | Vigil> => {
    const answer = await check(state, again, scope);
    const isHeld = answer.kind === 'held' && (hold !== undefined || answer.hold.branch === branch);
    if (!isHeld) {
      // Without having seen the hold, only who waited long enough to have seen it believes a wake.
      const isFree = hold !== undefined && how === 'wake' && Date.now() >= settledAt;
      if (seen !== undefined && mayRepeat && (seen.held !== undefined || isFree)) return again;
      seen ??= { held: undefined, vigil: vigilOf(answer.shares) };
      return seen.vigil;
    }
    const { hold: found, account } = answer;
    if (seen?.held?.hold.id === found.id) return seen.vigil;
    const shares = account === undefined ? answer.shares : { account, scope: found.scope };
    seen = { held: answer, vigil: vigilOf(shares, answer) };
    return seen.vigil;
  };
  const vigil = (await look('timer')) as Vigil;
  return await keepWatch(state, { vigil, at, look });
}

function ownPhase({ why, expiresAt: until, hold: scope }: Ask, hold: string | undefined): Vigil['phase'] {
  if (scope === undefined) return { phase: 'awaiting-operator', until, why };
  return { phase: 'held', scope, until, why, ...(hold === undefined ? {} : { hold }) };
}
