/**
 * The questions of the audit that need more than one witness: was an answer lost, was one paid for twice
 * unawares, was a call left out of the books? Each answer is a list of sentences, empty when all is well.
 */
import type { Fence, StoredOutcome } from '../../activities/attempt-records.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import type { ImageRef } from '../../src/domain/artifact.ts';
import type { LedgerEntry } from '../../src/emulator/ledger.ts';
import { isPaid } from './audit-calls.ts';
import type { BookedAttempt } from './audit-history.ts';

export interface KilledWorker {
  readonly pid: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Between the last byte and the record in the store; a worker killed later has lost an answer. */
const STORING_MS = 5_000;

/** One bill is the generation's own; each other one must have been booked before we called again. */
export function paidUnawares(
  id: string,
  calls: readonly LedgerEntry[],
  booked: readonly BookedAttempt[],
): readonly string[] {
  const lastBill = calls.findLastIndex(isPaid);
  return calls.flatMap((call, at) => {
    if (!isPaid(call) || at >= lastBill) return [];
    const next = calls[at + 1] as LedgerEntry;
    const n = call.generation?.n;
    const known = booked.some(
      ({ attempt, bookedAt }) =>
        attempt.n === n && attempt.billed !== 'no' && bookedAt <= Date.parse(next.at),
    );
    return known ? [] : [`${id} paid for call ${call.n} (attempt ${n}) and called again without knowing it`];
  });
}

/**
 * Calls of an ended generation that its books leave out (I3): no fence, no attempt, no evidence in the
 * store, or money that was booked as none.
 */
export async function unaccounted(
  store: ArtifactStore,
  id: string,
  calls: readonly LedgerEntry[],
  booked: readonly BookedAttempt[],
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const call of calls) {
    const n = call.generation?.n;
    const which = `call ${call.n}, attempt ${n} of ${id},`;
    const fence = await store.readRecord(`attempts/${id}/${n}/fence`);
    if (fence === undefined) missing.push(`${which} was made without a fence`);
    const attempt = booked.find((each) => each.attempt.n === n)?.attempt;
    if (attempt === undefined) {
      missing.push(`${which} is in no history`);
      continue;
    }
    if (attempt.evidence === undefined || !(await isReadable(store, attempt.evidence)))
      missing.push(`${which} has no evidence in the store`);
    if (isPaid(call) && attempt.billed === 'no') missing.push(`${which} cost money and is booked as free`);
  }
  return missing;
}

/** Answers that the ledger saw leave whole and that the store does not hold. */
export async function unstored(
  store: ArtifactStore,
  calls: readonly LedgerEntry[],
  killed: readonly KilledWorker[],
): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const call of calls) {
    if (call.delivered !== 'whole' || call.generation === undefined) continue;
    const { id, n } = call.generation;
    const outcome = (await store.readRecord(`attempts/${id}/${n}/outcome`)) as StoredOutcome | undefined;
    // The client broke off by itself while the last bytes were on their way.
    if (outcome?.kind === 'broken' && outcome.stage !== 'before-send') continue;
    if (outcome?.kind === 'answer' && (await isReadable(store, outcome.raw.sha256))) continue;
    if (await wasCutOff(store, call, killed)) continue;
    lost.push(`the answer to call ${call.n}, attempt ${n} of ${id}, arrived whole and is not in the store`);
  }
  return lost;
}

async function wasCutOff(
  store: ArtifactStore,
  { generation, at, durationMs = 0 }: LedgerEntry,
  killed: readonly KilledWorker[],
): Promise<boolean> {
  const fence = (await store.readRecord(`attempts/${generation?.id}/${generation?.n}/fence`)) as
    Fence | undefined;
  const deliveredAt = Date.parse(at) + durationMs;
  return killed.some(
    (worker) => fence?.worker === String(worker.pid) && worker.at <= deliveredAt + STORING_MS,
  );
}

export async function missingImages(
  store: ArtifactStore,
  images: readonly ImageRef[],
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const { sha256 } of images) if (!(await isReadable(store, sha256))) missing.push(sha256);
  return missing;
}

/** Reading verifies the hash. */
async function isReadable(store: ArtifactStore, sha256: string): Promise<boolean> {
  return await store.get(sha256).then(
    () => true,
    () => false,
  );
}
