/** What a process is told: what stops it, which trials and probes are its own, what is granted. */
import type { Degraded, Grant, Probe, Stop } from '../../contract/standing.ts';
import { breakerView } from './breaker.ts';
import { isUnproved } from './credentials.ts';
import { degradedView } from './degraded.ts';
import { gatesOf } from './gates.ts';
import { grantView, isOpen } from './grants.ts';
import { holdView } from './holds.ts';
import { probesFor } from './resume.ts';
import type { StandingState, Trial } from './state.ts';
import { isLost, withoutTrials } from './trials.ts';

export interface Offers {
  readonly state: StandingState;
  readonly stops: readonly Stop[];
  readonly degraded: readonly Degraded[];
  readonly grants: readonly Grant[];
  /** Generations whose use of a grant stands. */
  readonly granted: readonly string[];
  readonly probes: readonly Probe[];
  /** Something that it wants is about to change: it should ask again in a second. */
  readonly soon: boolean;
}

/** @param process The one whose report `standingAfter` has just applied; another one is given no trial. */
export function standingFor(before: StandingState, process: string, now: number): Offers {
  const asked = before.asked.process === process ? before.asked : { wants: [], granted: [] };
  let state = withoutTrials(before, (trial) => isLost(trial, now));
  let soon = false;
  for (const place of asked.wants) {
    const gates = gatesOf(state, place, process, now);
    // All of them or none: two processes with half each of what they need would wait for each other.
    if (gates.every(({ isOpen: open }) => open))
      state = gates.reduce((after, { give }) => give(after), state);
    else soon ||= gates.every(({ isOpen: open, isChanging }) => open || isChanging);
  }
  const probing = probesFor(state, process, now);
  return {
    state: probing.state,
    stops: stopsFor(probing.state, process, now),
    degraded: state.routes.flatMap(degradedView),
    grants: state.grants.filter((grant) => isOpen(grant, now)).map(grantView),
    granted: asked.granted,
    probes: probing.probes,
    soon,
  };
}

function stopsFor(state: StandingState, process: string, now: number): readonly Stop[] {
  const own = (trials: readonly (Trial | undefined)[]): readonly string[] =>
    trials.flatMap((trial) => (trial?.process === process ? [trial.id] : []));
  return [
    ...state.holds.map((hold): Stop => ({ kind: 'hold', hold: holdView(hold), trials: own([hold.trial]) })),
    ...state.routes.flatMap((route): readonly Stop[] =>
      breakerView(route, now).map((breaker) => ({
        kind: 'breaker',
        breaker,
        tryInMs: Math.max(0, breaker.tryAt - now),
        trials: own([route.breaker?.trial]),
      })),
    ),
    ...state.credentials
      .filter((credential) => isUnproved(state, credential))
      .map(({ credential: key, trials }): Stop => {
        return { kind: 'unproved', scope: { kind: 'credential', key }, trials: own(trials) };
      }),
  ];
}
