/**
 * Everything that is left of a generation for a support case: per attempt its evidence and the raw
 * response, from the store; the request, from Temporal or, beyond retention, from the record of its death.
 */
import type { ArtifactStore } from '../../artifacts/store.ts';
import { connectClient } from '../../client/connect.ts';
import { inputOf, newestDeadRecord } from '../../client/dead-letter.ts';
import type { GenerationRequest } from '../../domain/request.ts';
import type { ServerOptions } from '../common-options.ts';
import { serverOptions } from '../common-options.ts';
import type { Sight } from '../look-at.ts';
import type { EvidenceFile } from './evidence-file.ts';

export interface CollectedAttempt {
  readonly n: number;
  /** Absent where the attempt left none, or the store has lost it. */
  readonly evidence?: EvidenceFile;
  /** The fence and the outcome, as the worker recorded them. */
  readonly records: Readonly<Record<string, unknown>>;
  readonly raw?: Uint8Array;
}

export interface CollectedCase {
  readonly sight: Sight;
  readonly attempts: readonly CollectedAttempt[];
  /** Absent where neither Temporal nor the store knows it any more. */
  readonly request?: GenerationRequest;
  /** Its prompt as text; absent as the request is. */
  readonly prompt?: string;
}

export async function collectCase(
  store: ArtifactStore,
  sight: Sight,
  server: Partial<ServerOptions>,
): Promise<CollectedCase> {
  const attempts: CollectedAttempt[] = [];
  for (const n of await numbersOf(store, sight)) attempts.push(await attemptOf(store, sight, n));
  const request = await requestOf(store, sight, server);
  if (request === undefined) return { sight, attempts };
  const { prompt } = request;
  const text = typeof prompt === 'string' ? prompt : await textOf(store, prompt.sha256);
  return { sight, attempts, request, ...(text === undefined ? {} : { prompt: text }) };
}

/** Of the trail and of the store: beyond retention the trail of a delivered generation is not kept. */
async function numbersOf(store: ArtifactStore, { id, trail }: Sight): Promise<readonly number[]> {
  const prefix = `attempts/${id}/`;
  const recorded = (await store.listRecords(prefix)).map((name) =>
    Number.parseInt(name.slice(prefix.length), 10),
  );
  const all = [...trail.map(({ n }) => n), ...recorded].filter((n) => Number.isInteger(n));
  return [...new Set(all)].sort((a, b) => a - b);
}

async function attemptOf(store: ArtifactStore, { id, trail }: Sight, n: number): Promise<CollectedAttempt> {
  const sha256 = trail.find((line) => line.n === n)?.evidence;
  const text = sha256 === undefined ? undefined : await textOf(store, sha256);
  const evidence = text === undefined ? undefined : (JSON.parse(text) as EvidenceFile);
  const [fence, outcome] = [
    await store.readRecord(`attempts/${id}/${n}/fence`),
    await store.readRecord(`attempts/${id}/${n}/outcome`),
  ];
  const kept = (outcome as { readonly raw?: { readonly sha256: string } } | undefined)?.raw;
  const raw = evidence?.raw ?? kept;
  const bytes = raw === undefined ? undefined : await bytesOf(store, raw.sha256);
  return {
    n,
    records: { ...(fence === undefined ? {} : { fence }), ...(outcome === undefined ? {} : { outcome }) },
    ...(evidence === undefined ? {} : { evidence }),
    ...(bytes === undefined ? {} : { raw: bytes }),
  };
}

/** Of the run that was looked at; else of the last one that died. */
async function requestOf(
  store: ArtifactStore,
  { id, description }: Sight,
  server: Partial<ServerOptions>,
): Promise<GenerationRequest | undefined> {
  const told = description === undefined ? undefined : await requestOfRun(id, description.runId, server);
  return told ?? (await newestDeadRecord(store, id))?.request;
}

async function requestOfRun(
  id: string,
  runId: string,
  server: Partial<ServerOptions>,
): Promise<GenerationRequest | undefined> {
  const { connectTimeout, ...where } = serverOptions(server);
  try {
    const { client, close } = await connectClient(where, connectTimeout);
    try {
      return (await inputOf({ client, deadlineMs: connectTimeout }, id, runId)).request;
    } finally {
      await close();
    }
  } catch {
    // The evidence is what the case is about; it is worth having without the request.
    return undefined;
  }
}

async function textOf(store: ArtifactStore, sha256: string): Promise<string | undefined> {
  const bytes = await bytesOf(store, sha256);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
}

/** A bundle with a gap is better than none. */
async function bytesOf(store: ArtifactStore, sha256: string): Promise<Uint8Array | undefined> {
  return await store.get(sha256).catch((error: unknown) => {
    if ((error as Error).name === 'StoreUnavailable') throw error;
    return undefined;
  });
}
