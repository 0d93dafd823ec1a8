/**
 * Degraded mode of a route: so many calls fail for want of capacity that a generation which allows another
 * model had better start on that. It ends when the route has been calm for as long as it was watched.
 */
import type { Degraded, RouteKey } from '../../contract/standing.ts';
import { capacityFailures, sum } from './buckets.ts';
import { withEvent } from './events.ts';
import { recentOf, replaced, routeAt } from './routes.ts';
import { modelWords } from './scope.ts';
import type { RouteState, StandingState } from './state.ts';

const BEGINS_ABOVE = 0.3;
const ENDS_BELOW = 0.1;
/** A share of fewer says nothing. */
const FEWEST_CALLS = 10;

export function degradedAfter(state: StandingState, route: RouteState, now: number): StandingState {
  const window = recentOf(state);
  const counts = sum(route.recent, window, now);
  const { calls } = counts;
  const share = calls === 0 ? 0 : capacityFailures(counts) / calls;
  const { degraded } = route;
  const subject = modelWords(route.route);
  if (degraded === undefined) {
    if (calls < FEWEST_CALLS || share <= BEGINS_ABOVE) return state;
    const began = replaced(state, { ...route, degraded: { since: now, share, calls } });
    return withEvent(
      began,
      'degraded-began',
      subject,
      `${percent(share)} of ${calls} calls in 5 minutes failed for want of capacity`,
      now,
    );
  }
  if (share >= ENDS_BELOW) {
    const { calmSince: _calmSince, ...rest } = degraded;
    return degraded.calmSince === undefined ? state : replaced(state, { ...route, degraded: rest });
  }
  const calmSince = degraded.calmSince ?? (calls === 0 ? emptySince(route, window.spanMs, now) : now);
  if (now - calmSince < window.spanMs) {
    return calmSince === degraded.calmSince
      ? state
      : replaced(state, { ...route, degraded: { ...degraded, calmSince } });
  }
  return ended(state, route, `below ${percent(ENDS_BELOW)} for 5 minutes`, now);
}

/** Nobody called lately: calm since the last call left the window, whenever that is noticed. */
function emptySince({ recent, degraded }: RouteState, spanMs: number, now: number): number {
  const last = recent.at(-1)?.at ?? degraded?.since ?? now;
  return Math.min(now, last + spanMs);
}

export function endDegraded(
  state: StandingState,
  key: RouteKey,
  why: string,
  now: number,
): StandingState | undefined {
  const route = routeAt(state, key);
  // What was counted before must not begin it again at the next report.
  return route?.degraded === undefined ? undefined : ended(state, { ...route, recent: [] }, why, now);
}

function ended(state: StandingState, route: RouteState, why: string, now: number): StandingState {
  const { degraded: _degraded, ...rest } = route;
  return withEvent(replaced(state, rest), 'degraded-ended', modelWords(route.route), why, now);
}

export function degradedView({ route, degraded, evidence }: RouteState): readonly Degraded[] {
  if (degraded === undefined) return [];
  const { since, share, calls } = degraded;
  return [{ route, since, share, calls, ...(evidence === undefined ? {} : { evidence }) }];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
