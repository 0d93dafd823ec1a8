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
import type { Attempt } from '../src/domain/attempt.ts';
import type { PolicySnapshot, Rung } from '../src/domain/snapshot.ts';
import { afterRejection } from '../src/policies/ask.ts';
import { nextStep } from '../src/policies/next-step.ts';
import type { AskStep, Call, Step } from '../src/policies/step.ts';
import { activityOutcome } from './activity-outcome.ts';
import { preparing } from './activity-options.ts';
import type { Called } from './calls.ts';
import { callUntilVerdict, keep, lookAgain } from './calls.ts';
import { carryOut, takeBack } from './carry-out.ts';
import { die, Ended, refused, resultOf, stillborn } from './ends.ts';
import { generateInput } from './generate-input.ts';
import { fetchInputs, prepare, upload } from './preparations.ts';
import { shapeProblem } from './shape-problem.ts';
import { GenerationState } from './state.ts';
import { inWords } from './story.ts';
import { rest, waitForSlot, waitForTurn } from './turn.ts';

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
    if (error instanceof Ended) return await die(state, error.end);
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
      throw new Ended(step);
    case 'deliver':
      throw ApplicationFailure.nonRetryable('a delivered attempt was recorded as failed');
  }
}

function decide(state: GenerationState): Step {
  const { attempts, preparations, rejected } = state;
  const circumstances = { now: Date.now(), random: Math.random(), preparations, rejected };
  const last = attempts.at(-1) as Attempt;
  return nextStep(attempts.slice(0, -1), last, state.snapshot as PolicySnapshot, circumstances);
}

async function makeCall(state: GenerationState, call: Call): Promise<Step | GenerationResult> {
  if (await isClosed(state, call)) return decide(state);
  let { ask } = call;
  state.desk.put(ask);
  const { retest = 0, of = 0, move } = call;
  const what = retest === 0 ? `${move.kind} call` : `retest ${retest}/${of}`;
  const until = Date.now() + call.delayMs;
  for (let delayMs = call.delayMs; ; delayMs = Math.max(0, until - Date.now())) {
    const called = (await backOff(state, { ...call, delayMs }, what)) ? DECIDED : await generate(state, call);
    switch (called.kind) {
      case 'given':
        return deliver(state, called.given);
      case 'invalid':
        if (takeBack(state, call, called.problems)) return decide(state);
        throw new Ended(refused(called.problems));
      case 'decided': {
        const done = await carryOut(state);
        if (done.kind === 'call') return done.call;
        // The wait is not over by that: it goes on where it was, with what is still offered.
        if (ask !== undefined && done.kind === 'rejected') ask = afterRejection(ask);
        state.desk.put(ask);
        break;
      }
      case 'recorded':
        state.unchanged = undefined;
        return decide(state);
    }
  }
}

const DECIDED = { kind: 'decided' } as const;

/** Quota, files, and the call itself; while it waits for its turn, a person may decide otherwise. */
async function generate(
  state: GenerationState,
  call: Call,
): Promise<Exclude<Called<Delivery>, { kind: 'wait' }>> {
  const { variation } = call;
  for (;;) {
    if (!(await waitForTurn(state, call))) return DECIDED;
    const { open } = state.desk;
    state.desk.put(undefined);
    const uploaded = await upload(state, call);
    if (uploaded.kind !== 'given') return uploaded;
    const input = generateInput(state, call);
    const { model } = state.rungOf(variation);
    const called = await callUntilVerdict(state, input, {
      summary: `call ${input.n}: ${model}, ${moveSummary(call)}`,
      model,
      callTimeoutMs: variation.callTimeoutMs ?? input.snapshot.callTimeoutMs,
      run: (activities, given) => activities['gemini.generate'](given),
    });
    if (called.kind !== 'wait') return called;
    // Nothing was sent, the fence is open: quota is asked again after the wait.
    state.desk.put(open);
    if (await waitForSlot(state, called.wait)) return DECIDED;
  }
}

/** Prepares another rung; one that proves closed is taken off the ladder, and the policies are asked again. */
async function isClosed(state: GenerationState, { variation, move, why }: Call): Promise<boolean> {
  const { snapshot, request } = state;
  if (snapshot === undefined || state.attempts.length === 0) return false;
  // A changed request has a ladder of its own, which the worker has just made.
  if (move.kind === 'operator' && move.choice === 'change') return false;
  if (variation.rung === state.last.variation.rung) return false;
  const to = rungWords(state.rungOf(variation));
  const phase = { phase: 'falling-back', to, why } as const;
  for (;;) {
    state.enter(phase);
    try {
      const answer = await preparing(`fall back to ${to}: ${why}`.slice(0, 200))['gemini.fallBack']({
        generationId: state.id,
        request,
        snapshot: { rungs: snapshot.rungs },
        variation,
      });
      if (answer.kind === 'open') return false;
      state.closeRung(variation.rung);
      const approval = state.approvals.get(variation.rung);
      if (approval !== undefined) state.desk.amend(approval, `${to} is closed: ${answer.why}`);
      return true;
    } catch (error) {
      const outcome = activityOutcome(error);
      if (outcome.kind === 'cancelled') throw error;
      // Nobody said that it is closed: a deployment's gap must not eat a rung, least of all an approved one.
      await lookAgain(state, state.nextN, outcome.kind === 'again' ? outcome.why : outcome.kind, phase);
    }
  }
}

function rungWords({ model, tier, route, kind }: Rung): string {
  const isElsewhere = kind === 'route-out' || kind === 'endpoint';
  return `${model}${tier === 'standard' ? '' : ` ${tier}`}${isElsewhere ? ` by ${route}` : ''}`;
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
async function askPerson(state: GenerationState, { ask, end }: AskStep): Promise<Step> {
  const { why, expiresAt: until, hold: scope, branch, reason } = ask;
  const summary = `${branch}/${reason}: a person decides, until ${new Date(until).toISOString()}`;
  for (;;) {
    state.desk.put(ask);
    state.enter(
      scope === undefined ? { phase: 'awaiting-operator', until, why } : { phase: 'held', scope, until, why },
    );
    const left = Math.max(1, until - Date.now());
    if (!(await condition(() => state.desk.isDecided, left, { summary }))) break;
    const done = await carryOut(state);
    if (done.kind === 'call') return done.call;
    if (done.kind === 'rejected') return { ...end, cause: 'rejected', why: `decided against by ${done.why}` };
  }
  state.desk.put(undefined);
  return { ...end, cause: 'deadline', why: `nobody decided before the deadline; ${end.why}` };
}

function deliver(state: GenerationState, delivery: Delivery): GenerationResult {
  // The answer came all the same, was stored and is booked (I10), also when it was cancelled meanwhile.
  keep(state, delivery.attempt);
  state.enter({ phase: 'done' });
  return resultOf(state, delivery);
}

function moveSummary({ move, retest, of }: Call): string {
  if (move.kind === 'retest') return `retest ${retest}/${of}`;
  if (move.kind === 'operator') return `${move.choice} decided by a person`;
  return move.kind === 'remedy' ? `${move.remedy} ${move.change}` : move.kind;
}
