/**
 * What a generation's run came to, in numbers: its calls, what they cost, how long it waited and for what.
 * Small, free of text that anybody wrote, and written once, at the run's end, so that a report over
 * thousands of generations reads no history and asks no worker.
 */
import type { Attempt } from './attempt.ts';
import type { Phase } from './phase.ts';
import type { ServiceTier } from './path.ts';
import type { Quality, Urgency } from './request.ts';
import { WAIT_LIMITS } from './wait-limit.ts';

/** What a generation waits for: a limit, what concerns everyone on its route, or something of its own. */
export const WAIT_KINDS = [
  ...WAIT_LIMITS,
  'quiet',
  'retest',
  'held',
  'operator',
  'batch',
  'store',
  'worker',
] as const;
export type WaitKind = (typeof WAIT_KINDS)[number];

/** Calls of a run that are alike: one group for each hour, route, model, tier and verdict. */
export interface CallTally {
  /** Hours since 1970, UTC, in which they were sent. */
  readonly hour: number;
  readonly route: string;
  readonly model: string;
  /** `batch`: as items of a batch job. `unknown`: told by a result that does not say. */
  readonly tier: ServiceTier | 'batch' | 'unknown';
  /** `branch/reason`; absent where they gave what they were made for. */
  readonly verdict?: string;
  /** Calls of a text model, which deliver no image. */
  readonly text?: true;
  readonly calls: number;
  /** Of them: billed for sure; possibly billed. */
  readonly billed: number;
  readonly maybeBilled: number;
  /** USD, to a billionth. */
  readonly sureUsd: number;
  readonly possibleUsd: number;
}

/** Memo `geminiEnded`. */
export interface Tally {
  readonly v: 1;
  readonly end: 'done' | 'dead' | 'cancelled';
  /** `branch/reason` that a dead one ended in. */
  readonly verdict?: string;
  /** Final images, and thinking images beside them. */
  readonly images: number;
  readonly drafts: number;
  readonly urgency: Urgency;
  readonly deadlineMs: number;
  readonly quality?: Quality;
  readonly tenant?: string;
  /** A turn of an edit session. */
  readonly turn?: true;
  /** A dead letter that was brought back: this is of the new run alone. */
  readonly revived?: true;
  /** Milliseconds; kinds that it did not wait for are absent. */
  readonly waitMs: { readonly [K in WaitKind]?: number };
  readonly calls: readonly CallTally[];
}

const HOUR_MS = 3_600_000;
/** Fifty attempts is the most there may be; what is beyond these groups is folded into the last one. */
const MOST_GROUPS = 24;
const NANOS = 1e9;

/** USD as whole billionths: sums of them are exact, whatever their order. */
export function nanosOf(usd: number): number {
  return Math.round(usd * NANOS);
}

export function usdOfNanos(nanos: number): number {
  return nanos / NANOS;
}

/** @param tier Of the rung that it was made on. */
export function tallyOfCall(attempt: Attempt, tier: ServiceTier | 'unknown'): CallTally {
  const { startedAt, route, model, classification: c, move, variation, billed, cost } = attempt;
  const isText = move.kind === 'prepare' && (move.remedy === 'rewrite' || move.remedy === 'simplify');
  return {
    hour: Math.floor(startedAt / HOUR_MS),
    route,
    model,
    tier: variation.batch === true ? 'batch' : isText ? 'standard' : tier,
    ...(c === undefined ? {} : { verdict: `${c.branch}/${c.reason}` }),
    ...(isText ? { text: true } : {}),
    calls: 1,
    billed: billed === 'yes' ? 1 : 0,
    maybeBilled: billed === 'possible' ? 1 : 0,
    sureUsd: usdOfNanos(nanosOf(cost.sureUsd)),
    possibleUsd: usdOfNanos(nanosOf(cost.possibleUsd)),
  };
}

/** Adds calls to the group that they are like. No number is lost: with no room left the last group takes them. */
export function withCalls(groups: readonly CallTally[], more: CallTally): readonly CallTally[] {
  const alike = groups.findIndex((group) => isAlike(group, more));
  if (alike < 0 && groups.length < MOST_GROUPS) return [...groups, more];
  const at = alike < 0 ? groups.length - 1 : alike;
  return groups.map((group, i) => (i === at ? sumOf(group, more) : group));
}

function isAlike(one: CallTally, other: CallTally): boolean {
  return (
    one.hour === other.hour &&
    one.route === other.route &&
    one.model === other.model &&
    one.tier === other.tier &&
    one.verdict === other.verdict &&
    one.text === other.text
  );
}

function sumOf(one: CallTally, other: CallTally): CallTally {
  return {
    ...one,
    calls: one.calls + other.calls,
    billed: one.billed + other.billed,
    maybeBilled: one.maybeBilled + other.maybeBilled,
    sureUsd: usdOfNanos(nanosOf(one.sureUsd) + nanosOf(other.sureUsd)),
    possibleUsd: usdOfNanos(nanosOf(one.possibleUsd) + nanosOf(other.possibleUsd)),
  };
}

/** What a phase waits for; undefined where it works. */
export function waitKindOf(phase: Phase): WaitKind | undefined {
  switch (phase.phase) {
    case 'waiting':
      return phase.quiet === true ? 'quiet' : (phase.limit ?? 'governor');
    case 'backing-off':
      return 'retest';
    case 'held':
      return 'held';
    case 'awaiting-operator':
      return 'operator';
    case 'batching':
      return 'batch';
    case 'storing':
      return 'store';
    case 'no-worker':
      return 'worker';
    case 'checking-quota':
    case 'fetching-inputs':
    case 'uploading':
    case 'generating':
    case 'extracting':
    case 'deciding':
    case 'falling-back':
    case 'rewriting':
    case 'preparing':
    case 'done':
    case 'dead':
    case 'cancelled':
      return undefined;
  }
}
