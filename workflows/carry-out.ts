/**
 * Carries out what a person decided: a call of their choice, a request with one field changed, or a
 * rejection. What proves impossible is told where it was told, and nothing else changes.
 */
import { withField } from '../src/domain/changed-request.ts';
import type { DecisionRecord, FieldChange } from '../src/domain/decision.ts';
import type { RequestProblem } from '../src/domain/request-problem.ts';
import { shortText } from '../src/domain/short-text.ts';
import type { PolicySnapshot } from '../src/domain/snapshot.ts';
import type { Whereabouts } from '../src/policies/decided.ts';
import { decided } from '../src/policies/decided.ts';
import { worstUsdOf } from '../src/policies/remedies.ts';
import { hasRoom, withinCost } from '../src/policies/situation.ts';
import type { Call } from '../src/policies/step.ts';
import { local } from './activity-options.ts';
import type { Taken } from './desk.ts';
import type { GenerationState } from './state.ts';
import { unchangedOf } from './state.ts';

/** Bytes of a person's words where they stand beside ours. */
const LONGEST_WORDS = 200;

export type CarriedOut =
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'rejected'; readonly why: string }
  /** It was taken and could not be done; what was waited for is waited for still. */
  | { readonly kind: 'refused' };

/** @param at Where it leaves from. */
export async function carryOut(state: GenerationState, at: Whereabouts): Promise<CarriedOut> {
  const { decision, ask, record } = state.desk.take() as Taken;
  if (decision.choice === 'reject') {
    if (ask.branch !== 'operator') state.rejected = [...state.rejected, ask.branch];
    return { kind: 'rejected', why: shortText(`${decision.by}: ${decision.why}`, LONGEST_WORDS) };
  }
  if (decision.change !== undefined) {
    const problem = await change(state, decision.change);
    if (problem !== undefined) return refuse(state, record, problem);
  }
  const call = decided(decision, ask, at, state.snapshot as PolicySnapshot);
  if (call === undefined) return refuse(state, record, 'it is not offered any more');
  const approved = approve(state, record, call);
  // To leave is no word on what stops the route that it leaves to.
  const isOnPath = decision.choice === 'retry' || decision.choice === 'change';
  return { kind: 'call', call: isOnPath ? { ...approved, insists: true } : approved };
}

/** The call with its record: of a route-out it is the approval without which nothing is sent (I4). */
export function approve(state: GenerationState, record: DecisionRecord, call: Call): Call {
  state.taken = record;
  if (record.choice === 'route-out') {
    state.approvals = new Map([...state.approvals, [call.variation.rung, record]]);
  }
  return { ...call, why: shortText(call.why, LONGEST_WORDS) };
}

function refuse(state: GenerationState, record: Taken['record'], answer: string): CarriedOut {
  state.desk.amend(record, answer);
  return { kind: 'refused' };
}

/** Resolves the changed request anew; what speaks against it, in words, and then nothing changed. */
async function change(state: GenerationState, changed: FieldChange): Promise<string | undefined> {
  const { field } = changed;
  const request = withField(state.request, changed);
  const { id: generationId, startedAt, inputs, attempts } = state;
  const before = unchangedOf(state);
  state.enter({ phase: 'checking-quota' });
  const answer = await local['gemini.checkQuota']({
    generationId,
    request,
    startedAt,
    variation: { rung: 0 },
    ...(inputs === undefined ? {} : { inputs }),
  });
  if (answer.kind === 'invalid') return problemWords(answer.problems);
  const { requestDigest } = before.snapshot as PolicySnapshot;
  const snapshot: PolicySnapshot = { ...(answer.snapshot as PolicySnapshot), requestDigest };
  if (snapshot.deadlineAt <= Date.now()) {
    return `deadlineMs: counts from the start of the generation, which was ${new Date(startedAt).toISOString()}: that time is over`;
  }
  const spent = { all: attempts, snapshot };
  if (!hasRoom(spent, 1)) return 'maxAttempts or maxPaidCalls is spent: raise that first';
  if (!withinCost(spent, worstUsdOf(snapshot, { rung: 0 }))) {
    return 'the call could pass maxCostUsd: raise that first';
  }
  state.request = request;
  state.snapshot = snapshot;
  state.unchanged = before;
  // Another ladder has other rungs.
  state.approvals = new Map();
  if (field === 'prompt') state.preparations = state.preparations.filter(({ remedy }) => !isText(remedy));
  return undefined;
}

/** The changed request proved impossible only when it was about to be sent. Returns whether it was one. */
export function takeBack(
  state: GenerationState,
  { move }: Call,
  problems: readonly RequestProblem[],
): boolean {
  const { unchanged, taken } = state;
  if (move.kind !== 'operator' || move.choice !== 'change' || unchanged === undefined) return false;
  Object.assign(state, unchanged);
  state.unchanged = undefined;
  if (taken !== undefined) state.desk.amend(taken, problemWords(problems));
  return true;
}

function problemWords(problems: readonly RequestProblem[]): string {
  return problems.map(({ field, message }) => `${field}: ${message}`).join('; ');
}

function isText(remedy: string): boolean {
  return remedy === 'rewrite' || remedy === 'simplify';
}
