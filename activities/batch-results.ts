/**
 * A batch's result file, line by line: each a key with a response or an error. A response goes into the store
 * as if it had come alone, so that classification, extraction and cost read it as a live answer (I2). A line
 * that is none is passed over; its item then has no line.
 */
import { RPC_STATUSES, HTTP_OF } from '../src/domain/classify/rpc-status.ts';
import type { ArtifactRef } from '../src/domain/artifact.ts';
import { readBatchLines } from '../src/gemini/batch-lines.ts';
import type { ActivityDeps } from './deps.ts';

export interface ItemResult {
  readonly key: string;
  readonly outcome: {
    readonly kind: 'answer';
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly raw: ArtifactRef;
  };
}

const HEADERS = { 'content-type': 'application/json' };

export async function* readResults(
  { store }: ActivityDeps,
  file: AsyncIterable<Uint8Array>,
): AsyncGenerator<ItemResult> {
  for await (const { key, response, error } of readBatchLines(file)) {
    if (key === undefined) continue;
    if (response === undefined && error === undefined) continue;
    const body = response ?? { error: plainError(error) };
    const raw = await store.put(Buffer.from(JSON.stringify(body)), 'application/json');
    const status = response === undefined ? httpOf(error) : 200;
    yield { key, outcome: { kind: 'answer', status, headers: HEADERS, raw } };
  }
}

/** Items carry google.rpc's number where answers carry HTTP's; the words stay as they came. */
function plainError(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? error : { message: String(error) };
}

/** Of a google.rpc.Status: its number is HTTP's already, or google.rpc's. 500 where it has none. */
export function httpOf(error: unknown): number {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (typeof code !== 'number') return 500;
  if (code >= 400 && code < 600) return code;
  const status = RPC_STATUSES[code - 1];
  return status === undefined ? 500 : HTTP_OF[status];
}
