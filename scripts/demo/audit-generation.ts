/** What is known of one generation: read from all its runs, its calls in the ledger, and the store. */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import type { LedgerEntry } from '../../src/emulator/ledger.ts';
import type { KilledWorker } from './audit-answers.ts';
import { missingImages, paidUnawares, unaccounted, unstored } from './audit-answers.ts';
import { isPaid } from './audit-calls.ts';
import type { Decode, RunHistory } from './audit-history.ts';
import { readHistory } from './audit-history.ts';
import { queryAnswers } from './audit-queries.ts';
import type { AuditedGeneration, Standing } from './audited-generation.ts';
import { toldByRuns } from './audited-generation.ts';

export interface GenerationReading {
  readonly seen?: AuditedGeneration;
  readonly lost: readonly string[];
  readonly paidTwice: readonly string[];
  readonly unaccounted: readonly string[];
  readonly imagesRead: number;
  readonly maxPayloadBytes: number;
}

export interface GenerationWitnesses {
  readonly client: Client;
  readonly store: ArtifactStore;
  readonly decode: Decode;
  readonly killed: readonly KilledWorker[];
  readonly asksWorkers: boolean;
  /** As Temporal lists them; the list may lag behind. */
  readonly runIds: readonly string[];
  readonly calls: readonly LedgerEntry[];
}

const STANDING: Readonly<Record<string, Standing>> = {
  RUNNING: 'waiting',
  COMPLETED: 'done',
  CANCELLED: 'cancelled',
};
/** It came to its own end: nothing may be left out of its books. */
const ENDED: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED']);

export async function readGeneration(id: string, witnesses: GenerationWitnesses): Promise<GenerationReading> {
  const { client, store, decode, calls, killed } = witnesses;
  const lostAnswers = await unstored(store, calls, killed);
  const latest = await latestRun(client, id);
  if (latest === undefined) {
    const lost = [`${id} left traces, and Temporal does not know it`, ...lostAnswers];
    return { lost, paidTwice: [], unaccounted: [], imagesRead: 0, maxPayloadBytes: 0 };
  }
  const runs: RunHistory[] = [];
  const runIds = new Set([...witnesses.runIds, latest.runId]);
  for (const runId of runIds) {
    const run = await readHistory(await client.workflow.getHandle(id, runId).fetchHistory(), decode);
    runs.push(run);
    // Its dead letter is read too, whether or not it is listed yet.
    if (run.revival !== undefined) runIds.add(run.revival.of);
  }
  runs.sort((a, b) => a.startedAt - b.startedAt);
  const answers = witnesses.asksWorkers ? await queryAnswers(client, decode, id) : { maxBytes: 0 };
  const { status } = latest;
  const booked = runs.flatMap((run) => run.attempts);
  const images = runs.at(-1)?.result?.images ?? [];
  const missing = await missingImages(store, images);
  return {
    seen: {
      ...toldByRuns(runs, status === 'RUNNING' ? answers.view : undefined),
      id,
      standing: STANDING[status] ?? 'dead',
      images,
      calls: calls.length,
      paid: calls.filter(isPaid).length,
    },
    lost: [
      ...lostAnswers,
      ...missing.map((sha256) => `${id} delivered ${sha256}, which is not in the store`),
    ],
    paidTwice: paidUnawares(id, calls, booked),
    unaccounted: ENDED.has(status) ? await unaccounted(store, id, calls, booked) : [],
    imagesRead: images.length - missing.length,
    maxPayloadBytes: Math.max(answers.maxBytes, ...runs.map((run) => run.maxPayloadBytes)),
  };
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
