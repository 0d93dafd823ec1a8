/**
 * Whether a credential works at all: until an answer says so, only a few calls go at a time in the whole
 * fleet, so that a leaked or mistyped key costs three calls and not three hundred.
 */
import type { RouteReport, TrialEnd } from '../../contract/exchange.ts';
import { failuresOf } from './buckets.ts';
import type { CredentialState, StandingState } from './state.ts';
import { provesCredential } from './verdict.ts';

const MOST_CREDENTIALS = 20;

export function credentialAfter(state: StandingState, report: RouteReport, now: number): StandingState {
  const isUsed = report.calls > 0 || report.wants === true || report.unrefused === true;
  if (state.callsUnproved === 0 || !isUsed) return state;
  const { credential } = report;
  const known = state.credentials.find((each) => each.credential === credential);
  const before: CredentialState = known ?? { credential, seenAt: now, trials: [] };
  const isProved = before.provedAt === undefined && proves(report);
  const after: CredentialState = {
    ...before,
    seenAt: now,
    ...(isProved ? { provedAt: now, trials: [] } : {}),
  };
  const others = state.credentials.filter((each) => each !== known);
  // Those not used for longest are forgotten: used again, they are tried again.
  return { ...state, credentials: [...others, after].slice(-MOST_CREDENTIALS) };
}

function proves(report: RouteReport): boolean {
  const failures = failuresOf(report);
  const failed = failures.reduce((sum, [, n]) => sum + n, 0);
  return (
    report.unrefused === true ||
    report.calls > failed ||
    failures.some(([branch, n]) => n > 0 && provesCredential(branch))
  );
}

export function credentialTried(state: StandingState, end: TrialEnd): StandingState {
  const credentials = state.credentials.map((each) =>
    each.trials.some(({ id }) => id === end.trial)
      ? { ...each, trials: each.trials.filter(({ id }) => id !== end.trial) }
      : each,
  );
  return { ...state, credentials };
}

/** Nothing has proved it, and no hold covers it that would be tried on its own. */
export function isUnproved(state: StandingState, { credential, provedAt }: CredentialState): boolean {
  if (state.callsUnproved === 0 || provedAt !== undefined) return false;
  return !state.holds.some(
    ({ scope, branch }) => branch !== 'operator' && scope.kind === 'credential' && scope.key === credential,
  );
}
