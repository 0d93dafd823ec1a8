/**
 * The way out of a hold, once a person says that its cause is fixed: a plain text call of one process
 * (`probing`), then one generation (`trial`), then everyone. What still ends in the cause holds again.
 */
import type { ProbeOutcome, TrialEnd } from '../../contract/exchange.ts';
import type { Probe } from '../../contract/standing.ts';
import { withEvent } from './events.ts';
import { heldAgain, holdWords, isCauseOf, withHold, withoutHold } from './holds.ts';
import type { HoldState, StandingState } from './state.ts';
import { withoutTrial } from './trials.ts';
import { worth } from './verdict.ts';

/** A text call answers in seconds; a process that is silent for longer is not waited for. */
const PROBE_MS = 60_000;

/** @returns Why it cannot be resumed, in words. */
export function resumed(
  state: StandingState,
  id: string,
  { by, why }: { readonly by: string; readonly why: string },
  now: number,
): StandingState | string {
  const hold = state.holds.find((each) => each.id === id);
  if (hold === undefined) {
    const open = state.holds.map((each) => each.id).join(', ');
    return `hold: there is no ${id}; ${open === '' ? 'nothing is held' : `these are held: ${open}`}`;
  }
  const words = `${by}: ${why}`;
  // A person's pause has no cause that could still be there.
  if (hold.branch === 'operator') return withoutHold(state, hold, words, now);
  if (hold.phase !== 'held') {
    return `hold: ${id} was resumed by ${hold.resumed?.by ?? 'somebody'} and is being tried (${hold.phase})`;
  }
  const probing: HoldState = { ...hold, phase: 'probing', resumed: { by, why, at: now } };
  return withEvent(withHold(state, probing), 'hold-resumed', holdWords(hold), words, now);
}

/** The probes that `process` is asked for now: each hold's goes to one process at a time. */
export function probesFor(
  before: StandingState,
  process: string,
  now: number,
): { readonly state: StandingState; readonly probes: readonly Probe[] } {
  let state = before;
  const probes: Probe[] = [];
  for (const hold of before.holds) {
    const isOut = hold.probe !== undefined && now - hold.probe.at < PROBE_MS;
    if (hold.phase !== 'probing' || isOut || !hold.usedBy.includes(process)) continue;
    state = withHold(state, { ...hold, probe: { process, at: now } });
    probes.push({ hold: hold.id, scope: hold.scope });
  }
  return { state, probes };
}

/** Only the process that was asked last is heard: an older outcome may be from before an older resume. */
export function probed(
  state: StandingState,
  process: string,
  outcome: ProbeOutcome,
  now: number,
): StandingState {
  const hold = state.holds.find(({ id }) => id === outcome.hold);
  if (hold?.phase !== 'probing' || hold.probe?.process !== process) return state;
  const { verdict, why, ok } = outcome;
  if (!ok && verdict !== undefined && isCauseOf(hold)(verdict)) {
    return heldAgain(state, hold, verdict, `the probe ended in ${verdict.branch}/${verdict.reason}`, now);
  }
  const { probe: _probe, ...rest } = hold;
  const words = ok
    ? `the text call went well; one generation goes first`
    : `the text call says nothing of the cause (${why}); one generation goes first`;
  return withEvent(withHold(state, { ...rest, phase: 'trial' }), 'hold-resumed', holdWords(hold), words, now);
}

/** What became of the generation that went first. */
export function holdTried(state: StandingState, end: TrialEnd, now: number): StandingState {
  const hold = state.holds.find(({ trial }) => trial?.id === end.trial);
  if (hold === undefined) return state;
  const { verdict } = end;
  const ended = end.unused === true ? 'other' : worth(verdict, isCauseOf(hold));
  if (ended === 'well') return withoutHold(state, hold, 'the trial went well', now);
  if (ended === 'cause' && verdict !== undefined) {
    return heldAgain(state, hold, verdict, `the trial ended in ${verdict.branch}/${verdict.reason}`, now);
  }
  return withHold(state, withoutTrial(hold));
}

/** A process that ends makes no probe, and is asked for none. */
export function withoutUser(state: StandingState, process: string): StandingState {
  const holds = state.holds.map((hold) => {
    if (!hold.usedBy.includes(process)) return hold;
    const usedBy = hold.usedBy.filter((each) => each !== process);
    if (hold.probe?.process !== process) return { ...hold, usedBy };
    const { probe: _probe, ...rest } = hold;
    return { ...rest, usedBy };
  });
  return { ...state, holds };
}
