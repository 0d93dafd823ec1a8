/**
 * The body of an object as chunks, each waited for no longer than the store's deadline. A consumer that is
 * slow itself costs no deadline: only waiting for the server counts.
 *
 * Rejects with {@link S3Refusal}, or with the reason of the caller's signal.
 */
import type { Readable } from 'node:stream';
import { addAbortSignal } from 'node:stream';
import { S3Refusal, refusalOf } from './s3-refusal.ts';

export interface S3BodyOptions {
  /** In the bucket, for messages. */
  readonly key: string;
  readonly chunkMs: number;
  /** For all chunks together. @default Infinity */
  readonly totalMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export async function* chunksOf(
  body: Readable,
  { key, chunkMs, totalMs = Infinity, signal }: S3BodyOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const until = performance.now() + totalMs;
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  if (signal !== undefined) addAbortSignal(signal, body);
  try {
    for (;;) {
      const patience = Math.max(0, Math.min(chunkMs, until - performance.now()));
      const timer = setTimeout(() => {
        const words = `the server stopped in the middle of the object for ${Math.round(patience)} ms`;
        body.destroy(new S3Refusal('TimeoutError', words, { key }));
      }, patience);
      const next = await chunks.next().finally(() => clearTimeout(timer));
      if (next.done === true) return;
      // A copy: the socket's memory is shared with other chunks, and consumers may transfer theirs.
      yield new Uint8Array(next.value);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw refusalOf(error, key);
  } finally {
    body.destroy();
  }
}
