/**
 * Bills in the artifact store until the budget has heard of them: one record each, by the process that
 * wrote it and the request that was to tell it. Read only after that process died.
 */
import type { ArtifactStore } from '../src/artifacts/store.ts';
import type { JournalEntry, WalletJournal } from '../src/quota/wallet.ts';

export function storeJournal(store: ArtifactStore): WalletJournal {
  return {
    write: async (entry) => {
      const { key, sureMicros, possibleMicros, awaitedMicros = 0 } = entry.settlement;
      const known = sureMicros > 0 ? 'sure' : possibleMicros > 0 ? 'possible' : 'none';
      const kind = awaitedMicros > 0 ? 'awaited' : known;
      await store.createRecord(`${prefixOf(entry)}${key}/${kind}`, entry);
    },
    read: async (tenant, process, seq) => {
      const names = await store.listRecords(prefixOf({ tenant, process, seq }));
      return (await Promise.all(names.map((name) => store.readRecord(name)))) as readonly JournalEntry[];
    },
  };
}

function prefixOf({ tenant, process, seq }: Pick<JournalEntry, 'tenant' | 'process' | 'seq'>): string {
  return `wallets/${encodeURIComponent(tenant)}/${encodeURIComponent(process)}/${seq}/`;
}
