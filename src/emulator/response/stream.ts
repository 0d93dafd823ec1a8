/**
 * streamGenerateContent: the same answer in chunks, one part each, as server-sent events with `alt=sse`
 * or as a JSON array. Errors of a stream call come under the stream's content type, as Google's do.
 */
import { googleJson } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { ResponseBody } from './body.ts';
import { partsOf, withParts } from './body.ts';

const SSE = 'text/event-stream';

/** The answer as its chunks; only the last one names the end and the whole usage. */
export function chunksOf(body: ResponseBody): readonly ResponseBody[] {
  const parts = partsOf(body);
  if (parts.length < 2) return [body];
  return parts.map((part, at) => {
    const chunk = withParts(body, [part]);
    if (at === parts.length - 1) return chunk;
    const [candidate] = chunk.candidates ?? [];
    const open = { ...candidate };
    delete open.finishReason;
    return { ...chunk, candidates: [open] };
  });
}

export function streamed(
  body: ResponseBody,
  sse: boolean,
  headers: Readonly<Record<string, string>>,
): Answer {
  const chunks = chunksOf(body);
  if (!sse) return googleJson(200, chunks, headers);
  return {
    ...googleJson(200, {}, { ...headers, 'content-type': SSE, 'content-disposition': 'attachment' }),
    body: chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join(''),
  };
}

/** A JSON error in the clothes of a stream. Pages of proxies stay as they are. */
export function streamedError(answer: Answer, sse: boolean): Answer {
  if (!answer.headers['content-type']?.startsWith('application/json')) return answer;
  if (sse) return { ...answer, headers: { ...answer.headers, 'content-type': SSE } };
  return { ...answer, body: `[${answer.body.toString().trimEnd()}\n]\n` };
}
