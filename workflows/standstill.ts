/**
 * What waits behind a hold, before a turn that comes too late, and after an attempt that only a person ends
 * well have in common: where the generation stands, what it shares with others, and how it goes on.
 */
import type { ElsewhereAnswer, Shares } from '../src/contract/generation.ts';
import type { MemoCause } from '../src/contract/names.ts';
import { shortText } from '../src/domain/short-text.ts';
import type { PolicySnapshot } from '../src/domain/snapshot.ts';
import { elsewhere, passedOverWords } from '../src/policies/degraded.ts';
import { rungName } from '../src/policies/remedies.ts';
import type { Standstill } from '../src/policies/standstill.ts';
import type { Call, Step } from '../src/policies/step.ts';
import type { Checked } from './check.ts';
import type { GenerationState } from './state.ts';

const LONGEST_REASON = 100;
const LONGEST_SUMMARY = 200;

export function standstill(state: GenerationState, call: Call, stopped: readonly number[] = []): Standstill {
  const { attempts, rejected } = state;
  return { attempts, call, snapshot: state.snapshot as PolicySnapshot, rejected, stopped };
}

export function causeOf(
  branch: string,
  reason: string,
  shares: Shares | undefined,
  hold?: string,
): MemoCause {
  return {
    branch,
    reason: shortText(reason, LONGEST_REASON),
    ...(shares === undefined ? {} : { scope: shares.scope, account: shares.account }),
    ...(hold === undefined ? {} : { hold }),
  };
}

/** Of a timer: what is waited for, and until when. */
export function untilWords(what: string, until: number): string {
  return shortText(`${what}, until ${new Date(until).toISOString()}`, LONGEST_SUMMARY);
}

/** The route is not stopped any more: the same call, or where the check says. */
export function released(
  state: GenerationState,
  call: Call,
  answer: Exclude<Checked, { kind: 'held' }>,
): Step {
  return answer.kind === 'elsewhere' ? leaveDegraded(state, call, answer) : { ...call, delayMs: 0 };
}

/** Starts elsewhere at once, because the route is degraded, its breaker open or its day over; where that proves impossible, comes back. */
export function leaveDegraded(state: GenerationState, call: Call, answer: ElsewhereAnswer): Call {
  const { rung } = answer;
  const words = shortText(passedOverWords(answer), LONGEST_SUMMARY);
  const away = elsewhere(call, state.snapshot as PolicySnapshot, rung, words);
  if (away === undefined) return { ...call, delayMs: 0 };
  state.pending = call;
  const [from, to] = [call, away].map(({ variation }) => rungName(state.rungOf(variation)));
  state.degraded = { rung, words: `${words}: ${from} was passed over for ${to}` };
  return away;
}
