/**
 * Collects an HTTP body within a bound, before and behind decompression: a few kilobytes of gzip can
 * hold gigabytes. Never rejects for what the server sent; only an abort or a broken connection does.
 */
import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

export type Collected =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'unknown-encoding' }
  | { readonly kind: 'damaged' };

export interface CollectOptions {
  /** Content-Encoding, lower case; empty for none. */
  readonly encoding: string;
  /** Content-Length, 0 when unknown. */
  readonly declared: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

const DECOMPRESS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

export async function collectBody(
  body: Readable,
  { encoding, declared, maxBytes, signal }: CollectOptions,
): Promise<Collected> {
  try {
    if (declared > maxBytes) return { kind: 'too-large' };
    if (encoding === '' || encoding === 'identity') return await collect(body, maxBytes);
    const decompress = DECOMPRESS[encoding]?.();
    if (decompress === undefined) return { kind: 'unknown-encoding' };
    const plain = pipeline(body, decompress, () => undefined);
    return await collect(plain, maxBytes);
  } catch (error) {
    signal.throwIfAborted();
    if (isZlibError(error)) return { kind: 'damaged' };
    throw error;
  } finally {
    body.on('error', () => undefined).destroy();
  }
}

async function collect(stream: Readable, maxBytes: number): Promise<Collected> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return { kind: 'too-large' };
    chunks.push(chunk);
  }
  return { kind: 'bytes', bytes: Buffer.concat(chunks) };
}

function isZlibError(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return code.startsWith('Z_') || code.startsWith('ERR__ERROR_FORMAT') || code.startsWith('ERR_BROTLI');
}
