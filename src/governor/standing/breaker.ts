/**
 * One breaker for each route, shared by the fleet: it opens when a minute's calls fail by the route's own
 * fault, lets one waiting generation through once its time is over, and closes when that went well.
 */
import type { RouteReport, TrialEnd } from '../../contract/exchange.ts';
import type { Breaker } from '../../contract/standing.ts';
import type { Branch } from '../../domain/branch.ts';
import type { Counts } from './buckets.ts';
import { capacityFailures, failuresOf, sum, withCounts } from './buckets.ts';
import { withEvent } from './events.ts';
import { minuteOf, replaced } from './routes.ts';
import { modelWords } from './scope.ts';
import type { BreakerState, RouteState, StandingState } from './state.ts';
import { withoutTrial } from './trials.ts';
import { isCapacity, worth } from './verdict.ts';

/** Fewer failures are bad luck; a smaller share is what retests and fallbacks are for. */
const OPENS_AT = { failures: 5, share: 0.5 } as const;
/** Overload often passes within seconds; a longer one is tried at most every 2 min, when it ends soon enough. */
const FIRST_OPEN_MS = 15_000;
const LONGEST_OPEN_MS = 120_000;
/** After a closing what was on its way is still told: one exchange's worth of failures from before. */
const SETTLE_MS = 5_000;

/** Counts a report, and opens where that is too much. */
export function breakerAfter(
  state: StandingState,
  route: RouteState,
  report: RouteReport,
  now: number,
): StandingState {
  if (route.breaker !== undefined || now < route.countsFrom || report.calls === 0) return state;
  const window = minuteOf(state);
  const minute = withCounts(route.minute, report, window, now);
  const counts = sum(minute, window, now);
  const failures = capacityFailures(counts);
  if (failures < OPENS_AT.failures || failures < OPENS_AT.share * counts.calls) {
    return replaced(state, { ...route, minute });
  }
  const openMs = FIRST_OPEN_MS * state.scale;
  const branch = mostFrequent(counts);
  const breaker = { since: now, tryAt: now + openMs, openMs, failures, calls: counts.calls, branch };
  const why = `${failures} of ${counts.calls} calls within a minute ended in ${branch} or the like; next try in ${secondsOf(openMs)}`;
  const opened = replaced(state, { ...route, minute: [], breaker });
  return withEvent(opened, 'breaker-opened', modelWords(route.route), why, now);
}

function mostFrequent(counts: Counts): Branch {
  const [first] = failuresOf(counts)
    .filter(([branch]) => isCapacity(branch))
    .sort(([, a], [, b]) => b - a);
  return first?.[0] ?? 'capacity';
}

/** What became of the generation that was let through. */
export function breakerTried(state: StandingState, end: TrialEnd, now: number): StandingState {
  const route = state.routes.find(({ breaker }) => breaker?.trial?.id === end.trial);
  if (route?.breaker === undefined) return state;
  const { breaker, ...closed } = route;
  const subject = modelWords(route.route);
  const ended = end.unused === true ? 'other' : worth(end.verdict, ({ branch }) => isCapacity(branch));
  switch (ended) {
    case 'well': {
      const countsFrom = now + SETTLE_MS * state.scale;
      const why = `the trial ended ${end.verdict === undefined ? 'well' : `in ${end.verdict.branch}: the model answers`}`;
      const after = replaced(state, { ...closed, minute: [], countsFrom });
      return withEvent(after, 'breaker-closed', subject, why, now);
    }
    case 'cause': {
      const openMs = Math.min(breaker.openMs * 2, LONGEST_OPEN_MS * state.scale);
      const again = { ...withoutTrial(breaker), openMs, tryAt: now + openMs };
      const why = `the trial ended in ${end.verdict?.branch}; next try in ${secondsOf(openMs)}`;
      return withEvent(replaced(state, { ...route, breaker: again }), 'breaker-opened', subject, why, now);
    }
    case 'other':
      return replaced(state, { ...route, breaker: withoutTrial(breaker) });
  }
}

export function breakerView({ route, breaker, evidence }: RouteState, now: number): readonly Breaker[] {
  if (breaker === undefined) return [];
  const { since, tryAt, failures, calls, branch } = breaker;
  const phase = isDue(breaker, now) ? 'half-open' : 'open';
  return [
    { route, phase, since, tryAt, failures, calls, branch, ...(evidence === undefined ? {} : { evidence }) },
  ];
}

export function isDue({ tryAt }: BreakerState, now: number): boolean {
  return now >= tryAt;
}

function secondsOf(ms: number): string {
  return `${Math.ceil(ms / 1_000)} s`;
}
