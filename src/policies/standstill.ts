/**
 * What a generation does when its next call cannot go: its route is stopped for everyone (a hold), or its
 * turn would come after the deadline. It may not have called at all, so nothing here looks for a last
 * attempt. Pure and total, like `next-step.ts`.
 *
 * - An allowed rung is taken at once where the stop's policy has one: route proof is proof.
 * - Else a person is asked, with the route's evidence in place of an attempt's (I12).
 * - Who is not to be asked (`routeOut: 'never'`) ends where its own attempt would have ended it.
 */
import type { Ask, AskOption } from '../domain/ask.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { Branch } from '../domain/branch.ts';
import { isStopBranch } from '../domain/branch.ts';
import type { Classification } from '../domain/classification.ts';
import type { RouteStop } from '../domain/route-stop.ts';
import { routeProofOf, stopFinding } from '../domain/route-stop.ts';
import { shortText } from '../domain/short-text.ts';
import type { PolicySnapshot } from '../domain/snapshot.ts';
import { asksAPersonFor, routeOuts } from './ask.ts';
import { POLICIES } from './index.ts';
import { climb, freeRung, mayLeave, remedyCall, RUNG_REMEDIES, worstUsdOf } from './remedies.ts';
import { hasRoom, imageAttempts, sinceLastChange, withinCost } from './situation.ts';
import type { Call, End } from './step.ts';

/** Bytes of why it waits, which memo, details and summaries tell. */
const LONGEST_WHY = 600;

export interface Standstill {
  /** All attempts so far; there may be none. */
  readonly attempts: readonly Attempt[];
  /** The call that cannot go. */
  readonly call: Call;
  readonly snapshot: PolicySnapshot;
  /** Branches for which a person refused a route-out. */
  readonly rejected: readonly Branch[];
  /** Rungs that are stopped as well. */
  readonly stopped: readonly number[];
}

/** Waits beside what is asked, if anything is; at the deadline it ends as `end` says. */
export interface StandBy {
  readonly kind: 'stand-by';
  readonly ask?: Ask;
  readonly end: End;
  readonly why: string;
}

export interface Stopped {
  readonly hold: RouteStop;
  /** One line for people. */
  readonly why: string;
  /** SHA-256 of the evidence that the hold stands on. */
  readonly evidence: string;
}

export function whenHeld(at: Standstill, stop: Stopped): Call | StandBy | End {
  const { hold } = stop;
  const proof = routeProofOf(hold);
  const away = hold.phase === 'held' ? allowedRung(at, hold, proof) : undefined;
  if (away !== undefined) return away;
  const words = proof === undefined ? stop.why : `${stop.why}; ${proof}`;
  const why = shortText(words.replace(/\s+/g, ' '), LONGEST_WHY);
  const end: End = { kind: 'end', cause: 'stop-branch', classification: stopFinding(hold), why };
  const ask = heldAsk(at, stop, why, proof);
  // A pause ends when a person ends it, and what was resumed is about to be proved: worth a wait unasked.
  const endsByItself = hold.branch === 'operator' || hold.phase !== 'held' || !isStopBranch(hold.branch);
  if (ask === undefined && !endsByItself) return end;
  return { kind: 'stand-by', end, why, ...(ask === undefined ? {} : { ask }) };
}

/** What nextStep would take after a proved attempt. */
function allowedRung(at: Standstill, { branch, id }: RouteStop, proof: string | undefined): Call | undefined {
  if (branch === 'operator' || proof === undefined) return undefined;
  const { attempts, call, snapshot } = at;
  const spent = { all: attempts, snapshot };
  if (!hasRoom(spent, 1)) return undefined;
  const not = new Set([...taken(at), ...at.stopped]);
  const from = snapshot.rungs[call.variation.rung];
  for (const remedy of POLICIES[branch].remedies) {
    const kind = RUNG_REMEDIES.find((each) => each === remedy && mayLeave(each, branch, snapshot));
    for (;;) {
      const index = kind && freeRung(snapshot, kind, call.variation, not);
      if (kind === undefined || index === undefined) break;
      not.add(index);
      const { variation, to } = climb(snapshot, call.variation, index);
      if (!withinCost(spent, worstUsdOf(snapshot, variation))) continue;
      const change = `${from?.model ?? call.variation.rung} → ${to} (${branch}, hold ${id})`;
      return remedyCall(variation, kind, change, `${proof}; the request allows ${to}`);
    }
  }
  return undefined;
}

function heldAsk(
  at: Standstill,
  { hold, evidence }: Stopped,
  why: string,
  proof: string | undefined,
): Ask | undefined {
  const { branch, reason, scope, id, calls } = hold;
  if (at.snapshot.permits?.ask !== true) return undefined;
  // A pause proves nothing: it is a person's word, and so is its end.
  const routes = branch !== 'operator' && asksAPersonFor(branch) ? waysOut(at, branch) : [];
  return {
    branch,
    reason,
    why,
    proof: calls,
    of: 1,
    evidence,
    // It goes by itself once the hold is gone; a person may know that it is, and one call shows it.
    options: [...routes, ...retryOption(at), { choice: 'change' }, { choice: 'reject' }],
    expiresAt: at.snapshot.deadlineAt,
    userAction: stopFinding(hold).userAction,
    hold: scope.kind,
    holdId: id,
    ...(proof === undefined ? {} : { routeProof: proof }),
  };
}

function retryOption({ attempts, call, snapshot }: Standstill): readonly AskOption[] {
  const spent = { all: attempts, snapshot };
  const worstUsd = worstUsdOf(snapshot, call.variation);
  return hasRoom(spent, 1) && withinCost(spent, worstUsd) ? [{ choice: 'retry', worstUsd }] : [];
}

export interface Late {
  /** What it comes to when nobody sends it elsewhere. */
  readonly end: End;
  /** SHA-256 of the numbers. */
  readonly evidence: string;
  /** What was asked beside the wait. */
  readonly asked?: Ask;
}

/**
 * A wait past the deadline is refused now (I5), unless a person could send it elsewhere: the numbers of the
 * queue stand for every call on the route, which is proof enough for a person and never for a remedy
 * (docs/decisions/0024).
 */
export function whenLate(at: Standstill, { end, evidence, asked }: Late): StandBy | End {
  const { branch, reason } = end.classification;
  const routes = waysOut(at, branch);
  if (at.snapshot.permits?.ask !== true) return end;
  const before = asked?.options.filter(({ choice }) => choice === 'route-out') ?? [];
  if (routes.length === 0 && before.length === 0) return end;
  const options: readonly AskOption[] = [
    ...(before.length > 0 ? before : routes),
    { choice: 'change' },
    { choice: 'reject' },
  ];
  const why = shortText(end.why, LONGEST_WHY);
  // What its own attempts proved is asked on as it was before the wait proved too long.
  const ask: Ask =
    asked !== undefined && before.length > 0
      ? { ...asked, options, why }
      : {
          branch,
          reason,
          why,
          proof: 0,
          of: 1,
          routeProof: `route proof by numbers: ${end.classification.message}`,
          evidence,
          options,
          expiresAt: at.snapshot.deadlineAt,
          userAction: end.classification.userAction,
        };
  return { kind: 'stand-by', ask, end, why };
}

function waysOut(at: Standstill, branch: Classification['branch']): readonly AskOption[] {
  const { attempts, snapshot, rejected, stopped } = at;
  const not = [...stopped, at.call.variation.rung];
  return routeOuts({ all: attempts, trail: trailOf(at), snapshot, rejected, branch, not });
}

function trailOf({ attempts }: Standstill): readonly Attempt[] {
  return sinceLastChange(imageAttempts(attempts));
}

function taken(at: Standstill): readonly number[] {
  return [...trailOf(at).map(({ variation }) => variation.rung), at.call.variation.rung];
}
