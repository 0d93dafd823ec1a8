/** One line of a count: generations, calls and money that have something in common. Lines add up. */
import type { CallTally } from '../tally.ts';
import { nanosOf } from '../tally.ts';

/** Whole numbers throughout: sums are exact and independent of their order. Money is billionths of a USD. */
export interface Line {
  /** Runs of generations that ended and belong here. */
  readonly generations: number;
  readonly delivered: number;
  readonly dead: number;
  readonly cancelled: number;
  readonly images: number;
  /** Provider calls, text calls included. */
  readonly calls: number;
  readonly textCalls: number;
  /** Calls that did not give what they were made for. */
  readonly failed: number;
  /** Of them: for want of capacity, as a governor counts it. */
  readonly capacity: number;
  readonly billed: number;
  readonly maybeBilled: number;
  readonly sureNanos: number;
  readonly possibleNanos: number;
  /** The part of both that went for calls that failed. */
  readonly wastedSureNanos: number;
  readonly wastedPossibleNanos: number;
  /** Live image calls of generations that could have waited a day, and what those that delivered cost. */
  readonly patientCalls: number;
  readonly patientNanos: number;
}

export const NO_LINE: Line = {
  generations: 0,
  delivered: 0,
  dead: 0,
  cancelled: 0,
  images: 0,
  calls: 0,
  textCalls: 0,
  failed: 0,
  capacity: 0,
  billed: 0,
  maybeBilled: 0,
  sureNanos: 0,
  possibleNanos: 0,
  wastedSureNanos: 0,
  wastedPossibleNanos: 0,
  patientCalls: 0,
  patientNanos: 0,
};

const CAPACITY: ReadonlySet<string> = new Set(['capacity', 'gateway-fault', 'internal', 'quota-unknown']);

const FIELDS = Object.keys(NO_LINE) as readonly (keyof Line)[];

type Mutable = { -readonly [K in keyof Line]: Line[K] };

export function added(one: Line, other: Line): Line {
  const sum: Mutable = { ...one };
  for (const field of FIELDS) sum[field] += other[field];
  return sum;
}

/** What a group of calls adds; generations and images are added by whoever knows where they belong. */
export function lineOfCalls(group: CallTally, isPatient: boolean): Line {
  const { calls, billed, maybeBilled, verdict, text, tier } = group;
  const hasFailed = verdict !== undefined;
  const sureNanos = nanosOf(group.sureUsd);
  const possibleNanos = nanosOf(group.possibleUsd);
  const couldWait = isPatient && text !== true && tier !== 'batch';
  return {
    ...NO_LINE,
    calls,
    billed,
    maybeBilled,
    sureNanos,
    possibleNanos,
    textCalls: text === true ? calls : 0,
    failed: hasFailed ? calls : 0,
    capacity: CAPACITY.has(verdict?.split('/')[0] ?? '') ? calls : 0,
    wastedSureNanos: hasFailed ? sureNanos : 0,
    wastedPossibleNanos: hasFailed ? possibleNanos : 0,
    patientCalls: couldWait ? calls : 0,
    patientNanos: couldWait && !hasFailed ? sureNanos : 0,
  };
}
