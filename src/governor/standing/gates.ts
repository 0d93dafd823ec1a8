/** The stops in the way of one route, each with what one process may make of it now. */
import { isDue } from './breaker.ts';
import { isUnproved } from './credentials.ts';
import { withEvent } from './events.ts';
import { withHold } from './holds.ts';
import { replaced, routeAt } from './routes.ts';
import type { Place } from './scope.ts';
import { covers, modelWords } from './scope.ts';
import type { BreakerState, CredentialState, HoldState, RouteState, StandingState, Trial } from './state.ts';
import { isYoung, newTrial } from './trials.ts';

/** A breaker that may be tried this soon is about to change. */
const SOON_MS = 1_000;

export interface Gate {
  /** It has a trial there, or may have one. */
  readonly isOpen: boolean;
  /** Where it is shut: what shuts it will end any moment. */
  readonly isChanging: boolean;
  /** Gives it what is free. */
  readonly give: (state: StandingState) => StandingState;
}

export function gatesOf(state: StandingState, place: Place, process: string, now: number): readonly Gate[] {
  const held = state.holds.filter(({ scope }) => covers(scope, place));
  const route = routeAt(state, place);
  const credential = state.credentials.find((each) => each.credential === place.credential);
  return [
    ...held.map((hold) => holdGate(hold, process, now)),
    ...(route?.breaker === undefined ? [] : [breakerGate(route, route.breaker, process, now)]),
    ...(credential !== undefined && isUnproved(state, credential)
      ? [credentialGate(state, credential, process, now)]
      : []),
  ];
}

const keep = (state: StandingState): StandingState => state;

function holdGate(hold: HoldState, process: string, now: number): Gate {
  const { phase, trial, probe } = hold;
  if (phase !== 'trial') {
    const isChanging = phase === 'probing' && (probe === undefined || isYoung(probe, now));
    return { isOpen: false, isChanging, give: keep };
  }
  return oneAtATime(trial, process, now, (state, given) => withHold(state, { ...hold, trial: given }));
}

function breakerGate(route: RouteState, breaker: BreakerState, process: string, now: number): Gate {
  if (!isDue(breaker, now)) {
    return { isOpen: false, isChanging: breaker.tryAt - now <= SOON_MS, give: keep };
  }
  return oneAtATime(breaker.trial, process, now, (state, trial) => {
    const after = replaced(state, { ...route, breaker: { ...breaker, trial } });
    return withEvent(after, 'breaker-half-open', modelWords(route.route), 'one generation tries', now);
  });
}

function oneAtATime(
  trial: Trial | undefined,
  process: string,
  now: number,
  give: (state: StandingState, trial: Trial) => StandingState,
): Gate {
  if (trial !== undefined) {
    return { isOpen: trial.process === process, isChanging: isYoung(trial, now), give: keep };
  }
  return {
    isOpen: true,
    isChanging: false,
    give: (state) => {
      const numbered = newTrial(state, process, now);
      return give(numbered.state, numbered.trial);
    },
  };
}

/** All that is free at once: one that has no use for it gives it back. */
function credentialGate(
  { callsUnproved }: StandingState,
  credential: CredentialState,
  process: string,
  now: number,
): Gate {
  const { trials } = credential;
  const free = callsUnproved - trials.length;
  return {
    isOpen: free > 0 || trials.some((trial) => trial.process === process),
    isChanging: trials.some((trial) => isYoung(trial, now)),
    give: (before) => {
      let state = before;
      const given = [...trials];
      for (let n = 0; n < free; n++) {
        const numbered = newTrial(state, process, now);
        state = numbered.state;
        given.push(numbered.trial);
      }
      const credentials = state.credentials.map((each) =>
        each.credential === credential.credential ? { ...each, trials: given } : each,
      );
      return { ...state, credentials };
    },
  };
}
