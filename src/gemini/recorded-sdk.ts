/**
 * The SDK of one account, each use of it one recorded exchange. Everything is passed explicitly: a
 * stray GOOGLE_* variable would otherwise change the backend in silence.
 */
import type { HttpOptions } from '@google/genai';
import { GoogleGenAI } from '@google/genai';
import type { Dispatcher } from 'undici';
import type { CallOptions, CallRecord } from './port.ts';
import type { Redactor } from './redactor.ts';
import type { Reply } from './transport.ts';
import { exchange } from './transport.ts';

/** Pinned: error texts quote the version, and preview fields live only here. */
const API_VERSION = 'v1beta';
const ATTEMPT_HEADER = 'x-gemini-images-generation';

export interface RecordedSdkOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly dispatcher: Dispatcher;
  readonly redactor: Redactor;
}

/** What a request's config needs to be recorded and to be ended. */
export interface RequestHttp {
  readonly abortSignal: AbortSignal;
  readonly httpOptions: HttpOptions;
}

export interface RecordedSdk {
  /** One request of the SDK; it reads nothing of the answer. */
  readonly call: (
    send: (sdk: GoogleGenAI, http: RequestHttp) => Promise<unknown>,
    options: CallOptions,
  ) => Promise<CallRecord>;
  /**
   * For methods that drop their own `httpOptions` on the way (the parts of an upload): an SDK whose
   * every request is recorded. `reply` says what it is told of each answer.
   */
  readonly dedicated: (
    send: (sdk: GoogleGenAI) => Promise<unknown>,
    options: CallOptions,
    reply: Reply,
  ) => Promise<CallRecord>;
}

export function createRecordedSdk({
  apiKey,
  baseUrl,
  dispatcher,
  redactor,
}: RecordedSdkOptions): RecordedSdk {
  const sdkWith = (httpOptions: HttpOptions): GoogleGenAI =>
    new GoogleGenAI({
      apiKey,
      enterprise: false,
      apiVersion: API_VERSION,
      httpOptions: { baseUrl, ...httpOptions },
    });
  const shared = sdkWith({});
  const headers = ({ attemptId }: CallOptions) => ({ [ATTEMPT_HEADER]: encodeURIComponent(attemptId) });

  return {
    call: (send, options) =>
      exchange(
        (fetch, abortSignal) =>
          send(shared, { abortSignal, httpOptions: { fetch, headers: headers(options) } }),
        dispatcher,
        redactor,
        options,
      ),
    dedicated: (send, options, reply) =>
      exchange(
        (fetch) => send(sdkWith({ fetch, headers: headers(options) })),
        dispatcher,
        redactor,
        options,
        reply,
      ),
  };
}
