/**
 * One provider call, however many workers and stores it takes to get its verdict. The same for an image
 * call and for a text call that makes a prompt. Whatever ends a call early, what it may have cost is
 * looked up and booked, never repeated (I10, I13).
 */
import { CancellationScope, CancelledFailure, sleep } from '@temporalio/workflow';
import type {
  Delivery,
  GenerateInput,
  GenerationActivities,
  HeldAnswer,
  WaitAnswer,
} from '../src/contract/generation.ts';
import type { Attempt, FailedAttempt } from '../src/domain/attempt.ts';
import type { Phase } from '../src/domain/phase.ts';
import type { RequestProblem } from '../src/domain/request-problem.ts';
import { activityOutcome } from './activity-outcome.ts';
import { calling, preparing } from './activity-options.ts';
import { Ended, noVerdict } from './ends.ts';
import { tellAttempt } from './measures.ts';
import type { GenerationState } from './state.ts';
import { isCancelled } from './state.ts';

/** Between two looks at a store or worker that is away; Temporal's retries have been spent by then. */
const AGAIN_AFTER_MS = 60_000;

/**
 * How a call ended:
 * - `given`: what it was made for; - `recorded`: an attempt that failed, kept;
 * - `wait`: no slot soon enough, nothing was sent; - `held`: nor was it, the route is stopped; - `invalid`: found before anything was sent;
 * - `decided`: a person decided otherwise meanwhile.
 */
export type Called<T> =
  | { readonly kind: 'given'; readonly given: T }
  | { readonly kind: 'recorded' }
  | { readonly kind: 'wait'; readonly wait: WaitAnswer }
  | { readonly kind: 'held'; readonly held: HeldAnswer }
  | { readonly kind: 'invalid'; readonly problems: readonly RequestProblem[] }
  | { readonly kind: 'decided' };

const RECORDED = { kind: 'recorded' } as const;

/** Which activity makes the call, and what it is called in the UI. */
interface Kind<I extends GenerateInput, T> {
  readonly summary: string;
  readonly model: string;
  readonly callTimeoutMs: number;
  run(activities: GenerationActivities, input: I): Promise<T>;
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
  const book = async (end: unknown): Promise<Called<T>> => {
    try {
      const summary = `book call ${n}: the generation ends without its verdict`;
      const given = await CancellationScope.nonCancellable(() =>
        once(summary, {}, { ...input, bookOnly: true }),
      );
      return { kind: 'given', given };
    } catch (error) {
      const outcome = activityOutcome(error);
      if (outcome.kind === 'attempt') return await record(state, outcome.attempt);
      throw end;
    }
  };
  // From here on the fence may be closed: whatever ends this attempt, what it may have cost is booked.
  let why = 'its turn came too late';
  for (let run = 0, unanswered = 0; ; run += 1) {
    mustBeInTime(state, Date.now(), why, run === 0 ? 'no' : 'possible');
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
          return { kind: 'wait', wait: outcome.wait };
        case 'held':
          return { kind: 'held', held: outcome.held };
        case 'invalid':
          return { kind: 'invalid', problems: outcome.problems };
        case 'extract':
          return await bookIfEnded(state, book, () => extract(state, input) as Promise<Called<T>>);
        case 'no-worker':
          why = 'no worker takes the call';
          state.enter({ phase: 'no-worker', since: Date.now(), why });
          unanswered += 1;
          if (Date.now() < state.deadlineAt) break;
          return await book(new Ended(noVerdict('no worker polls the task queue')));
        case 'again': {
          why = outcome.why;
          const again = await bookIfEnded<T | 'again'>(state, book, async () => {
            if (isCancelled()) throw new CancelledFailure('the generation was cancelled');
            await lookAgain(state, n, outcome.why);
            return { kind: 'given', given: 'again' };
          });
          if (again.kind === 'given' && again.given === 'again') break;
          return again as Called<T>;
        }
        case 'cancelled':
          return await book(new CancelledFailure('the generation was cancelled'));
      }
    }
  }
}

/** Runs `act`; where it ends the generation (cancel, deadline), the call is booked first. */
async function bookIfEnded<T>(
  state: GenerationState,
  book: (end: unknown) => Promise<Called<T>>,
  act: () => Promise<Called<T>>,
): Promise<Called<T>> {
  const before = state.attempts.length;
  try {
    return await act();
  } catch (error) {
    if (state.attempts.length > before) throw error;
    return await book(error);
  }
}

/** Takes in what the store has of a call, as often as it takes. */
export async function extract(
  state: GenerationState,
  input: GenerateInput,
): Promise<Extract<Called<Delivery>, { kind: 'given' | 'recorded' }>> {
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
  state.enter({ phase: 'deciding', n: attempt.n });
  return RECORDED;
}

/** What an attempt came to is booked first; then nobody waits for it any more, if it was cancelled (I10). */
export function keep(state: GenerationState, attempt: Attempt): void {
  tellAttempt(state, attempt);
  state.attempts = [...state.attempts, attempt];
  state.tallying.called(attempt, state.snapshot?.rungs[attempt.variation.rung]?.tier);
  // Not by the branch: a relay's words may speak of a cancellation that nobody here asked for.
  if (isCancelled()) throw new CancelledFailure('the generation was cancelled in mid-call');
}

/**
 * Something is away: looks again in a while, unless the deadline comes first.
 *
 * @param phase What is told meanwhile. Default: an answer waits for the store.
 */
export async function lookAgain(
  state: GenerationState,
  n: number,
  why: string,
  phase?: Phase,
): Promise<void> {
  const until = Date.now() + AGAIN_AFTER_MS;
  state.enter(phase ?? { phase: 'storing', n, why, until });
  mustBeInTime(state, until, why, 'possible');
  await sleep(AGAIN_AFTER_MS, { summary: `attempt ${n} has no verdict yet: ${why}`.slice(0, 200) });
}

function mustBeInTime(state: GenerationState, at: number, why: string, billed: 'no' | 'possible'): void {
  if (at >= state.deadlineAt) throw new Ended(noVerdict(why, billed));
}
