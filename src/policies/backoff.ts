/**
 * How long to wait before the next attempt, as data: no clock, no random of its own.
 *
 * A provider's hint wins over the computed delay, is never shortened and never scaled (I5); a
 * little is added so that a fleet told `22 s` does not come back as one.
 */
import { heeded } from '../domain/hint.ts';
import type { PolicyNumbers } from '../domain/snapshot.ts';

/** Temporal rounds shorter durable waits up to this. */
export const SHORTEST_WAIT_MS = 1_000;

const HINT_SPREAD = 0.05;
const LONGEST_HINT_SPREAD_MS = 2_000;

export interface BackoffInput {
  /** Retests of this branch already spent: 0 for the first. */
  readonly spent: number;
  readonly retryAfterMs?: number;
  readonly timeScale: number;
  /** Uniform in [0, 1). */
  readonly random: number;
}

export function backoff(numbers: PolicyNumbers, input: BackoffInput): number {
  const { random } = input;
  const hintMs = heeded(input.retryAfterMs);
  if (hintMs !== undefined) {
    const spread = Math.min(hintMs * HINT_SPREAD, LONGEST_HINT_SPREAD_MS);
    return Math.max(SHORTEST_WAIT_MS, Math.ceil(hintMs + random * spread));
  }
  const plain = Math.min(numbers.capMs, numbers.baseMs * numbers.factor ** input.spent);
  const jittered = plain * (1 + numbers.jitter * (2 * random - 1));
  return Math.max(SHORTEST_WAIT_MS, Math.round(Math.min(numbers.capMs, jittered) * input.timeScale));
}

/**
 * The wait of a queue that is polled rarely: what is left of the deadline spread over the attempts
 * that are left, inside the branch's range.
 */
export function queueDelay(
  range: readonly [number, number],
  input: {
    readonly remainingMs: number;
    readonly attemptsLeft: number;
    readonly timeScale: number;
    readonly random: number;
  },
): number {
  const [shortest, longest] = range;
  const even = input.remainingMs / input.timeScale / Math.max(1, input.attemptsLeft + 1);
  const wait = Math.min(longest, Math.max(shortest, even));
  return Math.max(SHORTEST_WAIT_MS, Math.round(wait * (0.9 + 0.2 * input.random) * input.timeScale));
}

const FIRST_LOOK_MS = 30_000;
const LONGEST_LOOK_MS = 300_000;
const LOOK_JITTER = 0.2;

/**
 * Between two looks of a generation that cannot go: 30 s doubling to 5 min, up to 20 % less, so that
 * thousands behind one hold do not come as one.
 */
export function lookDelay(input: {
  /** Looks so far: 0 before the first. */
  readonly looks: number;
  readonly timeScale: number;
  readonly random: number;
}): number {
  const { looks, timeScale, random } = input;
  const plain = Math.min(LONGEST_LOOK_MS, FIRST_LOOK_MS * 2 ** Math.min(looks, 8));
  return Math.max(SHORTEST_WAIT_MS, Math.round(plain * (1 - LOOK_JITTER * random) * timeScale));
}
