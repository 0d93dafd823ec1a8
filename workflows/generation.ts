/**
 * The generation workflow: an interpreter of decisions (design section 6). Activities report,
 * `nextStep` decides, people decide where they are asked; this file does what was decided: waits by
 * durable timers, readies remedies, calls, falls back, asks, ends. It reads no clock and no random but
 * Temporal's (I8).
 *
 * Happy path: start → local `checkQuota` → `generate` → tally and complete, 13 events.
 * Ends: a GenerationResult; an ApplicationFailure `gemini.<branch>` (the dead letter); or cancelled.
 */
import {
  ApplicationFailure,
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
import type { Ask } from '../src/domain/ask.ts';
import type { Attempt } from '../src/domain/attempt.ts';
import type { PolicySnapshot, Rung } from '../src/domain/snapshot.ts';
import { afterRejection } from '../src/policies/ask.ts';
import { nextStep } from '../src/policies/next-step.ts';
import type { Call, Step } from '../src/policies/step.ts';
import { activityOutcome } from './activity-outcome.ts';
import { preparing } from './activity-options.ts';
import type { Called } from './calls.ts';
import { callUntilVerdict, keep, lookAgain } from './calls.ts';
import { carryOut, takeBack } from './carry-out.ts';
import { die, Ended, refused, resultOf, stillborn } from './ends.ts';
import { generateInput } from './generate-input.ts';
import { tellDead, tellServed } from './generation-news.ts';
import { useGrant } from './grants.ts';
import { whileHeld } from './held.ts';
import { whileLate } from './late-turn.ts';
import { tellDelivered, tellEnd } from './measures.ts';
import { askPerson } from './own-question.ts';
import { fetchInputs, prepare, upload } from './preparations.ts';
import { shapeProblem } from './shape-problem.ts';
import { leaveDegraded } from './standstill.ts';
import { GenerationState } from './state.ts';
import { inWords } from './story.ts';
import type { ByLane } from './through-lane.ts';
import { promoted, throughLane } from './through-lane.ts';
import { live } from './lane-way.ts';
import { tellCancelled, tellDone, tellFailed } from './tell-session.ts';
import type { Turn } from './turn.ts';
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
  state.wakes.listen();
  state.lane.listen();
  // Last: it answers whatever signal has no handler by then.
  state.desk.listen();
  return await run(state);
}

async function run(state: GenerationState): Promise<GenerationResult> {
  try {
    await fetchInputs(state);
    for (let step: Step = FIRST_CALL; ;) {
      const next: Step | GenerationResult = await take(state, step);
      if (!('kind' in next)) {
        await tellDone(state, next);
        tellServed(state, next);
        await state.news.settled();
        return next;
      }
      step = next;
    }
  } catch (error) {
    if (error instanceof Ended) {
      await tellFailed(state, error.end);
      tellDead(state, error.end);
      return await die(state, error.end);
    }
    if (isCancellation(error)) {
      tellEnd(state, 'cancelled');
      state.enter({ phase: 'cancelled' });
      await tellCancelled(state);
      await state.news.settled();
    }
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
  const { attempts, preparations, rejected, pending } = state;
  if (pending !== undefined) {
    // What was tried in its place came to no call: it is where it was.
    state.pending = undefined;
    return { ...pending, delayMs: 0 };
  }
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
  const granted = await grantBeside(state, call);
  if (granted !== undefined) return granted;
  for (let delayMs = Math.max(0, until - Date.now()); ; delayMs = Math.max(0, until - Date.now())) {
    const called = (await backOff(state, { ...call, delayMs }, what)) ? DECIDED : await generate(state, call);
    switch (called.kind) {
      case 'given':
        return deliver(state, called.given);
      case 'invalid':
        if (takeBack(state, call, called.problems)) return decide(state);
        throw new Ended(refused(called.problems));
      case 'decided': {
        const done = await carryOut(state, state.whereabouts(call));
        if (done.kind === 'call') return done.call;
        // The wait is not over by that: it goes on where it was, with what is still offered.
        if (ask !== undefined && done.kind === 'rejected') ask = afterRejection(ask);
        state.desk.put(ask);
        break;
      }
      case 'held':
      case 'late':
        return await standStill(state, call, called, ask);
      case 'elsewhere':
        return leaveDegraded(state, call, called.answer);
      case 'live':
        return { ...call, delayMs: 0, variation: live(call.variation) };
      case 'recorded':
        state.unchanged = undefined;
        state.pending = undefined;
        state.looks = { at: '', n: 0 };
        return promoted(state) ?? decide(state);
    }
  }
}

const DECIDED = { kind: 'decided' } as const;

type Stopped = Extract<Turn, { kind: 'held' | 'late' }>;

/** The call cannot go: waited out where it is, or, where it was to leave for another rung, not left for. */
async function standStill(
  state: GenerationState,
  call: Call,
  turn: Stopped,
  ask: Ask | undefined,
): Promise<Step> {
  if (state.isNewRung(call)) {
    close(state, call, turn.kind === 'held' ? turn.held.why : `too late there: ${turn.wait.why}`);
    return decide(state);
  }
  return turn.kind === 'held'
    ? await whileHeld(state, call, turn.held)
    : await whileLate(state, call, turn.wait, ask);
}

/** Beside a wait a grant answers what a person is offered; asked once for each wait. */
async function grantBeside(state: GenerationState, call: Call): Promise<Call | undefined> {
  if (call.ask === undefined || state.snapshot?.permits?.looks !== true) return undefined;
  return await useGrant(state, call.ask, state.whereabouts(call));
}

/** Quota, files, and the call itself; while it waits for its turn, a person may decide otherwise. */
async function generate(
  state: GenerationState,
  given: Call,
): Promise<Exclude<Called<Delivery> | ByLane, { kind: 'wait' }> | Exclude<Turn, { kind: 'go' | 'lane' }>> {
  for (;;) {
    const turn = await waitForTurn(state, given);
    const { open } = state.desk;
    if (turn.kind === 'lane') {
      const byLane = await throughLane(state, { ...given, variation: turn.variation });
      if (byLane.kind !== 'wait') return byLane;
      state.desk.put(open);
      const paid = await waitForSlot(state, byLane.wait);
      if (paid.kind !== 'go') return paid;
      continue;
    }
    if (turn.kind !== 'go') return turn;
    const call = { ...given, variation: live(given.variation) };
    const { variation } = call;
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
    const waited = await waitForSlot(state, called.wait);
    if (waited.kind !== 'go') return waited;
  }
}

/** Prepares another rung; one that proves closed is taken off the ladder, and the policies are asked again. */
async function isClosed(state: GenerationState, call: Call): Promise<boolean> {
  const { variation, why } = call;
  const { snapshot, request } = state;
  if (snapshot === undefined || !state.isNewRung(call)) return false;
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
      close(state, call, answer.why);
      return true;
    } catch (error) {
      const outcome = activityOutcome(error);
      if (outcome.kind === 'cancelled') throw error;
      // Nobody said that it is closed: a deployment's gap must not eat a rung, least of all an approved one.
      await lookAgain(state, state.nextN, outcome.kind === 'again' ? outcome.why : outcome.kind, phase);
    }
  }
}

/** Not left for any more; who approved it is told why. */
function close(state: GenerationState, { variation }: Call, why: string): void {
  const to = rungWords(state.rungOf(variation));
  state.closeRung(variation.rung);
  const approval = state.approvals.get(variation.rung);
  if (approval !== undefined) state.desk.amend(approval, `${to} is closed: ${why}`);
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
  if (delayMs === 0 || state.last === undefined) return false;
  const { model, classification } = state.last;
  const { branch } = classification;
  const { retest = 0, of = 0 } = step;
  state.enter({ phase: 'backing-off', until: Date.now() + delayMs, branch, retest, of, why });
  const summary = `${branch}: ${what} of ${model} in ${inWords(delayMs)}`;
  return (await rest(state, delayMs, summary)) === 'decided';
}

function deliver(state: GenerationState, delivery: Delivery): GenerationResult {
  // The answer came all the same, was stored and is booked (I10), also when it was cancelled meanwhile.
  keep(state, delivery.attempt);
  tellDelivered(state, delivery);
  state.tallying.delivered(delivery.images.length, delivery.drafts.length);
  state.enter({ phase: 'done' });
  return resultOf(state, delivery);
}

function moveSummary({ move, retest, of }: Call): string {
  if (move.kind === 'retest') return `retest ${retest}/${of}`;
  if (move.kind === 'operator') return `${move.choice} decided by a person`;
  return move.kind === 'remedy' ? `${move.remedy} ${move.change}` : move.kind;
}
