/**
 * What a batch lane knows: what it collects, and its jobs. JSON that goes on by continue-as-new; small,
 * because a closed job's list of items lies in the store.
 */
import type { LaneItem, LaneLimits } from '../contract/lane.ts';
import { DEFAULT_LANE_LIMITS } from '../contract/lane.ts';

export interface WaitingItem extends LaneItem {
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

interface JobBase {
  /** Deterministic: the lane and the job's number. */
  readonly name: string;
  readonly items: number;
  /** Epoch milliseconds at which it was closed, and once it runs, created. */
  readonly since: number;
  /** Of submitting or looking, in vain, in a row. */
  readonly tries: number;
  readonly nextAt: number;
  readonly why?: string;
}

export interface SubmittingJob extends JobBase {
  readonly phase: 'submitting';
  /** Until the first try has put them into the store. */
  readonly list?: readonly LaneItem[];
}

export interface RunningJob extends JobBase {
  readonly phase: 'running';
  /** `batches/abc` */
  readonly job: string;
  /** Somebody left it: to be cancelled, where everybody has. */
  readonly left?: true;
}

export type LaneJob = SubmittingJob | RunningJob;

export interface LaneState {
  /** Names its jobs: what a lane of the same name left behind is never taken for this one's. */
  readonly prefix: string;
  readonly limits: LaneLimits;
  readonly timeScale: number;
  /** Number of the job that is closed next. */
  readonly next: number;
  readonly waiting: readonly WaitingItem[];
  readonly jobs: readonly LaneJob[];
}

export function newLane(prefix: string): LaneState {
  return { prefix, limits: DEFAULT_LANE_LIMITS, timeScale: 1, next: 1, waiting: [], jobs: [] };
}
