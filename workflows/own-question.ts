/** After an attempt of its own that nothing but a person ends well, or the end of the hold that it opened. */
import type { HeldAnswer, Shares } from '../src/contract/generation.ts';
import type { Ask } from '../src/domain/ask.ts';
import type { PolicySnapshot } from '../src/domain/snapshot.ts';
import { sharedScope } from '../src/policies/ask.ts';
import type { AskStep, Call, Step } from '../src/policies/step.ts';
import { check } from './check.ts';
import { causeOf, untilWords } from './standstill.ts';
import type { GenerationState } from './state.ts';
import type { Vigil } from './watch.ts';
import { keepWatch } from './watch.ts';

/** A process that asked lately knows of a hold by then: until it does, its `go` after a wake means nothing. */
const SETTLED_MS = 10_000;

/**
 * Waits for a person; the deadline ends it as the step says. Where the cause is one that stops the route
 * for everyone, and this generation's own attempt found it, the end of the hold is a person's word too.
 */
export async function askPerson(state: GenerationState, { ask, end }: AskStep): Promise<Step> {
  const { branch, reason, hold, expiresAt: until } = ask;
  const at = state.whereabouts({ variation: { rung: 0 } });
  const summary = untilWords(`${branch}/${reason}: a person decides`, until);
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
