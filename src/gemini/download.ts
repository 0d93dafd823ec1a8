/**
 * A download whose bytes are handed on while its exchange is still being recorded: one that breaks
 * before its first byte is an exchange that failed, one that breaks later throws in whoever reads.
 */
import { aborted } from './aborted.ts';
import { BatchDownloadError } from './batch-port.ts';
import type { CallRecord, PortAnswer } from './call.ts';
import type { TakeBody } from './transport.ts';

/** @param fetchFile Makes the exchange; the body of a success goes to what it is given. */
export async function downloading(
  fetchFile: (take: TakeBody) => Promise<CallRecord>,
): Promise<PortAnswer<AsyncIterable<Uint8Array>>> {
  const opened = Promise.withResolvers<AsyncIterable<Uint8Array>>();
  const read = Promise.withResolvers<undefined>();
  const recorded = fetchFile(async (body, signal) => {
    opened.resolve(body);
    await Promise.race([read.promise, aborted(signal)]);
  });
  const first = await Promise.race([
    opened.promise.then((body) => ({ body })),
    recorded.then((record) => ({ record })),
  ]);
  if ('record' in first) return { kind: 'failed', record: first.record };
  return { kind: 'ok', value: pieces(first.body, read, recorded) };
}

async function* pieces(
  body: AsyncIterable<Uint8Array>,
  read: PromiseWithResolvers<undefined>,
  recorded: Promise<CallRecord>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    read.reject(error);
    throw new BatchDownloadError(await recorded);
  } finally {
    read.resolve(undefined);
  }
}
