/**
 * How each hour of the day fares at a model: calls and capacity failures by hour, UTC, of which a day counts
 * for a tenth less with each day after it. Bounded: 24 hours of the models that were used last. Credentials are
 * not told apart: load is the provider's.
 */
import type { HourCounts } from '../../domain/quiet.ts';
import type { RouteReport } from '../../contract/exchange.ts';
import { capacityFailures } from './buckets.ts';
import type { HoursState, StandingState } from './state.ts';

const HOUR_MS = 3_600_000;
const HOURS = 24;
const MOST_MODELS = 8;
const KEPT_A_DAY = 0.9;
/** After so many days nothing is left that anyone would go by. */
const LONGEST_DAYS = 60;

type Fared = Pick<RouteReport, 'model' | 'tier' | 'calls' | 'failures'>;

export function withHour(state: StandingState, report: Fared, now: number): StandingState {
  if (report.calls <= 0) return state;
  const { hours = [] } = state;
  const known = hours.find((each) => isSame(each, report));
  const day = dayOf(now);
  const aged = known === undefined ? fresh(report, day) : agedTo(known, day);
  const hour = Math.floor(now / HOUR_MS) % HOURS;
  const counted: HoursState = {
    ...aged,
    calls: added(aged.calls, hour, report.calls),
    capacity: added(aged.capacity, hour, Math.min(report.calls, capacityFailures(report))),
  };
  const others = hours.filter((each) => !isSame(each, report));
  return { ...state, hours: [...others, counted].slice(-MOST_MODELS) };
}

export function hoursView({ hours = [] }: StandingState, now: number): readonly HourCounts[] {
  return hours.map((each) => {
    const { model, tier, calls, capacity } = agedTo(each, dayOf(now));
    return { model, tier, calls: calls.map(rounded), capacity: capacity.map(rounded) };
  });
}

function isSame(one: Pick<HoursState, 'model' | 'tier'>, other: Pick<HoursState, 'model' | 'tier'>): boolean {
  return one.model === other.model && one.tier === other.tier;
}

function fresh({ model, tier }: Fared, day: number): HoursState {
  const nothing = Array<number>(HOURS).fill(0);
  return { model, tier, day, calls: nothing, capacity: nothing };
}

/** A clock that was set back ages nothing. */
function agedTo(state: HoursState, day: number): HoursState {
  const days = Math.min(LONGEST_DAYS, day - state.day);
  if (days <= 0) return state;
  let kept = 1;
  for (let n = 0; n < days; n += 1) kept *= KEPT_A_DAY;
  const less = (n: number): number => Math.round(n * kept * 1_000) / 1_000;
  return { ...state, day, calls: state.calls.map(less), capacity: state.capacity.map(less) };
}

function added(counts: readonly number[], hour: number, more: number): readonly number[] {
  return counts.map((n, i) => (i === hour ? n + more : n));
}

function dayOf(now: number): number {
  return Math.floor(now / (HOURS * HOUR_MS));
}

function rounded(n: number): number {
  return Math.round(n * 10) / 10;
}
