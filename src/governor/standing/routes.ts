/** The routes of an account by what was told of them: bounded, the ones that say nothing are forgotten. */
import type { RouteKey } from '../../contract/standing.ts';
import { pruned } from './buckets.ts';
import type { Window } from './buckets.ts';
import type { Place } from './scope.ts';
import { isRoute } from './scope.ts';
import type { RouteState, StandingState } from './state.ts';

const MOST_ROUTES = 100;

/** What the breaker counts in. */
export function minuteOf({ scale }: StandingState): Window {
  return { spanMs: 60_000 * scale, bucketMs: 5_000 * scale };
}

/** What statistics, degraded mode and alerts count in. */
export function recentOf({ scale }: StandingState): Window {
  return { spanMs: 5 * 60_000 * scale, bucketMs: 30_000 * scale };
}

export function routeAt(state: StandingState, key: RouteKey): RouteState | undefined {
  return state.routes.find(({ route }) => isRoute(route, key));
}

export function newRoute({ credential, model, tier, baseUrl }: Place): RouteState {
  return { route: { credential, model, tier }, baseUrl, minute: [], recent: [], countsFrom: 0 };
}

/** Latest used last. */
export function withRoute(state: StandingState, route: RouteState): StandingState {
  const others = state.routes.filter((each) => !isRoute(each.route, route.route));
  return { ...state, routes: [...others, route] };
}

/** The same routes in the same order, each as `change` makes it. */
export function eachRoute(
  state: StandingState,
  change: (state: StandingState, route: RouteState) => StandingState,
): StandingState {
  const routes = state.routes.map(({ route }) => route);
  return routes.reduce((after, key) => {
    const route = routeAt(after, key);
    return route === undefined ? after : change(after, route);
  }, state);
}

export function replaced(state: StandingState, route: RouteState): StandingState {
  return {
    ...state,
    routes: state.routes.map((each) => (isRoute(each.route, route.route) ? route : each)),
  };
}

/** Nothing would be missed. */
function isForgettable(route: RouteState, state: StandingState, now: number): boolean {
  const stands = route.breaker !== undefined || route.degraded !== undefined || route.countsFrom > now;
  return !stands && pruned(route.recent, recentOf(state), now).length === 0;
}

export function withoutIdle(state: StandingState, now: number): StandingState {
  const used = state.routes.filter((route) => !isForgettable(route, state, now));
  return used.length === state.routes.length && used.length <= MOST_ROUTES
    ? state
    : { ...state, routes: used.slice(-MOST_ROUTES) };
}
