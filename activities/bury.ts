/** `gemini.bury`: the store's record of a dead letter, by which it is found beyond Temporal's retention. */
import { StoreUnavailable } from '../src/artifacts/errors.ts';
import type { DeadRecord } from '../src/contract/generation.ts';
import { deadRecordName } from '../src/contract/names.ts';
import type { ActivityDeps } from './deps.ts';
import { storeAway } from './failures.ts';

export async function bury({ store, redactor }: ActivityDeps, record: DeadRecord): Promise<void> {
  try {
    await store.createRecord(deadRecordName(record.failure.id, record.runId), {
      ...redactor.json(record),
      // As it stands in Temporal's history: a revival must not send another prompt than the first run did.
      request: record.request,
    });
  } catch (error) {
    throw error instanceof StoreUnavailable ? storeAway(error) : error;
  }
}
