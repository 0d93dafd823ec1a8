/**
 * What a process tells of its routes, applied: calls and failures, verdicts, trials and probes that ended,
 * grants that are used. Total: whatever is told, it returns a state.
 */
import type { RouteReport } from '../../contract/exchange.ts';
import { alertsAfter } from './alerts.ts';
import { breakerAfter, breakerTried } from './breaker.ts';
import { withCounts } from './buckets.ts';
import { credentialAfter, credentialTried } from './credentials.ts';
import { degradedAfter } from './degraded.ts';
import { usesAfter, withoutOldGrants } from './grants.ts';
import { holdsAfter, withoutHold } from './holds.ts';
import { withHour } from './hours.ts';
import { holdTried, probed, withoutUser } from './resume.ts';
import { eachRoute, newRoute, recentOf, replaced, routeAt, withoutIdle, withRoute } from './routes.ts';
import type { Place } from './scope.ts';
import type { StandingState, Told } from './state.ts';
import { isLost, withoutTrials } from './trials.ts';
import { isCapacity } from './verdict.ts';

/** Of the routes that a process may want at a time; more than anyone configures. */
const MOST_WANTS = 200;

export function standingAfter(before: StandingState, told: Told, now: number): StandingState {
  const { process, routes, probes, uses, scale } = told;
  let state = withScale(before, scale);
  for (const report of routes) state = reportAfter(state, process, report, now);
  for (const outcome of probes) state = probed(state, process, outcome, now);
  const used = usesAfter(state, uses, now);
  state = told.leaving === true ? withoutProcess(used.state, process) : used.state;
  const wants = told.leaving === true ? [] : routes.filter((report) => report.wants === true);
  return {
    ...settled(state, now),
    asked: { process, wants: wants.slice(0, MOST_WANTS).map(placeOf), granted: used.granted },
  };
}

function withScale(state: StandingState, scale: number | undefined): StandingState {
  const isNew = scale !== undefined && scale > 0 && Number.isFinite(scale) && scale !== state.scale;
  return isNew ? { ...state, scale } : state;
}

function placeOf({ credential, model, tier, project, baseUrl }: RouteReport): Place {
  return { credential, model, tier, project, baseUrl };
}

/** What a trial came to is told first: what else the report says is then about what stands. */
function reportAfter(
  before: StandingState,
  process: string,
  report: RouteReport,
  now: number,
): StandingState {
  let state = before;
  for (const end of report.trials) {
    state = credentialTried(breakerTried(holdTried(state, end, now), end, now), end);
  }
  state = disproved(state, report, now);
  state = credentialAfter(state, report, now);
  state = holdsAfter(state, process, report, now);
  return routeAfter(state, report, now);
}

/** A call that a person decided on went through a hold, and well. What a person paused, a person resumes. */
function disproved(before: StandingState, { disproved: ids = [] }: RouteReport, now: number): StandingState {
  return before.holds
    .filter(({ id, branch }) => ids.includes(id) && branch !== 'operator')
    .reduce(
      (state, hold) => withoutHold(state, hold, 'a call that a person decided on went well', now),
      before,
    );
}

function routeAfter(before: StandingState, report: RouteReport, now: number): StandingState {
  const state = withHour(before, report, now);
  const evidence = report.verdicts.findLast(
    (verdict) => isCapacity(verdict.branch) && verdict.evidence !== undefined,
  )?.evidence;
  const known = routeAt(state, report);
  if (report.calls === 0) {
    return known === undefined || evidence === undefined ? state : replaced(state, { ...known, evidence });
  }
  const route = known ?? newRoute(placeOf(report));
  const recent = withCounts(route.recent, report, recentOf(state), now);
  const counted = { ...route, recent, ...(evidence === undefined ? {} : { evidence }) };
  return breakerAfter(withRoute(state, counted), counted, report, now);
}

/** Of a process that says nothing any more: its trials are others'. */
export function withoutTrialsOf(state: StandingState, process: string): StandingState {
  return withoutTrials(state, (trial) => trial.process === process);
}

function withoutProcess(state: StandingState, process: string): StandingState {
  return withoutUser(withoutTrialsOf(state, process), process);
}

/** What follows from the time alone. */
function settled(state: StandingState, now: number): StandingState {
  const tried = withoutTrials(state, (trial) => isLost(trial, now));
  const fared = eachRoute(tried, (after, route) => degradedAfter(after, route, now));
  return withoutOldGrants(withoutIdle(alertsAfter(fared, now), now), now);
}
