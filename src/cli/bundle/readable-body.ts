/**
 * A raw response for people to read: verbatim, but image data is replaced by its digest and length. It
 * works on the text, so that it holds for JSON, for streams and for shapes that nobody knows. Thought
 * signatures stay: a support case about them needs them whole.
 */
import { createHash } from 'node:crypto';

/** Shorter runs are words, ids and digests. */
const DATA_RUN = /[A-Za-z0-9+/_\-\\]{1024,}={0,2}/g;
const SIGNATURE_BEFORE = /"thought_?signature"\s*:\s*"$/i;
/** Enough to see the name of the field that the run is the value of. */
const BEFORE = 40;

export interface ReadableBody {
  readonly text: string;
  readonly extension: 'json' | 'txt';
}

export function readableBody(bytes: Uint8Array): ReadableBody {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const text = raw.replace(DATA_RUN, (run: string, at: number) =>
    SIGNATURE_BEFORE.test(raw.slice(Math.max(0, at - BEFORE), at)) ? run : wordsFor(run),
  );
  return { text, extension: isJson(text) ? 'json' : 'txt' };
}

function wordsFor(run: string): string {
  const base64 = run.replaceAll('\\/', '/');
  if (base64.includes('\\')) return run;
  const data = Buffer.from(base64, 'base64');
  return `<${data.length} bytes, sha256:${createHash('sha256').update(data).digest('hex')}>`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
