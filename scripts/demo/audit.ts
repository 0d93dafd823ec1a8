/**
 * What a crowd of generations came to, counted from Temporal's histories, the artifact store and the
 * emulator's ledger alone. A program that counts its own promises believes itself.
 *
 * - `lost`: an answer that reached us whole and is not in the store, a delivered image that is not there
 *   with its hash, or a generation that left traces and is unknown to Temporal;
 * - `paidTwice`: bills beyond one per generation, for images and words alike, whose attempt was not booked
 *   as billed or possibly billed before the next call of that generation began;
 * - `possiblyPaid`: attempts booked `possible`;
 * - `unaccounted`: calls of an ended generation without fence, attempt or evidence, and calls that cost
 *   money and are booked as free.
 *
 * An answer that was on its way to a worker while that worker was killed never reached us: say who was
 * killed and when. The ledger calls it delivered once the last byte has left for the socket.
 */
import type { Client } from '@temporalio/client';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { WORKFLOW_TYPES } from '../../src/contract/names.ts';
import type { LedgerEntry } from '../../src/emulator/ledger.ts';
import type { KilledWorker } from './audit-answers.ts';
import { callsByGeneration } from './audit-calls.ts';
import type { AuditedGeneration } from './audited-generation.ts';
import { readGeneration } from './audit-generation.ts';
import { decoderOf } from './audit-history.ts';
import type { AuditTotals } from './audit-totals.ts';
import { totalsOf } from './audit-totals.ts';

export interface AuditInput {
  readonly client: Client;
  readonly store: ArtifactStore;
  readonly ledger: readonly LedgerEntry[];
  /** Ids that were handed out; one that Temporal does not know has vanished. */
  readonly started?: readonly string[];
  readonly killed?: readonly KilledWorker[];
  /** Narrows Temporal's list where others share the server: `TaskQueue = 'mine'`. */
  readonly where?: string;
  /** Measures answers to queries too; needs a worker on each queue. @default false */
  readonly asksWorkers?: boolean;
}

export interface Audit {
  readonly totals: AuditTotals;
  readonly generations: readonly AuditedGeneration[];
  /** One sentence for each thing lost, paid twice or left out of the books. */
  readonly findings: readonly string[];
}

const AT_ONCE = 8;

export async function audit(input: AuditInput): Promise<Audit> {
  const { client, store, killed = [], asksWorkers = false } = input;
  const calls = callsByGeneration(input.ledger);
  const known = await listed(input);
  const traces = new Set([...(input.started ?? []), ...calls.keys(), ...(await idsInStore(store))]);
  const ids = [...new Set([...known.keys(), ...traces])];
  const decode = decoderOf(client);
  const readings = await inTurns(ids, AT_ONCE, (id) =>
    readGeneration(id, {
      client,
      store,
      decode,
      killed,
      asksWorkers,
      runIds: known.get(id) ?? [],
      calls: calls.get(id) ?? [],
    }),
  );
  return {
    totals: totalsOf(readings),
    generations: readings.flatMap(({ seen }) => seen ?? []).toSorted((a, b) => a.startedAt - b.startedAt),
    findings: readings.flatMap(({ lost, paidTwice, unaccounted }) => [...lost, ...paidTwice, ...unaccounted]),
  };
}

/** Run ids by generation, as Temporal lists them; the list may lag behind, the latest run is always read. */
async function listed({ client, where }: AuditInput): Promise<ReadonlyMap<string, readonly string[]>> {
  const query = [`WorkflowType = '${WORKFLOW_TYPES.generation}'`, ...(where === undefined ? [] : [where])];
  const runs = new Map<string, string[]>();
  for await (const { workflowId, runId } of client.workflow.list({ query: query.join(' AND ') })) {
    runs.set(workflowId, [...(runs.get(workflowId) ?? []), runId]);
  }
  return runs;
}

async function idsInStore(store: ArtifactStore): Promise<readonly string[]> {
  const names = await store.listRecords('attempts/');
  return names.flatMap((name) => /^attempts\/(.+)\/\d+\/fence$/.exec(name)?.[1] ?? []);
}

async function inTurns<A, B>(
  items: readonly A[],
  atOnce: number,
  act: (item: A) => Promise<B>,
): Promise<readonly B[]> {
  const results: B[] = [];
  const left = items.entries();
  const take = async (): Promise<void> => {
    for (const [at, item] of left) results[at] = await act(item);
  };
  await Promise.all(Array.from({ length: atOnce }, take));
  return results;
}
