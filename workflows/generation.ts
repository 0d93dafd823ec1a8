/**
 * The generation workflow: an interpreter of decisions (design section 6). Activities report,
 * `nextStep` decides, people decide where they are asked; this file does what was decided: waits by
 * durable timers, readies remedies, calls, falls back, asks, ends. It reads no clock and no random but
 * Temporal's (I8).
 *
 * Happy path: start → local `checkQuota` → `generate` → complete, 12 events.
 * Ends: a GenerationResult; an ApplicationFailure `gemini.<branch>` (the dead letter); or cancelled.
 */
import {
  ApplicationFailure,
  CancelledFailure,
  condition,
  defineQuery,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  Delivery,
  GenerationInput,
  GenerationResult,
  GenerationView,
} from '../src/contract/generation.ts';
import { QUERIES } from '../src/contract/names.ts';
import type { FieldChange } from '../src/domain/decision.ts';
import type { PolicySnapshot } from '../src/domain/snapshot.ts';
import { decided } from '../src/policies/decided.ts';
import { nextStep } from '../src/policies/next-step.ts';
import type { AskStep, Call, Step } from '../src/policies/step.ts';
import { activityOutcome } from './activity-outcome.ts';
import { local, preparing } from './activity-options.ts';
import type { Called } from './calls.ts';
import { callUntilVerdict, keep, rest, waitForTurn } from './calls.ts';
import type { Taken } from './desk.ts';
import { die, refused, resultOf, stillborn } from './ends.ts';
import { generateInput } from './generate-input.ts';
import { fetchInputs, prepare, upload } from './preparations.ts';
import { shapeProblem } from './shape-problem.ts';
import { GenerationState, isCancelled } from './state.ts';
import { inWords } from './story.ts';

const describeQuery = defineQuery<GenerationView>(QUERIES.describe);

const FIRST_CALL: Call = {
  kind: 'call',
  delayMs: 0,
  variation: { rung: 0 },
  move: { kind: 'first' },
  why: 'first call',
};

export async function geminiGeneration(input: GenerationInput): Promise<GenerationResult> {
  const { workflowId } = workflowInfo();
  const problem = shapeProblem(input);
  if (problem !== undefined) throw stillborn(workflowId, refused([problem]));
  const state = new GenerationState(workflowId, input);
  setHandler(describeQuery, () => state.view(), {
    description:
      'Phase, attempts so far, cost, what may be decided, and a sentence safe to show an end user.',
  });
  state.desk.listen();
  return await run(state);
}

async function run(state: GenerationState): Promise<GenerationResult> {
  try {
    await fetchInputs(state);
    for (let step: Step = FIRST_CALL; ;) {
      const next: Step | GenerationResult = await take(state, step);
      if (!('kind' in next)) return next;
      step = next;
    }
  } catch (error) {
    if (isCancellation(error)) state.enter({ phase: 'cancelled' });
    throw error;
  }
}

/** Takes one step; gives the next one, or the result. */
async function take(state: GenerationState, step: Step): Promise<Step | GenerationResult> {
  switch (step.kind) {
    case 'call':
      return await makeCall(state, step);
    case 'prepare':
      await backOff(state, step, `second try to ${step.remedy}`);
      await prepare(state, step);
      return decide(state);
    case 'ask':
      return await askPerson(state, step);
    case 'end':
      return await die(state, step);
    case 'deliver':
      throw ApplicationFailure.nonRetryable('a delivered attempt was recorded as failed');
  }
}

function decide(state: GenerationState): Step {
  const { attempts, preparations, rejected } = state;
  const snapshot = state.snapshot as PolicySnapshot;
  const last = attempts.at(-1);
  // Nothing was called yet: a person decided while the first call waited for its turn.
  if (last === undefined) return FIRST_CALL;
  const circumstances = { now: Date.now(), random: Math.random(), preparations, rejected };
  return nextStep(attempts.slice(0, -1), last, snapshot, circumstances);
}

async function makeCall(state: GenerationState, call: Call): Promise<Step | GenerationResult> {
  if (await isClosed(state, call)) return decide(state);
  state.desk.put(call.ask);
  const { retest = 0, of = 0, move } = call;
  const what = retest === 0 ? `${move.kind} call` : `retest ${retest}/${of}`;
  const isDecided = await backOff(state, call, what);
  if (isDecided) return await carryOut(state);
  const called = await generate(state, call);
  if (called.kind === 'given') return deliver(state, called.given);
  if (called.kind === 'decided') return await carryOut(state);
  return decide(state);
}

/** Quota, files, and the call itself. */
async function generate(state: GenerationState, call: Call): Promise<Called<Delivery>> {
  const { variation } = call;
  if (!(await waitForTurn(state, call))) return { kind: 'decided' };
  state.desk.put(undefined);
  const uploaded = await upload(state, call);
  if (uploaded.kind !== 'given') return uploaded;
  const input = generateInput(state, call);
  const { model } = state.rungOf(variation);
  return await callUntilVerdict(state, input, {
    summary: `call ${input.n}: ${model}, ${moveSummary(call)}`,
    model,
    callTimeoutMs: variation.callTimeoutMs ?? input.snapshot.callTimeoutMs,
    asksQuota: true,
    run: (activities, given) => activities['gemini.generate'](given),
  });
}

/** Prepares another rung; one that proves closed is taken off the ladder, and the policies are asked again. */
async function isClosed(state: GenerationState, { variation, move, why }: Call): Promise<boolean> {
  const { snapshot, request } = state;
  if (snapshot === undefined || state.attempts.length === 0) return false;
  // A changed request has a ladder of its own, which the worker has just made.
  if (move.kind === 'operator' && move.choice === 'change') return false;
  if (variation.rung === state.last.variation.rung) return false;
  const { model, tier, route, kind } = state.rungOf(variation);
  const to = [
    model,
    ...(tier === 'standard' ? [] : [tier]),
    ...(kind === 'route-out' || kind === 'endpoint' ? [`by ${route}`] : []),
  ].join(' ');
  state.enter({ phase: 'falling-back', to, why });
  try {
    const answer = await preparing(`fall back to ${to}: ${why}`.slice(0, 200))['gemini.fallBack']({
      generationId: state.id,
      request,
      snapshot: { rungs: snapshot.rungs },
      variation,
    });
    if (answer.kind === 'open') return false;
  } catch (error) {
    if (activityOutcome(error).kind === 'cancelled') throw error;
  }
  state.closeRung(variation.rung);
  return true;
}

/** @returns Whether a person decided before the wait was over. */
async function backOff(
  state: GenerationState,
  { delayMs, why, ...step }: Pick<Call, 'delayMs' | 'why' | 'retest' | 'of'>,
  what: string,
): Promise<boolean> {
  if (delayMs === 0) return false;
  const { model, classification } = state.last;
  const { branch } = classification;
  const { retest = 0, of = 0 } = step;
  state.enter({ phase: 'backing-off', until: Date.now() + delayMs, branch, retest, of, why });
  return await rest(state, delayMs, `${branch}: ${what} of ${model} in ${inWords(delayMs)}`);
}

/** Waits for a person; the deadline ends it as the step says. */
async function askPerson(state: GenerationState, { ask, end }: AskStep): Promise<Step | GenerationResult> {
  const { why, expiresAt: until, hold: scope, branch, reason } = ask;
  state.desk.put(ask);
  state.enter(
    scope === undefined ? { phase: 'awaiting-operator', until, why } : { phase: 'held', scope, until, why },
  );
  const summary = `${branch}/${reason}: a person decides, until ${new Date(until).toISOString()}`;
  const left = Math.max(1, until - Date.now());
  if (await condition(() => state.desk.isDecided, left, { summary })) return await carryOut(state, end);
  state.desk.put(undefined);
  const late = 'nobody decided before the deadline';
  return await die(state, { ...end, cause: 'deadline', why: `${late}; ${end.why}` });
}

/** What was decided: a call, a changed request, or a rejection that ends what waited for it alone. */
async function carryOut(state: GenerationState, end?: AskStep['end']): Promise<Step | GenerationResult> {
  const { decision, ask, record } = state.desk.take() as Taken;
  if (decision.choice === 'reject') {
    state.rejected = [...state.rejected, ask.branch];
    const why = `${decision.by} decided against going on: ${decision.why}`;
    return end === undefined ? decide(state) : { ...end, cause: 'rejected', why };
  }
  if (decision.change !== undefined) {
    const problem = await change(state, decision.change);
    if (problem !== undefined) {
      state.desk.amend(record, problem);
      return decide(state);
    }
  }
  const call = decided(decision, ask, state.last, state.snapshot as PolicySnapshot);
  if (call === undefined) return decide(state);
  if (decision.choice === 'route-out') state.approvals.set(call.variation.rung, record);
  return call;
}

/** Resolves the changed request anew; what the worker says against it, in words, and then nothing changed. */
async function change(state: GenerationState, { field, value }: FieldChange): Promise<string | undefined> {
  const request = { ...state.request, [field]: value };
  const { id: generationId, startedAt, inputs, snapshot } = state;
  state.enter({ phase: 'checking-quota' });
  const answer = await local['gemini.checkQuota']({
    generationId,
    request,
    startedAt,
    variation: { rung: 0 },
    ...(inputs === undefined ? {} : { inputs }),
  });
  if (answer.kind === 'invalid') {
    return answer.problems.map((problem) => `${problem.field}: ${problem.message}`).join('; ');
  }
  const { requestDigest } = snapshot as PolicySnapshot;
  state.request = request;
  state.snapshot = { ...(answer.snapshot as PolicySnapshot), requestDigest };
  state.approvals.clear();
  if (field === 'prompt') state.preparations = state.preparations.filter(({ remedy }) => !isText(remedy));
  return undefined;
}

function isText(remedy: string): boolean {
  return remedy === 'rewrite' || remedy === 'simplify';
}

function deliver(state: GenerationState, delivery: Delivery): GenerationResult {
  keep(state, delivery.attempt);
  // The answer came all the same, was stored and is booked (I10); nobody waits for it any more.
  if (isCancelled()) {
    throw new CancelledFailure('the generation was cancelled while its answer was being stored');
  }
  state.enter({ phase: 'done' });
  return resultOf(state, delivery);
}

function moveSummary({ move, retest, of }: Call): string {
  if (move.kind === 'retest') return `retest ${retest}/${of}`;
  if (move.kind === 'operator') return `${move.choice} decided by a person`;
  return move.kind === 'remedy' ? `${move.remedy} ${move.change}` : move.kind;
}
