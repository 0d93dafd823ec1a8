/**
 * What a crowd of generations came to, counted from Temporal's histories, the artifact store and the
 * emulator's ledger alone. A program that counts its own promises believes itself.
 *
 * - `lost`: an answer that reached us whole and is not in the store, a delivered image that is not there
 *   with its hash, or a generation that left traces and is unknown to Temporal;
 * - `paidTwice`: bills beyond one per generation whose attempt was not booked as billed or possibly
 *   billed before the next call of that generation began;
 * - `possiblyPaid`: attempts booked `possible`.
 *
 * An answer that was on its way to a worker while that worker was killed never reached us: say who was
 * killed and when. The ledger calls it delivered once the last byte has left for the socket.
 */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import type { GenerationFailure } from '../../src/contract/generation.ts';
import { WORKFLOW_TYPES } from '../../src/contract/names.ts';
import type { ImageRef } from '../../src/domain/artifact.ts';
import type { Attempt, Cost } from '../../src/domain/attempt.ts';
import { totalCost } from '../../src/domain/attempt.ts';
import type { LedgerEntry } from '../../src/emulator/ledger.ts';
import type { KilledWorker } from './audit-answers.ts';
import { missingImages, paidUnawares, unstored } from './audit-answers.ts';
import type { Decode, RunHistory } from './audit-history.ts';
import { decoderOf, readHistory } from './audit-history.ts';

export interface AuditInput {
  readonly client: Client;
  readonly store: ArtifactStore;
  readonly ledger: readonly LedgerEntry[];
  /** Ids that were handed out; one that Temporal does not know has vanished. */
  readonly started?: readonly string[];
  readonly killed?: readonly KilledWorker[];
  /** Narrows Temporal's list where others share the server: `TaskQueue = 'mine'`. */
  readonly where?: string;
}

export interface AuditTotals {
  readonly generations: number;
  readonly done: number;
  readonly dead: number;
  readonly cancelled: number;
  readonly waiting: number;
  /** Final images of generations that are done, read back from the store. */
  readonly images: number;
  readonly lost: number;
  readonly paidTwice: number;
  readonly possiblyPaid: number;
  readonly maxHistoryEvents: number;
  readonly maxPayloadBytes: number;
  /** Attempts by branch; `success` for those that delivered. */
  readonly byBranch: Readonly<Record<string, number>>;
}

export type Standing = 'done' | 'dead' | 'cancelled' | 'waiting';

export interface AuditedGeneration {
  readonly id: string;
  readonly standing: Standing;
  readonly attempts: readonly Attempt[];
  readonly images: readonly ImageRef[];
  readonly cost: Cost;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** From its start to its last event, in milliseconds. */
  readonly tookMs: number;
  /** The part of it in which no call of ours was under way. */
  readonly waitedMs: number;
  readonly events: number;
  /** Calls that the ledger knows, and those it billed. */
  readonly calls: number;
  readonly billed: number;
  readonly failure?: GenerationFailure;
}

export interface Audit {
  readonly totals: AuditTotals;
  readonly generations: readonly AuditedGeneration[];
  /** One sentence for each thing lost or paid twice. */
  readonly findings: readonly string[];
}

const AT_ONCE = 8;
const GENERATING: ReadonlySet<string> = new Set(['generateContent', 'streamGenerateContent']);

const STANDING: Readonly<Record<string, Standing>> = {
  RUNNING: 'waiting',
  COMPLETED: 'done',
  CANCELLED: 'cancelled',
};

export async function audit(input: AuditInput): Promise<Audit> {
  const calls = callsByGeneration(input.ledger);
  const known = await listed(input);
  const traces = new Set([...(input.started ?? []), ...calls.keys(), ...(await idsInStore(input.store))]);
  const ids = [...new Set([...known.keys(), ...traces])];
  const decode = decoderOf(input.client);
  const read = await inTurns(ids, AT_ONCE, (id) =>
    readGeneration(input, decode, id, known.get(id), calls.get(id) ?? []),
  );
  const seen = read.flatMap((one) => one.seen ?? []);
  const lost = read.flatMap((one) => one.lost);
  const paidTwice = read.flatMap((one) => one.paidTwice);
  const attempts = seen.flatMap((one) => one.attempts);
  const count = (standing: Standing) => seen.filter((one) => one.standing === standing).length;
  return {
    totals: {
      generations: seen.length,
      done: count('done'),
      dead: count('dead'),
      cancelled: count('cancelled'),
      waiting: count('waiting'),
      images: read.reduce((sum, one) => sum + one.imagesRead, 0),
      lost: lost.length,
      paidTwice: paidTwice.length,
      possiblyPaid: attempts.filter(({ billed }) => billed === 'possible').length,
      maxHistoryEvents: Math.max(0, ...seen.map(({ events }) => events)),
      maxPayloadBytes: Math.max(0, ...read.map((one) => one.maxPayloadBytes)),
      byBranch: byBranch(attempts),
    },
    generations: seen.toSorted((a, b) => a.startedAt - b.startedAt),
    findings: [...lost, ...paidTwice],
  };
}

interface Read {
  readonly seen?: AuditedGeneration;
  readonly lost: readonly string[];
  readonly paidTwice: readonly string[];
  readonly imagesRead: number;
  readonly maxPayloadBytes: number;
}

async function readGeneration(
  input: AuditInput,
  decode: Decode,
  id: string,
  runIds: readonly string[] = [],
  calls: readonly LedgerEntry[],
): Promise<Read> {
  const { client, store } = input;
  const latest = await latestRun(client, id);
  const lostAnswers = await unstored(store, calls, input.killed ?? []);
  if (latest === undefined) {
    const vanished = `${id} left traces, and Temporal does not know it`;
    return { lost: [vanished, ...lostAnswers], paidTwice: [], imagesRead: 0, maxPayloadBytes: 0 };
  }
  const runs: RunHistory[] = [];
  for (const runId of new Set([...runIds, latest.runId])) {
    const history = await client.workflow.getHandle(id, runId).fetchHistory();
    runs.push(await readHistory(history, decode));
  }
  runs.sort((a, b) => a.startedAt - b.startedAt);
  const last = runs.at(-1) as RunHistory;
  const booked = runs.flatMap((run) => run.attempts);
  const images = last.result?.images ?? [];
  const missing = await missingImages(store, images);
  const attempts = booked.map(({ attempt }) => attempt);
  const tookMs = runs.reduce((sum, run) => sum + run.lastAt - run.startedAt, 0);
  return {
    seen: {
      id,
      standing: STANDING[latest.status] ?? 'dead',
      attempts,
      images,
      cost: last.result?.cost ?? last.failure?.cost ?? totalCost(attempts),
      startedAt: runs[0]?.startedAt ?? 0,
      tookMs,
      waitedMs: Math.max(0, tookMs - callingMs(attempts)),
      events: Math.max(...runs.map(({ events }) => events)),
      calls: calls.length,
      billed: calls.filter(({ billed }) => billed).length,
      ...(last.failure === undefined ? {} : { failure: last.failure }),
    },
    lost: [
      ...lostAnswers,
      ...missing.map((sha256) => `${id} delivered ${sha256}, which is not in the store`),
    ],
    paidTwice: paidUnawares(id, calls, booked),
    imagesRead: images.length - missing.length,
    maxPayloadBytes: Math.max(...runs.map((run) => run.maxPayloadBytes)),
  };
}

/** An attempt that was lost took as long as we waited for it, not as long as its call. */
function callingMs(attempts: readonly Attempt[]): number {
  return attempts
    .filter(({ classification }) => classification?.branch !== 'interrupted')
    .reduce((sum, { tookMs }) => sum + tookMs, 0);
}

async function latestRun(
  client: Client,
  id: string,
): Promise<{ readonly runId: string; readonly status: string } | undefined> {
  try {
    const { runId, status } = await client.workflow.getHandle(id).describe();
    return { runId, status: status.name };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** Run ids by generation, as Temporal lists them; the list may lag behind, `latestRun` does not. */
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

function callsByGeneration(ledger: readonly LedgerEntry[]): ReadonlyMap<string, readonly LedgerEntry[]> {
  const calls = new Map<string, LedgerEntry[]>();
  for (const entry of ledger) {
    if (entry.generation === undefined || !GENERATING.has(entry.method)) continue;
    const { id } = entry.generation;
    calls.set(id, [...(calls.get(id) ?? []), entry]);
  }
  return calls;
}

function byBranch(attempts: readonly Attempt[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { classification } of attempts) {
    const branch = classification?.branch ?? 'success';
    counts[branch] = (counts[branch] ?? 0) + 1;
  }
  return counts;
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
