/**
 * The `openai` package as an encoder: each use of it is one exchange, recorded as Gemini's are. It is
 * loaded with the first call, so that workers without such a route need not have it. Everything is passed
 * explicitly: a stray OPENAI_* variable would otherwise change the account in silence.
 */
import type OpenAI from 'openai';
import type { Dispatcher } from 'undici';
import type { CallOptions, CallRecord } from '../gemini/port.ts';
import type { Redactor } from '../gemini/redactor.ts';
import type { Fetch } from '../gemini/transport.ts';
import { exchange } from '../gemini/transport.ts';

const ATTEMPT_HEADER = 'x-gemini-images-generation';
/** The exchange's own timer ends a call; a timer takes no more. */
const NO_TIMEOUT_MS = 2_147_483_647;

export interface RecordedSdkOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly dispatcher: Dispatcher;
  readonly redactor: Redactor;
}

/** One request of the SDK; it reads nothing of the answer. Never rejects. */
export type RecordedSdk = (
  send: (sdk: OpenAI, http: { readonly signal: AbortSignal }) => Promise<unknown>,
  options: CallOptions,
) => Promise<CallRecord>;

export function createRecordedSdk(account: RecordedSdkOptions): RecordedSdk {
  const { apiKey, baseUrl, dispatcher, redactor } = account;
  return (send, options) =>
    exchange(
      async (recording, signal) => {
        const { default: Sdk } = await import('openai');
        let broken: unknown;
        const fetch: Fetch = async (url, init) => {
          try {
            return await recording(url, await encoded(init));
          } catch (error) {
            broken = error;
            throw error;
          }
        };
        const sdk = new Sdk({
          ...{ apiKey, baseURL: baseUrl, fetch, maxRetries: 0, timeout: NO_TIMEOUT_MS, logLevel: 'off' },
          ...{ organization: null, project: null, adminAPIKey: null },
          // The key once more: OPENAI_CUSTOM_HEADERS could put another in its place.
          defaultHeaders: {
            authorization: `Bearer ${apiKey}`,
            [ATTEMPT_HEADER]: encodeURIComponent(options.attemptId),
          },
        });
        // The SDK wraps what broke, and at times without its cause.
        await send(sdk, { signal }).catch((error: unknown) => {
          throw broken ?? error;
        });
      },
      dispatcher,
      redactor,
      options,
    );
}

/** The fetch that records is another package's, which does not know Node's own FormData and Headers. */
async function encoded(init: RequestInit = {}): Promise<RequestInit> {
  const headers = Object.fromEntries(new Headers(init.headers));
  if (!(init.body instanceof FormData)) return { ...init, headers };
  const form = new Response(init.body);
  const type = form.headers.get('content-type') ?? 'multipart/form-data';
  return {
    ...init,
    headers: { ...headers, 'content-type': type },
    body: new Uint8Array(await form.arrayBuffer()),
  };
}
