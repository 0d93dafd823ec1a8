/**
 * The chunks of an answer: one for a plain body, many for a stream. Streams come as SSE text, as an
 * array of chunks, or cut off, and may end in an error without a `data:` prefix.
 */
import type { Json } from './classify/json.ts';
import { isRecord, parseJson } from './classify/json.ts';

export interface Chunks {
  readonly chunks: readonly Json[];
  /** An error object that stood in the stream outside any chunk. */
  readonly error?: unknown;
  readonly brokenChunks: number;
  /** Text that is neither JSON nor a stream: a page, or an answer that a relay flattened. */
  readonly plain?: string;
}

export function foldStream(body: unknown): Chunks {
  if (isRecord(body)) return { chunks: [body], brokenChunks: 0 };
  if (Array.isArray(body)) {
    const chunks = body.filter(isRecord);
    return { chunks, brokenChunks: body.length - chunks.length };
  }
  if (typeof body !== 'string') return { chunks: [], brokenChunks: 0 };
  if (/^\s*(?:data|event|id|retry)?:/.test(body)) return foldEvents(body);
  if (/^\s*[[{]/.test(body)) {
    const parsed = parseJson(body);
    return parsed === undefined ? { chunks: [], brokenChunks: 1 } : foldStream(parsed);
  }
  return { chunks: [], brokenChunks: 0, plain: body };
}

function foldEvents(text: string): Chunks {
  const chunks: Json[] = [];
  const stray: string[] = [];
  let broken = 0;
  let data: string[] = [];
  const flush = (): void => {
    if (data.length === 0) return;
    const joined = data.join('\n').trim();
    data = [];
    if (joined === '' || joined === '[DONE]') return;
    const parsed = parseJson(joined);
    if (isRecord(parsed)) chunks.push(parsed);
    else if (Array.isArray(parsed)) chunks.push(...parsed.filter(isRecord));
    else broken += 1;
  };
  for (const line of lines(text)) {
    if (line.startsWith('data:')) {
      // One event is one JSON object on the wire; a new `data:` that starts one ends the last.
      if (
        data.length > 0 &&
        /^data:\s*[[{]/.test(line.slice(0, 20)) &&
        parseJson(data.join('\n')) !== undefined
      )
        flush();
      data.push(line.slice(5));
    } else if (line.trim() === '') {
      flush();
    } else if (!/^(?:event|id|retry)?:/.test(line)) {
      flush();
      stray.push(line);
    }
  }
  flush();
  const rest = stray.join('\n').trim();
  if (rest === '') return { chunks, brokenChunks: broken };
  const parsed = parseJson(rest);
  return isRecord(parsed) && !('error' in parsed)
    ? { chunks: [...chunks, parsed], brokenChunks: broken }
    : { chunks, error: parsed ?? rest, brokenChunks: broken };
}

/** Lines without splitting the whole text at once: a chunk may hold 20 MB of image. */
function* lines(text: string): Generator<string> {
  let from = 0;
  while (from < text.length) {
    const newline = text.indexOf('\n', from);
    const end = newline === -1 ? text.length : newline;
    yield text.slice(from, text[end - 1] === '\r' ? end - 1 : end);
    from = end + 1;
  }
}
