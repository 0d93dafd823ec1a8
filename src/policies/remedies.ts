/**
 * The remedies that run today, each as a function from where a generation stands to its next call,
 * or undefined where the request does not allow it or there is nothing left to change. One remedy
 * changes one variable (I4). A remedy that is missing here has no configured means and is not offered.
 */
import type { Attempt, FailedAttempt, Variation } from '../domain/attempt.ts';
import type { PolicySnapshot, Rung } from '../domain/snapshot.ts';
import { queueDelay, SHORTEST_WAIT_MS } from './backoff.ts';
import type { PolicyNumbers } from '../domain/snapshot.ts';
import type { Remedy } from './policy.ts';
import type { Step } from './step.ts';

export interface Situation {
  readonly trail: readonly Attempt[];
  readonly last: FailedAttempt;
  readonly snapshot: PolicySnapshot;
  readonly numbers: PolicyNumbers;
  readonly now: number;
  readonly random: number;
}

export type Call = Extract<Step, { kind: 'call' }>;

interface Treatment {
  /** Leaves the path: needs proof. */
  readonly leavesPath: boolean;
  /** Repeats the path without a person: forbidden after a second call that may have been billed (I13). */
  readonly repeatsPath: boolean;
  apply(situation: Situation): Call | undefined;
}

/** Keeps what was changed before, where the new rung can serve it. */
function onRung(variation: Variation, index: number, rung: Rung): Variation {
  const { size, ...rest } = variation;
  return size !== undefined && rung.sizes.includes(size)
    ? { ...rest, rung: index, size }
    : { ...rest, rung: index };
}

function nextRung(kind: Rung['kind'], remedy: 'tier' | 'fallback' | 'endpoint') {
  return ({ trail, last, snapshot }: Situation): Call | undefined => {
    const used = new Set(trail.map(({ variation }) => variation.rung));
    const current = snapshot.rungs[last.variation.rung];
    const index = snapshot.rungs.findIndex(
      (rung, i) =>
        rung.kind === kind &&
        rung.closed !== true &&
        !used.has(i) &&
        (kind !== 'tier' || rung.model === current?.model),
    );
    const rung = snapshot.rungs[index];
    if (rung === undefined) return undefined;
    const model = rung.tier === 'standard' ? rung.model : `${rung.model} (${rung.tier})`;
    const variation = onRung(last.variation, index, rung);
    const [before, after] = [last.variation.size ?? current?.sizes[0], variation.size ?? rung.sizes[0]];
    // A rung that lacks the size can only be taken at another one that the request allows: say so.
    const to = before === after ? model : `${model} at ${after}`;
    return {
      kind: 'call',
      delayMs: 0,
      variation,
      move: { kind: 'remedy', remedy, change: `${last.model} → ${to}` },
      why: `${last.classification.branch} proved on ${last.model}; the request allows ${to}`,
    };
  };
}

function smallerSize({ last, snapshot }: Situation): Call | undefined {
  const sizes = snapshot.rungs[last.variation.rung]?.sizes ?? [];
  const current = last.variation.size ?? sizes[0];
  const size = current === undefined ? undefined : sizes[sizes.indexOf(current) + 1];
  if (size === undefined) return undefined;
  return {
    kind: 'call',
    delayMs: 0,
    variation: { ...last.variation, size },
    move: { kind: 'remedy', remedy: 'smaller-size', change: `${current} → ${size}` },
    why: `${last.classification.branch} proved at ${current}; the request allows ${size}`,
  };
}

function queue({ trail, last, snapshot, numbers, now, random }: Situation): Call | undefined {
  if (numbers.queueMs === undefined) return undefined;
  const delayMs = queueDelay(numbers.queueMs, {
    remainingMs: snapshot.deadlineAt - now,
    attemptsLeft: snapshot.maxAttempts - trail.length,
    timeScale: snapshot.timeScale,
    random,
  });
  return {
    kind: 'call',
    delayMs: Math.max(delayMs, last.classification.retryAfterMs ?? 0),
    variation: last.variation,
    move: { kind: 'queued' },
    why: `${last.classification.branch} lasts; queued until it passes`,
  };
}

/** The reset is a calendar time that the activity computed and history holds (I8); never scaled. */
function waitForReset({ last, random, now }: Situation): Call | undefined {
  if (last.resetAt === undefined) return undefined;
  const spread = random * 30_000;
  return {
    kind: 'call',
    delayMs: Math.max(SHORTEST_WAIT_MS, Math.ceil(last.resetAt - now + spread)),
    variation: last.variation,
    move: { kind: 'queued' },
    why: 'the daily quota resets at midnight Pacific',
  };
}

export const TREATMENTS: Readonly<Partial<Record<Remedy, Treatment>>> = {
  tier: { leavesPath: true, repeatsPath: false, apply: nextRung('tier', 'tier') },
  fallback: { leavesPath: true, repeatsPath: false, apply: nextRung('fallback', 'fallback') },
  endpoint: { leavesPath: true, repeatsPath: false, apply: nextRung('endpoint', 'endpoint') },
  'smaller-size': { leavesPath: true, repeatsPath: false, apply: smallerSize },
  queue: { leavesPath: false, repeatsPath: true, apply: queue },
  'wait-for-reset': { leavesPath: false, repeatsPath: true, apply: waitForReset },
};
