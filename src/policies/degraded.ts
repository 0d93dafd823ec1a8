/**
 * Leaving a route before a call: of everyone's calls on it so many fail for capacity (it is degraded, or its breaker is
 * open), or its day's quota is used up. A generation that allows another rung starts there at once. The route's own
 * numbers are the proof (I4), and are named as such.
 */
import type { Attempt } from '../domain/attempt.ts';
import type { PolicySnapshot } from '../domain/snapshot.ts';
import type { RungRemedy } from './remedies.ts';
import { climb, remedyCall, RUNG_REMEDIES, worstUsdOf } from './remedies.ts';
import { imageAttempts, sinceLastChange, withinCost } from './situation.ts';
import type { Call } from './step.ts';

/** The statistics of a route over five minutes, as they were when its degraded mode began. */
export interface RouteShare {
  /** Of capacity failures, 0–1. */
  readonly share: number;
  readonly calls: number;
}

/**
 * What a call leaves its route for before it is made. A first or a queued one leaves a degraded route; a plain
 * retest and a call that has a rung as its remedy stay to prove it, but not until the next day, nor behind an open
 * breaker, which has proved it. What changes something else, and a person's word, stay: one variable at a time (I4).
 */
export function leavesFor({ move }: Pick<Call, 'move'>): 'degraded' | 'day' | undefined {
  switch (move.kind) {
    case 'first':
    case 'queued':
      return 'degraded';
    case 'retest':
      return move.change === undefined ? 'day' : undefined;
    case 'remedy':
      return RUNG_REMEDIES.some((each) => each === move.remedy) ? 'day' : undefined;
    case 'operator':
    case 'prepare':
      return undefined;
  }
}

/**
 * Rungs on which such a generation must not start: tried before, or dearer than what is left. Undefined
 * where the call does not leave at all.
 */
export function notElsewhere(
  call: Pick<Call, 'move'>,
  attempts: readonly Attempt[],
  snapshot: PolicySnapshot | undefined,
): readonly number[] | undefined {
  if (leavesFor(call) === undefined) return undefined;
  if (snapshot === undefined) return [];
  const spent = { all: attempts, snapshot };
  const tooDear = snapshot.rungs.flatMap((_, rung) =>
    withinCost(spent, worstUsdOf(snapshot, { rung })) ? [] : [rung],
  );
  const tried = sinceLastChange(imageAttempts(attempts)).map(({ variation }) => variation.rung);
  return [...new Set([...tried, ...tooDear])];
}

/** The call on the rung that was found free; undefined where that is none the caller allowed. */
export function elsewhere(
  { variation: from }: Pick<Call, 'variation'>,
  snapshot: PolicySnapshot,
  index: number,
  words: string,
): Call | undefined {
  const rung = snapshot.rungs[index];
  const kind: RungRemedy | undefined = RUNG_REMEDIES.find((each) => each === rung?.kind);
  if (kind === undefined) return undefined;
  const { variation, to } = climb(snapshot, from, index);
  const model = snapshot.rungs[from.rung]?.model ?? 'the route';
  return remedyCall(
    variation,
    kind,
    `${model} → ${to} (${words})`,
    `${model}: ${words}; the request allows ${to}`,
  );
}

/** Why a route is passed over. */
export function passedOverWords({
  degraded,
  breaker,
  dayIsOver,
}: {
  readonly degraded?: RouteShare;
  readonly breaker?: string;
  readonly dayIsOver?: string;
}): string {
  if (degraded !== undefined) return degradedWords(degraded);
  if (breaker !== undefined) return `its breaker is open, route proof: ${breaker}`;
  return `the day's quota is used up, route proof${dayIsOver === undefined ? '' : `: ${dayIsOver}`}`;
}

/** `degraded: 42 % of 130 calls failed for capacity, route proof` */
export function degradedWords({ share, calls }: RouteShare): string {
  return `degraded: ${Math.round(share * 100)} % of ${calls} calls failed for capacity, route proof`;
}
