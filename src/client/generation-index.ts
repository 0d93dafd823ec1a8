/**
 * What the store knows of finished generations, so that an idempotency key holds beyond Temporal's
 * retention (I11). The activity that delivers writes it.
 */
import type { ArtifactStore } from '../artifacts/store.ts';
import type { GenerationResult } from '../contract/generation.ts';
import { finishedRecordName } from '../contract/names.ts';

export interface FinishedRecord {
  readonly requestDigest: string;
  readonly result: GenerationResult;
}

export async function finishedRecord(store: ArtifactStore, id: string): Promise<FinishedRecord | undefined> {
  return (await store.readRecord(finishedRecordName(id))) as FinishedRecord | undefined;
}
