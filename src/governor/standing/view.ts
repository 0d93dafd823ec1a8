/** How an account's routes stand, for people. */
import type { RouteStatistics, StandingView } from '../../contract/standing.ts';
import { breakerView } from './breaker.ts';
import { capacityFailures, limitedCalls, sum } from './buckets.ts';
import { degradedView } from './degraded.ts';
import { grantView } from './grants.ts';
import { holdView } from './holds.ts';
import { hoursView } from './hours.ts';
import { recentOf } from './routes.ts';
import type { RouteState, StandingState } from './state.ts';

export function standingView(state: StandingState, now: number): StandingView {
  const { holds, routes, grants, alerts, events } = state;
  return {
    holds: holds.map(holdView),
    breakers: routes.flatMap((route) => breakerView(route, now)),
    degraded: routes.flatMap(degradedView),
    grants: grants.map(grantView),
    alerts,
    events,
    routes: routes.map((route) => statistics(state, route, now)),
    ...(state.hours === undefined ? {} : { hours: hoursView(state, now) }),
  };
}

function statistics(
  state: StandingState,
  { route, baseUrl, recent }: RouteState,
  now: number,
): RouteStatistics {
  const counts = sum(recent, recentOf(state), now);
  return {
    route,
    baseUrl,
    calls: counts.calls,
    capacityFailures: capacityFailures(counts),
    limited: limitedCalls(counts),
  };
}
