/**
 * A batch's results as outcomes of calls: a response goes into the store as if it had come alone, so that
 * classification, extraction and cost read it as a live answer (I2).
 */
import type { ArtifactRef } from '../src/domain/artifact.ts';
import { HTTP_OF, RPC_STATUSES } from '../src/domain/classify/rpc-status.ts';
import { readResults } from '../src/gemini/batch-results.ts';
import type { ActivityDeps } from './deps.ts';

export interface ItemResult {
  readonly key: string;
  readonly outcome: BatchAnswer;
}

export interface BatchAnswer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: ArtifactRef;
}

const HEADERS = { 'content-type': 'application/json' };

/** @param expected Keys of the job's items; of others nothing is told, nor of those without a whole line. */
export async function* itemResults(
  deps: ActivityDeps,
  file: AsyncIterable<Uint8Array>,
  expected: ReadonlySet<string>,
): AsyncGenerator<ItemResult> {
  for await (const result of readResults(file, { expected })) {
    if (result.kind === 'problem') continue;
    const { key, what } = result;
    const { headers, body } = result.outcome;
    if (what === 'response') {
      const raw = await deps.store.put(body, 'application/json');
      yield { key, outcome: { kind: 'answer', status: 200, headers, raw } };
    } else {
      const { error } = JSON.parse(Buffer.from(body).toString('utf8')) as { readonly error: object };
      yield { key, outcome: await errorAnswer(deps, error) };
    }
  }
}

/**
 * A google.rpc.Status as the answer that a live call would have had: with the HTTP status and the status word
 * that its number stands for, all else as it came.
 */
export async function errorAnswer(
  { store }: ActivityDeps,
  error: { readonly code?: number | string },
  beside: object = {},
): Promise<BatchAnswer> {
  const { code } = error;
  const word = typeof code === 'number' ? RPC_STATUSES[code - 1] : undefined;
  const http = typeof code === 'number' && code >= 400 && code < 600 ? code : 500;
  const status = word === undefined ? http : HTTP_OF[word];
  const told = { ...(word === undefined ? {} : { status: word }), ...error };
  const raw = await store.put(Buffer.from(JSON.stringify({ error: told, ...beside })), 'application/json');
  return { kind: 'answer', status, headers: HEADERS, raw };
}
