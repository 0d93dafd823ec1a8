/**
 * A hold as a generation meets it: what stops its route for everyone, and on how many calls that stands.
 * Attempts of other generations on the same route prove the branch for this one as well (route proof).
 */
import type { StopScope } from './ask.ts';
import type { Branch } from './branch.ts';
import type { Classification } from './classification.ts';
import { finding } from './finding.ts';
import { REASONS } from './reason.ts';
import type { ReasonOf } from './reason.ts';

/** Of a hold that a process keeps by itself, until its governor has heard of it and named it: no word for people. */
export const UNNAMED_HOLD = 'h-new';

export interface RouteStop {
  /** `h-3` */
  readonly id: string;
  readonly scope: { readonly kind: StopScope; readonly key: string };
  /** `operator`: a person paused it; that proves nothing of the route. */
  readonly branch: Branch | 'operator';
  readonly reason: string;
  readonly message: string;
  /** Who paused it. */
  readonly by?: string;
  /** Calls that ended in the cause. */
  readonly calls: number;
  /** `probing` and `trial`: it was resumed and is about to be proved. */
  readonly phase: 'held' | 'probing' | 'trial';
}

/** What its attempts prove, in words; undefined for a person's pause. */
export function routeProofOf({ id, branch, reason, calls, scope }: RouteStop): string | undefined {
  if (branch === 'operator') return undefined;
  const ended = calls === 1 ? '1 call' : `${calls} calls`;
  const hold = id === UNNAMED_HOLD ? 'the hold' : `hold ${id}`;
  return `route proof of ${hold}: ${ended} with this ${scope.kind} ended in ${branch}/${reason}`;
}

/** What a generation comes to that ends behind the stop without having called. */
export function stopFinding({ id, branch, reason, message, by }: RouteStop): Classification {
  const rest = { rule: 'hold', certainty: 'named', billed: 'no' } as const;
  if (branch === 'operator') {
    const who = by === undefined ? 'the route is paused' : `the route is paused by ${by}`;
    return {
      ...finding('unknown', 'unrecognised', { ...rest, message: `${who}: ${message}` }),
      userAction: `Resume the route when the reason is gone: gemini-images routes resume ${id}; then revive it.`,
    };
  }
  return finding(branch, knownReason(branch, reason), { ...rest, message });
}

/** A reason that another release's governor wrote may be none of ours: the branch's first then. */
function knownReason<B extends Branch>(branch: B, reason: string): ReasonOf<B> {
  const known = Object.keys(REASONS[branch]);
  return (known.includes(reason) ? reason : known[0]) as ReasonOf<B>;
}
