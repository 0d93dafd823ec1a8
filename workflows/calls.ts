/**
 * One provider call, however many waits, workers and stores it takes to get its verdict. The same for an
 * image call and for a text call that makes a prompt. Whatever ends a call early, what it may have cost is
 * looked up and booked, never repeated (I10, I13).
 */
import { CancellationScope, CancelledFailure, condition, sleep } from '@temporalio/workflow';
import type { Delivery, GenerateInput, GenerationActivities } from '../src/contract/generation.ts';
import type { Attempt, FailedAttempt } from '../src/domain/attempt.ts';
import type { PolicySnapshot } from '../src/domain/snapshot.ts';
import type { Call } from '../src/policies/step.ts';
import { activityOutcome } from './activity-outcome.ts';
import { calling, local, preparing } from './activity-options.ts';
import { die, noVerdict, refused, tooLate } from './ends.ts';
import type { GenerationState } from './state.ts';
import { isCancelled } from './state.ts';
import { inWords } from './story.ts';

/** Between two looks at a store or worker that is away; Temporal's retries have been spent by then. */
const AGAIN_AFTER_MS = 60_000;

/** How a call ended: it gave something, its attempt was recorded, or a person decided otherwise meanwhile. */
export type Called<T> =
  | { readonly kind: 'given'; readonly given: T }
  | { readonly kind: 'recorded' }
  | { readonly kind: 'decided' };

const RECORDED = { kind: 'recorded' } as const;
const DECIDED = { kind: 'decided' } as const;

/** Which activity makes the call, and what it is called in the UI. */
interface Kind<I extends GenerateInput, T> {
  readonly summary: string;
  readonly model: string;
  readonly callTimeoutMs: number;
  /** Asks for quota again after a wait for a slot; a text model's quota is its own and only known there. */
  readonly asksQuota: boolean;
  run(activities: GenerationActivities, input: I): Promise<T>;
}

/** Waits for quota until the call may go; resolves the names on the first pass. False: a person decided. */
export async function waitForTurn(
  state: GenerationState,
  { variation }: Pick<Call, 'variation'>,
): Promise<boolean> {
  for (;;) {
    state.enter({ phase: 'checking-quota' });
    const { id: generationId, request, startedAt, inputs, snapshot, revival } = state;
    const answer = await local['gemini.checkQuota']({
      generationId,
      request,
      startedAt,
      variation,
      ...(inputs === undefined ? {} : { inputs }),
      ...(snapshot === undefined ? {} : { snapshot }),
    });
    if (answer.kind === 'invalid') return await die(state, refused(answer.problems));
    if (snapshot === undefined) {
      const resolved = answer.snapshot as PolicySnapshot;
      const requestDigest = revival?.requestDigest ?? resolved.requestDigest;
      state.snapshot = { ...resolved, requestDigest };
    }
    if (answer.kind === 'go') return true;
    if (await waitForSlot(state, answer)) return false;
  }
}

/** @returns Whether a person decided meanwhile. */
async function waitForSlot(
  state: GenerationState,
  wait: { readonly ms: number; readonly why: string; readonly place: number; readonly limit: string },
): Promise<boolean> {
  const { ms, why, place } = wait;
  const until = Date.now() + ms;
  if (until >= state.deadlineAt) return await die(state, tooLate(wait));
  state.enter({ phase: 'waiting', until, why, place });
  return await rest(state, ms, `quota: ${why}; place ${place}, ${inWords(ms)}`);
}

/** Sleeps; where a person is asked, at most until they decide. Returns whether they did. */
export async function rest(state: GenerationState, ms: number, summary: string): Promise<boolean> {
  const { desk } = state;
  if (desk.open === undefined) {
    await sleep(ms, { summary });
    return false;
  }
  return await condition(() => desk.isDecided, ms, { summary });
}

export async function callUntilVerdict<I extends GenerateInput, T>(
  state: GenerationState,
  input: I,
  kind: Kind<I, T>,
): Promise<Called<T>> {
  const { n } = input;
  const { model, callTimeoutMs } = kind;
  const once = (summary: string, limits: { unanswered?: number; leftMs?: number }, given: I): Promise<T> =>
    kind.run(calling(summary, { callTimeoutMs, ...limits }), given);
  const book = async (end: () => Promise<never>): Promise<Called<T>> => {
    try {
      const summary = `book call ${n}: the generation ends without its verdict`;
      const given = await CancellationScope.nonCancellable(() =>
        once(summary, {}, { ...input, bookOnly: true }),
      );
      return { kind: 'given', given };
    } catch (error) {
      const outcome = activityOutcome(error);
      return outcome.kind === 'attempt' ? await record(state, outcome.attempt) : await end();
    }
  };
  // From here on the fence may be closed: whatever ends this attempt, what it may have cost is booked.
  for (let unanswered = 0; ;) {
    await mustBeInTime(state, Date.now(), 'its turn came too late');
    state.enter({ phase: 'generating', n, model });
    try {
      const leftMs = state.deadlineAt - Date.now();
      return { kind: 'given', given: await once(kind.summary, { unanswered, leftMs }, input) };
    } catch (error) {
      const outcome = activityOutcome(error);
      switch (outcome.kind) {
        case 'attempt':
          return await record(state, outcome.attempt);
        case 'wait':
          // Nothing was sent. Quota is asked for this attempt only while its fence is surely open.
          if (await waitForSlot(state, outcome.wait)) return DECIDED;
          if (kind.asksQuota && !(await waitForTurn(state, input))) return DECIDED;
          break;
        case 'extract':
          return await bookIfEnded(state, book, () => extract(state, input) as Promise<Called<T>>);
        case 'invalid':
          return await die(state, refused(outcome.problems));
        case 'no-worker':
          state.enter({ phase: 'no-worker', since: Date.now(), why: 'no worker takes the call' });
          unanswered += 1;
          if (Date.now() < state.deadlineAt) break;
          return await book(() => die(state, noVerdict('no worker polls the task queue')));
        case 'again': {
          const { why } = outcome;
          const again = await bookIfEnded<T | 'again'>(state, book, async () => {
            if (isCancelled()) throw new CancelledFailure('the generation was cancelled');
            await lookAgain(state, n, why);
            return { kind: 'given', given: 'again' };
          });
          if (again.kind === 'given' && again.given === 'again') break;
          return again as Called<T>;
        }
        case 'cancelled':
          return await book(async () => {
            throw new CancelledFailure('the generation was cancelled');
          });
      }
    }
  }
}

/** Runs `act`; where it ends the generation (cancel, deadline), the call is booked first. */
async function bookIfEnded<T>(
  state: GenerationState,
  book: (end: () => Promise<never>) => Promise<Called<T>>,
  act: () => Promise<Called<T>>,
): Promise<Called<T>> {
  const before = state.attempts.length;
  try {
    return await act();
  } catch (error) {
    if (state.attempts.length > before) throw error;
    return await book(async () => {
      throw error;
    });
  }
}

async function extract(state: GenerationState, input: GenerateInput): Promise<Called<Delivery>> {
  for (;;) {
    state.enter({ phase: 'extracting', n: input.n });
    try {
      const summary = `extract ${input.n} from the stored response`;
      return { kind: 'given', given: await preparing(summary)['gemini.extract'](input) };
    } catch (error) {
      const outcome = activityOutcome(error);
      if (outcome.kind === 'attempt') return await record(state, outcome.attempt);
      if (outcome.kind === 'cancelled') throw error;
      await lookAgain(state, input.n, outcome.kind === 'again' ? outcome.why : outcome.kind);
    }
  }
}

/** Keeps a failed attempt (I3); the generation ends here when it was cancelled in mid-call. */
export async function record(state: GenerationState, attempt: FailedAttempt): Promise<typeof RECORDED> {
  keep(state, attempt);
  // Not by the branch: a relay's words may speak of a cancellation that nobody here asked for.
  if (isCancelled()) {
    throw new CancelledFailure('the generation was cancelled in mid-call');
  }
  state.enter({ phase: 'deciding', n: attempt.n });
  return RECORDED;
}

export function keep(state: GenerationState, attempt: Attempt): void {
  state.attempts = [...state.attempts, attempt];
}

/** A store or worker is away: looks again in a while, unless the deadline comes first. */
export async function lookAgain(state: GenerationState, n: number, why: string): Promise<void> {
  const until = Date.now() + AGAIN_AFTER_MS;
  state.enter({ phase: 'storing', n, why, until });
  await mustBeInTime(state, until, why);
  await sleep(AGAIN_AFTER_MS, { summary: `attempt ${n} has no verdict yet: ${why}`.slice(0, 200) });
}

async function mustBeInTime(state: GenerationState, at: number, why: string): Promise<void> {
  if (at >= state.deadlineAt) await die(state, noVerdict(why));
}
