/** Trials: who may call through a stop, until what became of it is told. */
import type { StandingState, Trial } from './state.ts';

/**
 * A process that says nothing for so long is lost, and another one tries. Longer than the longest call
 * (10 min), so that a stop is never tried by more calls at once than it allows.
 */
const TRIAL_MS = 12 * 60_000;
/** A trial as young as this may end any moment. */
const YOUNG_MS = 30_000;

export function isLost({ at }: Trial, now: number): boolean {
  return now - at > TRIAL_MS;
}

export function isYoung({ at }: { readonly at: number }, now: number): boolean {
  return now - at < YOUNG_MS;
}

export interface Numbered {
  readonly state: StandingState;
  readonly trial: Trial;
}

/** With the time in its id, because a governor that was lost begins to count anew. */
export function newTrial(state: StandingState, process: string, now: number): Numbered {
  const n = state.numbered.trials + 1;
  return {
    state: { ...state, numbered: { ...state.numbered, trials: n } },
    trial: { id: `t-${now.toString(36)}-${n}`, process, at: now },
  };
}

/** Without the trials that `gone` names: lost, or of a process that ended. */
export function withoutTrials(state: StandingState, gone: (trial: Trial) => boolean): StandingState {
  const isGone = (trial: Trial | undefined): boolean => trial !== undefined && gone(trial);
  const holds = state.holds.map((hold) => (isGone(hold.trial) ? withoutTrial(hold) : hold));
  const routes = state.routes.map((each) =>
    each.breaker !== undefined && isGone(each.breaker.trial)
      ? { ...each, breaker: withoutTrial(each.breaker) }
      : each,
  );
  const credentials = state.credentials.map((each) =>
    each.trials.some(gone) ? { ...each, trials: each.trials.filter((trial) => !gone(trial)) } : each,
  );
  return { ...state, holds, routes, credentials };
}

export function withoutTrial<T extends { readonly trial?: Trial }>(tried: T): Omit<T, 'trial'> {
  const { trial: _trial, ...rest } = tried;
  return rest;
}
