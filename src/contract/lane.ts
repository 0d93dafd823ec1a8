/**
 * What a generation, a batch lane and its activities tell each other. References and words only: payloads,
 * results and lists of items lie in the artifact store (I1).
 */
import type { GenerateInput } from './generation.ts';

/** When a lane closes what it collects and sends it: whichever comes first. */
export interface LaneLimits {
  readonly items: number;
  /** Of the file: inputs travel in it. */
  readonly bytes: number;
  /** How long the first item waits for others, milliseconds. */
  readonly ageMs: number;
}

export const DEFAULT_LANE_LIMITS: LaneLimits = { items: 100, bytes: 200 * 1024 * 1024, ageMs: 10 * 60_000 };

/** One call of a generation in a lane. `entry` counts how often this call has entered: it may leave and come back. */
export interface LaneItem {
  readonly generation: string;
  readonly n: number;
  readonly entry: number;
}

/** Whose lane it is: a project's and a model's, on one task queue. */
export interface LaneOf {
  /** Name of the configured route whose key submits. */
  readonly route: string;
  readonly model: string;
  /** `google/ai-studio/my-project`: batches have a quota of their own there. */
  readonly account: string;
}

/** The argument of workflow `geminiBatchLane`. */
export interface LaneInput extends LaneOf {
  /** Of the run before. */
  readonly state?: unknown;
}

/** To a lane: an item is here, or still here. However often it is said, it is collected once. */
export interface LaneJoin extends LaneItem {
  /** Of its line in the file. */
  readonly bytes: number;
  /** The newest worker's: a lane goes by what it was told last. */
  readonly limits: LaneLimits;
  readonly timeScale: number;
  /** It is in this job; a lane that does not know the job, because another run of it was ended, adopts it. */
  readonly job?: string;
}

/** To a lane: nobody waits for this item any more. */
export interface LaneLeave extends LaneItem {
  /** The job that it is in; absent where it is in none. */
  readonly job?: string;
}

/** To a generation, from a lane's activities. */
export interface LaneNews extends Pick<LaneItem, 'n' | 'entry'> {
  readonly standing: LaneStanding;
}

/** Where an item is. */
export type LaneStanding =
  /** In no job yet; the lane closes what it collects by `until`. */
  | { readonly kind: 'collecting'; readonly until: number }
  /** `why`: the provider has not taken the job yet. */
  | { readonly kind: 'submitted'; readonly job: string; readonly until: number; readonly why?: string }
  /** What came of it is in the store. */
  | { readonly kind: 'answered' };

/** How leaving went. */
export type LeaveAnswer =
  /** It was in no job and will be in none: nothing was sent. */
  | { readonly kind: 'free' }
  /** What came of it is in the store: its answer, or that it may have been billed. */
  | { readonly kind: 'answered' };

export interface LeaveLaneInput extends LaneItem {
  /** Whose budget holds its money. */
  readonly tenant?: string;
}

export interface EnterLaneInput extends GenerateInput {
  readonly entry: number;
}

/** Of a job: everything else is found by its name. */
export interface JobInput extends LaneOf {
  /** Its display name at the provider, and its name in the store. */
  readonly name: string;
}

export interface SubmitBatchInput extends JobInput {
  /** What goes into it; absent once its list is in the store. */
  readonly items?: readonly LaneItem[];
  readonly timeScale: number;
}

export type SubmitAnswer = {
  /** Jobs that hold some of the items: another lane's, or those of a run that was ended. */
  readonly elsewhere: readonly string[];
} & (
  | { readonly kind: 'created'; readonly job: string }
  /** Nothing is left to send: every item has left, is in another job, or has its verdict. */
  | { readonly kind: 'empty' }
  /** Not taken, or nobody knows: asked again after a while, at least `ms`. */
  | { readonly kind: 'later'; readonly why: string; readonly ms?: number }
);

export interface WatchBatchInput extends JobInput {
  /** `batches/abc`, the provider's name. */
  readonly job: string;
  /** Epoch milliseconds at which it was created, by the lane's clock. */
  readonly since: number;
}

/** What came of a look at a job. */
export type WatchAnswer =
  | { readonly kind: 'running' }
  /** Every item has its outcome in the store, and its generation was told. */
  | { readonly kind: 'done'; readonly state: string; readonly answered: number; readonly missing: number }
  | { readonly kind: 'unknown'; readonly why: string };

/** The activities of a batch lane and of a generation in one, by their names on the wire. */
export interface LaneActivities {
  'gemini.enterLane'(input: EnterLaneInput): Promise<LaneStanding>;
  'gemini.askLane'(item: LaneItem): Promise<LaneStanding>;
  'gemini.leaveLane'(input: LeaveLaneInput): Promise<LeaveAnswer>;
  'gemini.submitBatch'(input: SubmitBatchInput): Promise<SubmitAnswer>;
  'gemini.watchBatch'(input: WatchBatchInput): Promise<WatchAnswer>;
  'gemini.cancelBatch'(input: WatchBatchInput): Promise<void>;
}

/** What the query `gemini.lane` tells. */
export interface LaneView extends LaneOf {
  readonly limits?: LaneLimits;
  /** Items that are in no job yet. */
  readonly waiting: number;
  readonly jobs: readonly LaneJobView[];
}

export interface LaneJobView {
  readonly name: string;
  readonly phase: 'submitting' | 'running';
  readonly items: number;
  /** The provider's name. */
  readonly job?: string;
  /** Epoch milliseconds at which it was closed, and once it runs, created. */
  readonly since: number;
  /** When it is looked at next, or submitted again. */
  readonly nextAt: number;
  readonly why?: string;
}

/** A job that is not done by then is expired by the provider, without results. */
export const JOB_LIFE_MS = 48 * 3_600_000;

/** `<generation>/<n>`: the key of its line in a file. Within one job it is there once. */
export function itemKey({ generation, n }: Pick<LaneItem, 'generation' | 'n'>): string {
  return `${generation}/${n}`;
}
