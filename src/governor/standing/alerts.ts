/** Alerts with hysteresis: raised above one share, cleared below a lower one, so that they do not blink. */
import type { AlertKind } from '../../contract/standing.ts';
import type { Counts } from './buckets.ts';
import { limitedCalls, sum } from './buckets.ts';
import { withEvent } from './events.ts';
import { recentOf } from './routes.ts';
import { modelWords } from './scope.ts';
import type { StandingState } from './state.ts';

interface Thresholds {
  readonly raise: (share: number) => boolean;
  readonly clear: (share: number) => boolean;
}

const THRESHOLDS: Readonly<Record<AlertKind, Thresholds>> = {
  'quota-80': { raise: (share) => share >= 0.8, clear: (share) => share < 0.6 },
  'share-429': { raise: (share) => share > 0.1, clear: (share) => share < 0.05 },
  'share-503': { raise: (share) => share > 0.25, clear: (share) => share < 0.12 },
};
const SHARES = [
  ['share-429', limitedCalls],
  ['share-503', ({ failures }: Counts) => failures.capacity ?? 0],
] as const;
/** A share of fewer says nothing. */
const FEWEST_CALLS = 10;
const MOST_ALERTS = 100;

/** How much of a dimension is in use: `subject` names the lane and the dimension, `share` is 0–1 or more. */
export function quotaUse(state: StandingState, subject: string, share: number, now: number): StandingState {
  return alerted(state, 'quota-80', subject, share, true, now);
}

/** The shares of 429 and 503 of each model, over all its credentials. */
export function alertsAfter(before: StandingState, now: number): StandingState {
  const byModel = new Map<string, Counts[]>();
  for (const { route, recent } of before.routes) {
    const subject = modelWords(route);
    const counts = byModel.get(subject) ?? [];
    byModel.set(subject, [...counts, sum(recent, recentOf(before), now)]);
  }
  let state = before;
  for (const [kind, of] of SHARES) {
    for (const [subject, counts] of byModel) {
      const calls = counts.reduce((n, each) => n + each.calls, 0);
      const failed = counts.reduce((n, each) => n + of(each), 0);
      state = alerted(state, kind, subject, calls === 0 ? 0 : failed / calls, calls >= FEWEST_CALLS, now);
    }
    // A route that was forgotten has nothing to be alarmed about.
    for (const alert of state.alerts) {
      if (alert.kind === kind && !byModel.has(alert.subject))
        state = alerted(state, kind, alert.subject, 0, false, now);
    }
  }
  return state;
}

function alerted(
  state: StandingState,
  kind: AlertKind,
  subject: string,
  value: number,
  mayRaise: boolean,
  now: number,
): StandingState {
  const { raise, clear } = THRESHOLDS[kind];
  const isRaised = state.alerts.some((alert) => alert.kind === kind && alert.subject === subject);
  const why = `${Math.round(value * 100)} %`;
  if (!isRaised && mayRaise && raise(value)) {
    const alert = { kind, subject, since: now, value };
    const alerts = [...state.alerts.slice(1 - MOST_ALERTS), alert];
    return withEvent({ ...state, alerts }, 'alert-raised', `${kind} ${subject}`, why, now);
  }
  if (!isRaised || !clear(value)) return state;
  const alerts = state.alerts.filter((alert) => alert.kind !== kind || alert.subject !== subject);
  return withEvent({ ...state, alerts }, 'alert-cleared', `${kind} ${subject}`, why, now);
}
