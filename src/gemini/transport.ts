/**
 * One HTTP exchange, recorded. The SDK only encodes the request: its `fetch` is ours, which keeps
 * status, headers and body before the SDK sees them (it drops `finishMessage`, swallows an error
 * inside a 200 and forgets headers of failures), knows how far the call had come, and who ended it.
 */
import type { Dispatcher } from 'undici';
import { EnvHttpProxyAgent, fetch as undiciFetch } from 'undici';
import type { BrokenBy, CallStage } from '../domain/evidence.ts';
import { errorFacts } from './error-facts.ts';
import { markingSend } from './mark-send.ts';
import type { CallOptions, CallRecord, RawOutcome } from './port.ts';
import type { Redactor } from './redactor.ts';
import { REDACTED } from './redactor.ts';

const CONNECT_TIMEOUT_MS = 15_000;
/** Several times what a 4K answer with drafts needs; a body beyond it is not an answer. */
const LARGEST_BODY_BYTES = 128 * 1024 * 1024;

/**
 * Headers that are secrets whatever they hold: whoever has an upload's URL or id may write into the
 * upload, without a key.
 */
const SECRET_HEADERS = ['x-goog-upload-url', 'x-goog-upload-control-url', 'x-guploader-uploadid'];

/** No header or body timeout of its own: the call's one deadline is the attempt's timer. */
export function createDispatcher(): Dispatcher {
  const noProxy = [process.env['NO_PROXY'] ?? process.env['no_proxy'], 'localhost,127.0.0.1,::1'];
  return new EnvHttpProxyAgent({
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    noProxy: noProxy.filter(Boolean).join(','),
  });
}

export type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** An answer as it came, before anything is redacted: not to be kept. */
export interface Received {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What the SDK is told of an answer. A throw ends the exchange with that answer. */
export type Reply = (received: Received) => Response;

/** Enough for an SDK that was to encode one request: the answer is read from the record. */
const nothing: Reply = () =>
  new Response('{}', { status: 200, headers: { 'content-type': 'application/json' } });

/**
 * Takes the body of a success instead of having it recorded; the exchange lasts until it resolves, and
 * broke where it rejects. `signal` is aborted at the deadline or by the caller.
 */
export type TakeBody = (body: AsyncIterable<Uint8Array>, signal: AbortSignal) => Promise<void>;

/**
 * Runs `send` with a recording fetch; never rejects. Where `send` fetches more than once, which takes
 * a `reply` that lets it, the last request is the one recorded.
 */
export async function exchange(
  send: (fetch: Fetch, signal: AbortSignal) => Promise<unknown>,
  dispatcher: Dispatcher,
  redactor: Redactor,
  { timeoutMs, signal }: CallOptions,
  reply: Reply = nothing,
  take?: TakeBody,
): Promise<CallRecord> {
  const startedAt = Date.now();
  const started = performance.now();
  const abort = new AbortController();
  let by: BrokenBy | undefined;
  let stage: CallStage = 'before-send';
  let status: number | undefined;
  let answer: RawOutcome | undefined;

  const end = (who: BrokenBy) => {
    by ??= who;
    abort.abort();
  };
  const onCallerAbort = () => end('caller');
  const timer = setTimeout(() => end('our-timeout'), timeoutMs);
  if (signal?.aborted === true) end('caller');
  signal?.addEventListener('abort', onCallerAbort, { once: true });

  const recording: Fetch = async (url, init) => {
    stage = 'before-send';
    status = undefined;
    answer = undefined;
    const response = await undiciFetch(url instanceof Request ? url.url : url, {
      ...(init as object),
      signal: abort.signal,
      // A redirect is a gateway's doing; following it would carry the key to another host.
      redirect: 'manual',
      dispatcher: markingSend(dispatcher, () => {
        stage = 'sent';
      }),
    });
    status = response.status;
    stage = 'reading-body';
    const headers = Object.fromEntries([...response.headers].map(([k, v]) => [k.toLowerCase(), v]));
    const taken = take !== undefined && response.body !== null && isData(status, headers);
    if (taken) await take(response.body, abort.signal);
    const body = taken ? new Uint8Array() : await readBody(response.body);
    answer = {
      kind: 'answer',
      status,
      headers: redactor.json(withoutSecrets(headers)),
      body: redactor.bytes(body),
    };
    return reply({ status, headers, body });
  };

  let outcome: RawOutcome | undefined;
  try {
    await send(recording, abort.signal);
    outcome = answer;
  } catch (error) {
    outcome = answer ?? {
      kind: 'broken',
      stage,
      by: by ?? (isTransportError(error) ? 'network' : 'unknown'),
      error: errorFacts(error, redactor),
      ...(status === undefined ? {} : { status }),
    };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onCallerAbort);
  }
  const unsent: RawOutcome = {
    kind: 'broken',
    stage: 'before-send',
    by: 'unknown',
    error: { name: 'Error', message: 'the SDK sent nothing' },
  };
  return { outcome: outcome ?? unsent, startedAt, tookMs: Math.round(performance.now() - started) };
}

/** A page that says 200 is a gateway's: it belongs in the record. */
function isData(status: number, headers: Readonly<Record<string, string>>): boolean {
  return status >= 200 && status < 300 && !/text\/html/i.test(headers['content-type'] ?? '');
}

function withoutSecrets(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const hide = ([name, value]: [string, string]) => [name, SECRET_HEADERS.includes(name) ? REDACTED : value];
  return Object.fromEntries(Object.entries(headers).map(hide)) as Record<string, string>;
}

async function readBody(body: AsyncIterable<unknown> | null): Promise<Uint8Array<ArrayBuffer>> {
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Uint8Array).byteLength;
    if (size > LARGEST_BODY_BYTES) throw new RangeError(`the answer passes ${LARGEST_BODY_BYTES} bytes`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}

function isTransportError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof TypeError || 'code' in error || error.cause !== undefined;
}
