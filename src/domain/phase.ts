/** Where a generation is. Each phase owns exactly the fields that make sense in it. */
import type { StopScope } from './ask.ts';
import type { TextRemedy } from './attempt.ts';
import type { Branch } from './branch.ts';
import type { WaitLimit } from './wait-limit.ts';

/** What stopped a generation that could not be served. */
export type EndCause =
  | 'stop-branch'
  | 'no-remedy'
  | 'attempts-spent'
  | 'paid-calls-spent'
  | 'cost-spent'
  | 'deadline'
  | 'rejected';

export type Phase =
  | { readonly phase: 'checking-quota' }
  /** Its turn has not come: a limit, a day's reset, or quiet hours. */
  | {
      readonly phase: 'waiting';
      readonly until: number;
      readonly why: string;
      readonly place?: number;
      /** What binds; absent from an earlier release, and for quiet hours. */
      readonly limit?: WaitLimit;
      /** For quiet hours, as its caller wanted: who promotes it ends that. */
      readonly quiet?: true;
    }
  | { readonly phase: 'fetching-inputs'; readonly why?: string }
  /** Inputs go to the provider's file storage, because they are too large to travel in the request. */
  | { readonly phase: 'uploading'; readonly n: number; readonly why: string }
  | { readonly phase: 'generating'; readonly n: number; readonly model: string }
  /** A response is held by a worker and its storing is being retried, or the store is away. */
  | { readonly phase: 'storing'; readonly n: number; readonly why: string; readonly until?: number }
  | { readonly phase: 'extracting'; readonly n: number }
  | { readonly phase: 'deciding'; readonly n: number }
  | {
      readonly phase: 'backing-off';
      readonly until: number;
      readonly branch: Branch;
      readonly retest: number;
      readonly of: number;
      readonly why: string;
    }
  | { readonly phase: 'falling-back'; readonly to: string; readonly why: string }
  /** A text model makes the prompt of a remedy. */
  | { readonly phase: 'rewriting'; readonly remedy: TextRemedy; readonly why: string }
  /** Inputs are scaled down, or stale files deleted, for a remedy. */
  | { readonly phase: 'preparing'; readonly remedy: 'smaller-inputs' | 'delete-files'; readonly why: string }
  /** A cause that a person must fix stops it; `scope` says for how much of the configuration. */
  | {
      readonly phase: 'held';
      readonly scope: StopScope;
      /** Id of the hold, where it is known: `h-3`. */
      readonly hold?: string;
      readonly until: number;
      readonly why: string;
    }
  /** Nothing goes on by itself; at `until`, its deadline, it ends. */
  | { readonly phase: 'awaiting-operator'; readonly until: number; readonly why: string }
  /** In a batch lane: collected until `until`, or in a job that ends by then. */
  | {
      readonly phase: 'batching';
      readonly until: number;
      readonly why: string;
      /** The job that it is in; absent while the lane collects. */
      readonly job?: string;
      /** What a live call costs more, at most; and what the item may cost in vain, once it is in a job. USD. */
      readonly leaving: { readonly moreUsd: number; readonly lostUsd: number };
    }
  | { readonly phase: 'no-worker'; readonly since: number; readonly why: string }
  | { readonly phase: 'done' }
  | { readonly phase: 'dead'; readonly branch: Branch; readonly why: string }
  | { readonly phase: 'cancelled' };

export type PhaseName = Phase['phase'];
