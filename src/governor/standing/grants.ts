/**
 * Grants: an operator's standing approval of a route-out for a cause, within a time and a sum. A use
 * reserves its worst price before anything is sent; the same generation reserves once.
 */
import type { GrantUse } from '../../contract/exchange.ts';
import type { Grant, GovernorCommand } from '../../contract/standing.ts';
import type { Branch } from '../../domain/branch.ts';
import { isBranch } from '../../domain/branch.ts';
import { POLICIES } from '../../policies/index.ts';
import { withEvent } from './events.ts';
import { scopeWords } from './scope.ts';
import type { GrantState, StandingState } from './state.ts';

const MOST_OPEN = 20;
/** Those that ended are shown for a while. */
const MOST_GRANTS = 30;
const USERS_REMEMBERED = 200;
const EVIDENCE = /^[0-9a-f]{12,64}$/;

/** A person may leave the route, each time anew: a withheld image must not wander off by itself. */
const NEVER_AUTOMATIC: readonly Branch[] = ['safety-image'];

type GrantCommand = Extract<GovernorCommand, { kind: 'grant' }>;

/** @returns Why it cannot be granted, in words. */
export function granted(state: StandingState, command: GrantCommand, now: number): StandingState | string {
  const problem = problemOf(state, command, now);
  if (problem !== undefined) return problem;
  const { cause, route, until, maxCostUsd, evidence, by, why } = command;
  const n = state.numbered.grants + 1;
  const grant: GrantState = {
    ...{ id: `g-${n}`, cause, route, until, maxCostUsd, spentUsd: 0, uses: 0 },
    ...{ by, why, evidence, grantedAt: now, users: [] },
  };
  const grants = [...state.grants, grant];
  const after = { ...state, numbered: { ...state.numbered, grants: n }, grants };
  return withEvent(after, 'granted', grantWords(grant), `${by}: ${why}`, now);
}

function problemOf(state: StandingState, command: GrantCommand, now: number): string | undefined {
  const { cause, route, until, maxCostUsd, evidence } = command;
  const { branch } = cause;
  if (!isBranch(branch)) return `cause: ${String(branch)} is no branch`;
  if (branch === 'policy') return 'cause: a use-policy verdict never travels to another route';
  if (NEVER_AUTOMATIC.includes(branch)) {
    return `cause: ${branch} leaves its route only by a person's decision on the one generation`;
  }
  const { remedies } = POLICIES[branch];
  if (!remedies.includes('operator') && !remedies.includes('hold')) {
    return `cause: ${branch} is nothing that another route helps with; it goes back to the caller`;
  }
  if (route.trim() === '') return 'route: give the name of the route that is approved';
  if (!(until > now)) return 'until: this time has passed';
  if (!(maxCostUsd > 0 && Number.isFinite(maxCostUsd))) return 'maxCostUsd: give a sum above 0';
  if (!EVIDENCE.test(evidence)) {
    return 'evidence: give the SHA-256 that the details show, or its first 12 characters';
  }
  return state.grants.filter((grant) => isOpen(grant, now)).length >= MOST_OPEN
    ? `grant: ${MOST_OPEN} are open already; revoke one first`
    : undefined;
}

/** @returns Why it cannot be revoked, in words. */
export function revoked(
  state: StandingState,
  id: string,
  { by, why }: { readonly by: string; readonly why: string },
  now: number,
): StandingState | string {
  const grant = state.grants.find((each) => each.id === id);
  if (grant === undefined) return `grant: there is no ${id}`;
  if (grant.revoked !== undefined) return `grant: ${id} was revoked by ${grant.revoked.by} before`;
  if (!(grant.until > now)) return `grant: ${id} has expired`;
  const after = withGrant(state, { ...grant, users: [], revoked: { by, at: now } });
  return withEvent(after, 'revoked', grantWords(grant), `${by}: ${why}`, now);
}

export function isOpen({ until, revoked: ended }: Grant, now: number): boolean {
  return ended === undefined && until > now;
}

/** The ids of the generations whose use stands, told before or now. */
export function usesAfter(
  before: StandingState,
  uses: readonly GrantUse[],
  now: number,
): { readonly state: StandingState; readonly granted: readonly string[] } {
  let state = before;
  const stands: string[] = [];
  for (const { grant: id, generationId, worstUsd } of uses) {
    const grant = state.grants.find((each) => each.id === id);
    if (grant === undefined || !isOpen(grant, now)) continue;
    if (!grant.users.includes(generationId)) {
      const spentUsd = grant.spentUsd + Math.max(0, worstUsd);
      if (!(spentUsd <= grant.maxCostUsd)) continue;
      const users = [...grant.users.slice(1 - USERS_REMEMBERED), generationId];
      state = withGrant(state, { ...grant, spentUsd, uses: grant.uses + 1, users });
    }
    stands.push(generationId);
  }
  return { state, granted: stands };
}

/** Those that ended need not know who used them, and the oldest of them are dropped. */
export function withoutOldGrants(state: StandingState, now: number): StandingState {
  const isFull = ({ users, ...grant }: GrantState): boolean => users.length > 0 && !isOpen(grant, now);
  if (state.grants.length <= MOST_GRANTS && !state.grants.some(isFull)) return state;
  const grants = state.grants.map((grant) => (isFull(grant) ? { ...grant, users: [] } : grant));
  const surplus = grants
    .filter((grant) => !isOpen(grant, now))
    .slice(0, Math.max(0, grants.length - MOST_GRANTS));
  return { ...state, grants: grants.filter((grant) => !surplus.includes(grant)) };
}

function withGrant(state: StandingState, grant: GrantState): StandingState {
  return { ...state, grants: state.grants.map((each) => (each.id === grant.id ? grant : each)) };
}

export function grantView({ users: _users, ...grant }: GrantState): Grant {
  return grant;
}

function grantWords({ id, cause, route }: Grant): string {
  return `${id} ${cause.branch} of ${scopeWords(cause.scope)} → ${route}`;
}
