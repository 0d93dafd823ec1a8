/** The SDK of one account, each use of it one recorded exchange, authorized where the endpoint takes tokens. */
import type { GoogleGenAI, HttpOptions } from '@google/genai';
import type { Dispatcher } from 'undici';
import type { CallOptions, CallRecord } from './port.ts';
import type { Redactor } from './redactor.ts';
import type { Reply, TakeBody } from './transport.ts';
import type { AccessTokens } from './access-tokens.ts';
import { exchange } from './transport.ts';
import { withToken } from './with-token.ts';

const ATTEMPT_HEADER = 'x-gemini-images-generation';

export interface RecordedSdkOptions {
  /**
   * The endpoint's SDK with these options over its own. It passes everything explicitly: a stray GOOGLE_*
   * variable would otherwise change the backend in silence.
   */
  readonly sdkWith: (httpOptions: HttpOptions) => GoogleGenAI;
  readonly dispatcher: Dispatcher;
  readonly redactor: Redactor;
  /** Where calls need an access token. @default the SDK authorizes them by itself */
  readonly tokens?: AccessTokens;
}

/** What a request's config needs to be recorded and to be ended. */
export interface RequestHttp {
  readonly abortSignal: AbortSignal;
  readonly httpOptions: HttpOptions;
}

export interface RecordedSdk {
  /** One request of the SDK; it reads nothing of the answer. With `take` a success is not recorded either. */
  readonly call: (
    send: (sdk: GoogleGenAI, http: RequestHttp) => Promise<unknown>,
    options: CallOptions,
    take?: TakeBody,
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
  sdkWith,
  dispatcher,
  redactor,
  tokens,
}: RecordedSdkOptions): RecordedSdk {
  const shared = sdkWith({});
  const authorized = (
    options: CallOptions,
    send: (headers: Record<string, string>, options: CallOptions) => Promise<CallRecord>,
  ): Promise<CallRecord> => {
    const marked = { [ATTEMPT_HEADER]: encodeURIComponent(options.attemptId) };
    return tokens === undefined
      ? send(marked, options)
      : withToken(tokens, options, (headers, left) => send({ ...marked, ...headers }, left));
  };

  return {
    call: (send, options, take) =>
      authorized(options, (headers, left) =>
        exchange(
          (fetch, abortSignal) => send(shared, { abortSignal, httpOptions: { fetch, headers } }),
          dispatcher,
          redactor,
          left,
          undefined,
          take,
        ),
      ),
    dedicated: (send, options, reply) =>
      authorized(options, (headers, left) =>
        exchange((fetch) => send(sdkWith({ fetch, headers })), dispatcher, redactor, left, reply),
      ),
  };
}
