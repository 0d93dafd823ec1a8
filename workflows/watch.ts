/**
 * The wait of a generation that does not go by itself: for a person, for an operator's grant, and for what
 * stops it to be over. It looks by timers that grow from 30 s to 5 min, and at once on a wake signal; the
 * deadline ends it. Who decides in person comes first, whatever a look or a grant brings in the same moment.
 */
import type { MemoCause } from '../src/contract/names.ts';
import type { Ask } from '../src/domain/ask.ts';
import type { Phase } from '../src/domain/phase.ts';
import { lookDelay } from '../src/policies/backoff.ts';
import type { Whereabouts } from '../src/policies/decided.ts';
import type { End, Step } from '../src/policies/step.ts';
import type { CarriedOut } from './carry-out.ts';
import { carryOut } from './carry-out.ts';
import { tellStuck } from './generation-news.ts';
import { useGrant } from './grants.ts';
import type { GenerationState } from './state.ts';
import { rest } from './turn.ts';

/** What it waits behind, as long as nothing changes. */
export interface Vigil {
  readonly kind: 'vigil';
  /** Absent where nobody is to be asked. */
  readonly ask?: Ask;
  /** What it comes to when nothing happens. */
  readonly end: End;
  readonly phase: Extract<Phase, { phase: 'held' | 'awaiting-operator' }>;
  readonly cause: MemoCause;
  /** Of its timers, in the Temporal UI. */
  readonly summary: string;
  /** It is about to be over: looks stay short. */
  readonly soon?: true;
}

export interface Watch {
  readonly vigil: Vigil;
  /** Where a decision leaves from. */
  readonly at: Whereabouts;
  /** Whether it is over: the next step then, or what it waits behind now. Absent where nothing is looked for. */
  readonly look?: ((how: 'timer' | 'wake') => Promise<Step | Vigil>) | undefined;
}

export async function keepWatch(state: GenerationState, { vigil: first, at, look }: Watch): Promise<Step> {
  let vigil = first;
  let shown: Vigil | undefined;
  let isGrantAsked = false;
  const lookNow = async (how: 'timer' | 'wake'): Promise<Step | undefined> => {
    const next = await look?.(how);
    if (next === undefined || state.desk.isDecided) return undefined;
    if (next.kind !== 'vigil') return next;
    vigil = next;
    isGrantAsked = false;
    return undefined;
  };
  for (;;) {
    // What was decided on the question before is carried out, not overtaken by another question.
    if (vigil !== shown && !state.desk.isDecided) shown = showVigil(state, vigil);
    if (look !== undefined && !isGrantAsked && !state.desk.isDecided) {
      isGrantAsked = true;
      const call = await useGrant(state, vigil.ask, at);
      if (call !== undefined) return call;
    }
    const rested = state.desk.isDecided ? 'decided' : await untilNext(state, vigil, look !== undefined);
    if (rested === 'decided') {
      const isAnswer = shown !== undefined;
      const done: CarriedOut = await carryOut(state, at);
      if (done.kind === 'call') return done.call;
      // Decided against what was offered beside a wait: the wait is another matter.
      if (done.kind === 'rejected' && isAnswer)
        return { ...vigil.end, cause: 'rejected', why: `decided against by ${done.why}` };
      shown = undefined;
      continue;
    }
    if (Date.now() >= vigil.phase.until) break;
    const step = await lookNow(rested === 'woken' ? 'wake' : 'timer');
    if (step !== undefined) return step;
  }
  state.desk.put(undefined);
  const nobody = vigil.ask === undefined ? 'it was not over' : 'nobody decided';
  return { ...vigil.end, cause: 'deadline', why: `${nobody} before the deadline; ${vigil.end.why}` };
}

/** The same one again costs no event: thousands look every few minutes. */
function showVigil(state: GenerationState, vigil: Vigil): Vigil {
  state.desk.put(vigil.ask);
  state.cause = vigil.cause;
  state.enter(vigil.phase);
  tellStuck(state, vigil);
  return vigil;
}

async function untilNext(
  state: GenerationState,
  { phase, summary, soon }: Vigil,
  looks: boolean,
): Promise<'over' | 'decided' | 'woken'> {
  const left = Math.max(1, phase.until - Date.now());
  if (!looks) return await rest(state, left, summary);
  const { at, n } = state.looks;
  state.looks = { at, n: n + 1 };
  const timeScale = state.snapshot?.timeScale ?? 1;
  const ms = lookDelay({ looks: soon === true ? 0 : n, timeScale, random: Math.random() });
  return await rest(state, Math.min(left, ms), summary, true);
}
