/**
 * Waiting for a call's turn: quota asked of the worker's broker, slept for by durable timers. A wake signal
 * ends a wait for a look.
 */
import { condition, sleep } from '@temporalio/workflow';
import type { ElsewhereAnswer, HeldAnswer, WaitAnswer } from '../src/contract/generation.ts';
import type { Variation } from '../src/domain/attempt.ts';
import { SHORTEST_WAIT_MS } from '../src/policies/backoff.ts';
import type { Call } from '../src/policies/step.ts';
import { check } from './check.ts';
import { Ended } from './ends.ts';
import { tooLate } from './late.ts';
import type { GenerationState } from './state.ts';
import { inWords } from './story.ts';
import { laneVariation } from './lane-way.ts';
import { waitForQuiet } from './quiet-wait.ts';

/**
 * - `go`: now; - `decided`: a person decided meanwhile; - `held`: its route is stopped;
 * - `late`: its turn would come after the deadline; - `elsewhere`: its route is passed over, another is free;
 * - `lane`: it waits for no turn, because it goes by a batch, which has a quota of its own.
 */
export type Turn =
  | { readonly kind: 'go' }
  | { readonly kind: 'decided' }
  | { readonly kind: 'held'; readonly held: HeldAnswer }
  | { readonly kind: 'late'; readonly wait: WaitAnswer }
  | { readonly kind: 'elsewhere'; readonly answer: ElsewhereAnswer }
  | { readonly kind: 'lane'; readonly variation: Variation };

/** How a rest ended. */
export type Rested = 'over' | 'decided' | 'woken';

/** Waits until the call may go; resolves the names on the first pass. */
export async function waitForTurn(
  state: GenerationState,
  call: Pick<Call, 'variation' | 'move' | 'insists'>,
): Promise<Turn> {
  for (;;) {
    state.enter({ phase: 'checking-quota' });
    const answer = await check(state, call);
    // The check may have taken long enough for somebody to decide.
    if (state.desk.isDecided) return { kind: 'decided' };
    if (answer.kind === 'held') return { kind: 'held', held: answer };
    const variation = laneVariation(state, call, answer);
    const isUnpaid = answer.kind === 'wait' && answer.limit === 'budget';
    if (variation !== undefined && !isUnpaid) return { kind: 'lane', variation };
    // Whoever may wait for quiet hours needs neither a slot nor another rung before them.
    if (await waitForQuiet(state, call)) continue;
    if (state.desk.isDecided) return { kind: 'decided' };
    if (answer.kind === 'go') return answer;
    if (answer.kind === 'elsewhere') return { kind: 'elsewhere', answer };
    const turn = await waitForSlot(state, answer);
    if (turn.kind !== 'go') return turn;
  }
}

/** Sleeps until it is worth asking again; `go` then. */
export async function waitForSlot(
  state: GenerationState,
  wait: WaitAnswer,
): Promise<Extract<Turn, { kind: 'go' | 'decided' | 'late' }>> {
  const { why, place, limit } = wait;
  const ms = Math.max(SHORTEST_WAIT_MS, wait.ms);
  const now = Date.now();
  const until = now + ms;
  if (until >= state.deadlineAt) {
    // Without evidence nobody can decide on it: an earlier release's worker made it.
    if (wait.evidence === undefined) throw new Ended(tooLate(wait, now, state.deadlineAt));
    return { kind: 'late', wait };
  }
  state.enter({ phase: 'waiting', until, why, place, limit });
  const rested = await rest(state, ms, `quota: ${why}; place ${place}, ${inWords(ms)}`, true);
  return { kind: rested === 'decided' ? 'decided' : 'go' };
}

/**
 * Sleeps; where a person is asked, at most until they decide.
 *
 * @param hearsWakes A wake signal ends it as well.
 */
export async function rest(
  state: GenerationState,
  ms: number,
  summary: string,
  hearsWakes = false,
): Promise<Rested> {
  const { desk, wakes } = state;
  if (desk.open === undefined && !hearsWakes) {
    await sleep(ms, { summary });
    return 'over';
  }
  const began = Date.now();
  await condition(() => desk.isDecided || (hearsWakes && wakes.isRung), ms, { summary });
  if (desk.isDecided) return 'decided';
  if (!hearsWakes || !wakes.isRung) return 'over';
  // A look was taken just before: whoever rings again and again gets one each second, not one each time.
  const soon = Math.min(ms, SHORTEST_WAIT_MS) - (Date.now() - began);
  if (soon > 0 && (await condition(() => desk.isDecided, soon, { summary }))) return 'decided';
  return 'woken';
}
