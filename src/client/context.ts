/** What every function of the client works with. */
import type { Client } from '@temporalio/client';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { Clock } from './clock.ts';

export interface ClientContext {
  readonly client: Client;
  readonly store: ArtifactStore;
  /** Of each call to Temporal, in milliseconds. */
  readonly deadlineMs: number;
  /** Of the pauses between calls. Default: the real one. */
  readonly clock?: Clock;
}
