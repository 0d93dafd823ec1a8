/** What every function of the client works with. */
import type { Client } from '@temporalio/client';
import type { ArtifactStore } from '../artifacts/store.ts';

export interface ClientContext {
  readonly client: Client;
  readonly store: ArtifactStore;
  /** Of each call to Temporal, in milliseconds. */
  readonly deadlineMs: number;
}
