/**
 * The generation workflow: an interpreter of decisions (design section 6). Activities report,
 * `nextStep` decides, this file does what was decided: waits by durable timers, calls, falls back,
 * ends. It reads no clock and no random but Temporal's (I8).
 *
 * Happy path: start → local `checkQuota` → `generate` → complete, 12 events.
 * Ends: a GenerationResult; an ApplicationFailure `gemini.<branch>` (the dead letter); or cancelled.
 */
import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  setCurrentDetails,
  setHandler,
  sleep,
  defineQuery,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  Delivery,
  GenerationInput,
  GenerationResult,
  GenerationView,
  GenerateInput,
} from '../src/contract/generation.ts';
import { QUERIES } from '../src/contract/names.ts';
import type { Attempt, Variation } from '../src/domain/attempt.ts';
import { totalCost } from '../src/domain/attempt.ts';
import type { Phase } from '../src/domain/phase.ts';
import type { GenerationRequest, StoredInput } from '../src/domain/request.ts';
import { resolveRequest } from '../src/domain/resolve-request.ts';
import type { PolicySnapshot } from '../src/domain/snapshot.ts';
import { nextStep } from '../src/policies/next-step.ts';
import type { Step } from '../src/policies/step.ts';
import { activityOutcome } from './activity-outcome.ts';
import { calling, local, preparing } from './activity-options.ts';
import type { End } from './ends.ts';
import { deadLetter, noVerdict, refused, resultOf, tooLate } from './ends.ts';
import { details, publicStatus, trailOf } from './story.ts';
import { shapeProblem } from './shape-problem.ts';
import { show } from './visibility.ts';

type Call = Extract<Step, { kind: 'call' }>;

const describeQuery = defineQuery<GenerationView>(QUERIES.describe);

const FIRST_CALL: Call = {
  kind: 'call',
  delayMs: 0,
  variation: { rung: 0 },
  move: { kind: 'first' },
  why: 'first call',
};

/** Between two looks at a store or worker that is away; Temporal's retries have been spent by then. */
const AGAIN_AFTER_MS = 60_000;

export async function geminiGeneration(input: GenerationInput): Promise<GenerationResult> {
  // Also fills in what a caller in another language left out.
  const { workflowId } = workflowInfo();
  const problem = shapeProblem(input);
  if (problem !== undefined) throw deadLetter(workflowId, [], refused([problem]));
  const generation = new Generation(workflowId, resolveRequest(input.request));
  setHandler(describeQuery, () => generation.view(), {
    description: 'Phase, attempts so far, cost, and a sentence that is safe to show an end user.',
  });
  return await generation.run();
}

class Generation {
  private readonly id: string;
  private readonly request: GenerationRequest;
  private readonly startedAt = workflowInfo().startTime.getTime();
  private phase: Phase = { phase: 'checking-quota' };
  private attempts: readonly Attempt[] = [];
  private snapshot: PolicySnapshot | undefined;
  private inputs: readonly StoredInput[] | undefined;
  private shown = false;

  constructor(id: string, request: GenerationRequest) {
    this.id = id;
    this.request = request;
  }

  async run(): Promise<GenerationResult> {
    try {
      await this.fetchInputs();
      let call = FIRST_CALL;
      for (;;) {
        const delivered = await this.attempt(call);
        if (delivered !== undefined) return this.deliver(delivered);
        call = await this.decide();
        await this.backOff(call);
      }
    } catch (error) {
      if (isCancellation(error)) this.enter({ phase: 'cancelled' });
      throw error;
    }
  }

  view(): GenerationView {
    const deadlineAt = this.snapshot?.deadlineAt;
    return {
      id: this.id,
      phase: this.phase,
      trail: trailOf(this.attempts),
      cost: totalCost(this.attempts),
      ...(deadlineAt === undefined ? {} : { deadlineAt }),
      publicStatus: publicStatus(this.phase),
    };
  }

  /** One provider call, however many waits, workers and stores it takes to get its verdict. */
  private async attempt(call: Call): Promise<Delivery | undefined> {
    const n = this.attempts.length + 1;
    const snapshot = await this.waitForTurn(call.variation);
    const { model } = rungOf(snapshot, call.variation);
    const input = this.generateInput(n, call, snapshot);
    const timeoutMs = call.variation.callTimeoutMs ?? snapshot.callTimeoutMs;
    // From here on the fence may be closed: whatever ends this attempt, what it may have cost is booked.
    for (let unanswered = 0; ;) {
      this.mustBeInTime(Date.now(), 'its turn came too late');
      this.enter({ phase: 'generating', n, model });
      try {
        const summary = `call ${n}: ${model}, ${moveSummary(call)}`;
        const limits = { callTimeoutMs: timeoutMs, unanswered, leftMs: snapshot.deadlineAt - Date.now() };
        return await calling(summary, limits)['gemini.generate'](input);
      } catch (error) {
        const outcome = activityOutcome(error);
        switch (outcome.kind) {
          case 'attempt':
            return await this.record(outcome.attempt);
          case 'wait':
            // Nothing was sent. Quota is asked for this attempt only while its fence is surely open.
            await this.wait(outcome.wait.ms, outcome.wait, snapshot);
            await this.waitForTurn(call.variation);
            break;
          case 'extract':
            return await this.bookIfEnded(input, timeoutMs, () => this.extract(input));
          case 'invalid':
            throw this.dead(refused(outcome.problems));
          case 'no-worker':
            this.enter({
              phase: 'no-worker',
              since: Date.now(),
              why: 'no worker takes the call',
            });
            unanswered += 1;
            if (Date.now() < snapshot.deadlineAt) break;
            return await this.book(input, timeoutMs, () =>
              this.dead(noVerdict('no worker polls the task queue')),
            );
          case 'again': {
            const { why } = outcome;
            const again = await this.bookIfEnded(input, timeoutMs, async () => {
              if (isCancelled()) throw new CancelledFailure('the generation was cancelled');
              await this.lookAgain(n, why);
              return 'again' as const;
            });
            if (again !== 'again') return again;
            break;
          }
          case 'cancelled':
            return await this.book(
              input,
              timeoutMs,
              () => new CancelledFailure('the generation was cancelled'),
            );
        }
      }
    }
  }

  /** Runs `act`; where it ends the generation (cancel, deadline), the call is booked first. */
  private async bookIfEnded<T>(
    input: GenerateInput,
    callTimeoutMs: number,
    act: () => Promise<T>,
  ): Promise<T | Delivery | undefined> {
    const before = this.attempts.length;
    try {
      return await act();
    } catch (error) {
      if (this.attempts.length > before) throw error;
      return await this.book(input, callTimeoutMs, () => error);
    }
  }

  /**
   * The end comes while a call of ours may be out: what it cost is looked up and booked, never repeated
   * (I10, I13). An answer that is stored is taken; where there was no call, the end comes as it is.
   */
  private async book(
    input: GenerateInput,
    callTimeoutMs: number,
    end: () => unknown,
  ): Promise<Delivery | undefined> {
    const summary = `book call ${input.n}: the generation ends without its verdict`;
    try {
      return await CancellationScope.nonCancellable(() =>
        calling(summary, { callTimeoutMs })['gemini.generate']({ ...input, bookOnly: true }),
      );
    } catch (error) {
      const outcome = activityOutcome(error);
      if (outcome.kind === 'attempt') return await this.record(outcome.attempt);
      throw end();
    }
  }

  private async extract(input: GenerateInput): Promise<Delivery | undefined> {
    for (;;) {
      this.enter({ phase: 'extracting', n: input.n });
      try {
        return await preparing(`extract ${input.n} from the stored response`)['gemini.extract'](input);
      } catch (error) {
        const outcome = activityOutcome(error);
        if (outcome.kind === 'attempt') return await this.record(outcome.attempt);
        if (outcome.kind === 'cancelled') throw error;
        await this.lookAgain(input.n, outcome.kind === 'again' ? outcome.why : outcome.kind);
      }
    }
  }

  private async record(attempt: Attempt): Promise<undefined> {
    this.attempts = [...this.attempts, attempt];
    if (attempt.classification?.branch === 'cancelled' || isCancelled()) {
      throw new CancelledFailure('the generation was cancelled in mid-call');
    }
    this.enter({ phase: 'deciding', n: attempt.n });
  }

  /** Asks the policies; a rung that proves closed is taken off the ladder and they are asked again. */
  private async decide(): Promise<Call> {
    for (;;) {
      const snapshot = this.snapshot as PolicySnapshot;
      const last = this.attempts.at(-1) as Attempt;
      const step = nextStep(this.attempts.slice(0, -1), last, snapshot, {
        now: Date.now(),
        random: Math.random(),
      });
      if (step.kind === 'end') throw this.dead(step);
      if (step.kind === 'deliver')
        throw ApplicationFailure.nonRetryable('a delivered attempt was recorded as failed');
      if (step.variation.rung === last.variation.rung) return step;
      const closed = await this.fallBack(step, snapshot);
      if (closed === undefined) return step;
      this.snapshot = {
        ...snapshot,
        rungs: snapshot.rungs.map((rung, i) =>
          i === step.variation.rung ? { ...rung, closed: true } : rung,
        ),
      };
    }
  }

  /** Returns why the rung is closed, or undefined when it is open. */
  private async fallBack(step: Call, snapshot: PolicySnapshot): Promise<string | undefined> {
    const { model } = rungOf(snapshot, step.variation);
    this.enter({ phase: 'falling-back', to: model, why: step.why });
    try {
      const answer = await preparing(`fall back to ${model}: ${step.why}`)['gemini.fallBack']({
        generationId: this.id,
        request: this.request,
        snapshot: { rungs: snapshot.rungs },
        variation: step.variation,
      });
      return answer.kind === 'closed' ? answer.why : undefined;
    } catch (error) {
      const outcome = activityOutcome(error);
      if (outcome.kind === 'cancelled') throw error;
      return outcome.kind;
    }
  }

  /** Waits for quota until the call may go; resolves the names on the first pass. */
  private async waitForTurn(variation: Variation): Promise<PolicySnapshot> {
    for (;;) {
      this.enter({ phase: 'checking-quota' });
      const answer = await local['gemini.checkQuota']({
        generationId: this.id,
        request: this.request,
        startedAt: this.startedAt,
        variation,
        ...(this.inputs === undefined ? {} : { inputs: this.inputs }),
        ...(this.snapshot === undefined ? {} : { snapshot: this.snapshot }),
      });
      if (answer.kind === 'invalid') throw this.dead(refused(answer.problems));
      this.snapshot ??= answer.snapshot as PolicySnapshot;
      if (answer.kind === 'go') return this.snapshot;
      await this.wait(answer.ms, answer, this.snapshot);
    }
  }

  private async wait(
    ms: number,
    wait: { readonly why: string; readonly place: number; readonly limit: string },
    snapshot: PolicySnapshot,
  ): Promise<void> {
    const { why, place } = wait;
    const until = Date.now() + ms;
    if (until >= snapshot.deadlineAt) throw this.dead(tooLate(wait));
    this.enter({ phase: 'waiting', until, why, place });
    await sleep(ms, { summary: `quota: ${why}; place ${place}, ${inWords(ms)}` });
  }

  private async backOff(call: Call): Promise<void> {
    if (call.delayMs === 0) return;
    const last = this.attempts.at(-1) as Attempt;
    const branch = last.classification?.branch ?? 'unknown';
    const { retest = 0, of = 0 } = call;
    this.enter({ phase: 'backing-off', until: Date.now() + call.delayMs, branch, retest, of, why: call.why });
    const which = retest === 0 ? call.move.kind : `retest ${retest}/${of}`;
    await sleep(call.delayMs, {
      summary: `${branch}: ${which} of ${last.model} in ${inWords(call.delayMs)}`,
    });
  }

  private async lookAgain(n: number, why: string): Promise<void> {
    const until = Date.now() + AGAIN_AFTER_MS;
    this.enter({ phase: 'storing', n, why, until });
    this.mustBeInTime(until, why);
    await sleep(AGAIN_AFTER_MS, { summary: `attempt ${n} has no verdict yet: ${why}`.slice(0, 200) });
  }

  private async fetchInputs(): Promise<void> {
    if (!this.request.inputs.some(({ kind }) => kind === 'url')) return;
    this.enter({ phase: 'fetching-inputs' });
    for (;;) {
      try {
        this.inputs = await preparing('fetch input images from their URLs')['gemini.fetchInputs']({
          request: this.request,
        });
        return;
      } catch (error) {
        const outcome = activityOutcome(error);
        if (outcome.kind === 'cancelled') throw error;
        if (outcome.kind === 'invalid') throw this.dead(refused(outcome.problems));
        await this.lookAgain(0, outcome.kind === 'again' ? outcome.why : outcome.kind);
      }
    }
  }

  private generateInput(n: number, call: Call, snapshot: PolicySnapshot): GenerateInput {
    const { requestDigest, rungs, callTimeoutMs } = snapshot;
    return {
      generationId: this.id,
      n,
      startedAt: this.startedAt,
      request: this.request,
      snapshot: { requestDigest, rungs, callTimeoutMs },
      variation: call.variation,
      move: call.move,
      before: this.attempts.map(({ classification: c }) =>
        c === undefined ? 'success' : `${c.branch}/${c.reason}`,
      ),
      ...(this.inputs === undefined ? {} : { inputs: this.inputs }),
    };
  }

  private deliver(delivery: Delivery): GenerationResult {
    this.attempts = [...this.attempts, delivery.attempt];
    // The answer came all the same, was stored and is booked (I10); nobody waits for it any more.
    if (isCancelled()) {
      throw new CancelledFailure('the generation was cancelled while its answer was being stored');
    }
    this.enter({ phase: 'done' });
    return resultOf(this.id, this.attempts, delivery);
  }

  private mustBeInTime(at: number, why: string): void {
    const deadlineAt = this.snapshot?.deadlineAt ?? this.startedAt + this.request.deadlineMs;
    if (at >= deadlineAt) throw this.dead(noVerdict(why));
  }

  private dead(end: End): ApplicationFailure {
    this.enter({ phase: 'dead', branch: end.classification.branch, why: end.why });
    return deadLetter(this.id, this.attempts, end);
  }

  private enter(phase: Phase): void {
    this.phase = phase;
    setCurrentDetails(details(this.view()));
    // A clean generation ends with one attempt and writes nothing beside its 12 events.
    const clean = phase.phase === 'done' && this.attempts.length === 1;
    if (clean && !this.shown) return;
    this.shown = show(phase, this.attempts, this.snapshot?.searchAttributes ?? []) || this.shown;
  }
}

function isCancelled(): boolean {
  return CancellationScope.current().consideredCancelled;
}

function rungOf(snapshot: PolicySnapshot, variation: Variation): PolicySnapshot['rungs'][number] {
  const rung = snapshot.rungs[variation.rung];
  if (rung === undefined)
    throw ApplicationFailure.nonRetryable(`rung ${variation.rung} is not in the snapshot`);
  return rung;
}

function moveSummary({ move, retest, of }: Call): string {
  if (move.kind === 'retest') return `retest ${retest}/${of}`;
  return move.kind === 'remedy' ? `${move.remedy} ${move.change}` : move.kind;
}

function inWords(ms: number): string {
  if (ms < 120_000) return `${Math.ceil(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}
