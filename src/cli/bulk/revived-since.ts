/** Which dead letters of earlier runs were revived since: they are waited for again, at no cost of their own. */
import type { ArtifactStore } from '../../artifacts/store.ts';
import { revivedRecordsPrefix } from '../../contract/names.ts';
import type { ResultsFile } from './results-file.ts';

/** Keys. Throws StoreUnavailable. */
export async function revivedSince(
  store: ArtifactStore,
  { dead }: Pick<ResultsFile, 'dead'>,
): Promise<ReadonlySet<string>> {
  const revived = new Set<string>();
  for (const [key, { id, revivals }] of dead) if ((await revivalsOf(store, id)) > revivals) revived.add(key);
  return revived;
}

/** How often a generation was revived, also beyond Temporal's retention. */
export async function revivalsOf(store: ArtifactStore, id: string): Promise<number> {
  return (await store.listRecords(revivedRecordsPrefix(id))).length;
}
