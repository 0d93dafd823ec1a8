/** Where a generation is. Each phase owns exactly the fields that make sense in it. */
import type { Branch } from './branch.ts';

/** What stopped a generation that could not be served. */
export type EndCause =
  'stop-branch' | 'no-remedy' | 'attempts-spent' | 'paid-calls-spent' | 'cost-spent' | 'deadline';

export type Phase =
  | { readonly phase: 'checking-quota' }
  /** Its turn has not come: a limit, or a day's reset. */
  | { readonly phase: 'waiting'; readonly until: number; readonly why: string; readonly place?: number }
  | { readonly phase: 'fetching-inputs' }
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
  | { readonly phase: 'no-worker'; readonly since: number; readonly why: string }
  | { readonly phase: 'done' }
  | { readonly phase: 'dead'; readonly branch: Branch; readonly why: string }
  | { readonly phase: 'cancelled' };

export type PhaseName = Phase['phase'];
