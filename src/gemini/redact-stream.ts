/**
 * Redaction of a stream (I7): like {@link Redactor.bytes}, also where a secret lies across two pieces.
 */
import type { Redactor } from './redactor.ts';

/** Fewer, larger pieces: each is searched anew. */
const PIECE_BYTES = 256 * 1024;
/** Held back, so that whatever begins in it is searched again with what follows: beyond any form of a secret. */
const HELD_BYTES = 16 * 1024;

export async function* redactStream(
  source: AsyncIterable<Uint8Array>,
  redactor: Pick<Redactor, 'bytes'>,
): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of source) {
    parts.push(part);
    size += part.byteLength;
    if (size < PIECE_BYTES) continue;
    const clean = redactor.bytes(Buffer.concat(parts));
    const end = Math.max(0, clean.byteLength - HELD_BYTES);
    if (end > 0) yield clean.subarray(0, end);
    parts = [clean.subarray(end)];
    size = clean.byteLength - end;
  }
  if (size > 0) yield redactor.bytes(Buffer.concat(parts));
}
