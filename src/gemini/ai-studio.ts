/**
 * The AI Studio endpoint (API key) behind the port. The SDK encodes and authenticates; retries,
 * timeouts and reading answers are ours (see `transport.ts`). Everything is passed explicitly: a
 * stray GOOGLE_* variable would otherwise change the backend in silence.
 */
import { createHash } from 'node:crypto';
import { GoogleGenAI } from '@google/genai';
import type { Dispatcher } from 'undici';
import type { Account } from '../domain/path.ts';
import { contentsOf, toParameters } from './payload.ts';
import type { CallOptions, CallRecord, GeminiPort, ImageCall } from './port.ts';
import type { Redactor } from './redactor.ts';
import { createDispatcher, exchange } from './transport.ts';

export const AI_STUDIO_URL = 'https://generativelanguage.googleapis.com';
/** Pinned: error texts quote the version, and preview fields live only here. */
const API_VERSION = 'v1beta';
const ATTEMPT_HEADER = 'x-gemini-images-generation';

export interface AiStudioOptions {
  readonly apiKey: string;
  /** Default: Google's own. A relay or the emulator otherwise. */
  readonly baseUrl?: string;
  /** What the account is called in quotas and holds. Default: `default`. */
  readonly project?: string;
  readonly redactor: Redactor;
  readonly dispatcher?: Dispatcher;
}

export function createAiStudio(options: AiStudioOptions): GeminiPort {
  const { apiKey, redactor } = options;
  const baseUrl = (options.baseUrl ?? AI_STUDIO_URL).replace(/\/+$/, '');
  const dispatcher = options.dispatcher ?? createDispatcher();
  const sdk = new GoogleGenAI({
    apiKey,
    enterprise: false,
    apiVersion: API_VERSION,
    httpOptions: { baseUrl },
  });
  const account: Account = {
    provider: 'google',
    endpoint: baseUrl === AI_STUDIO_URL ? 'ai-studio' : 'custom',
    baseUrl,
    project: options.project ?? 'default',
    credential: createHash('sha256').update(apiKey).digest('hex').slice(0, 16),
  };

  const generate = (call: ImageCall, callOptions: CallOptions): Promise<CallRecord> =>
    exchange(
      (fetch, signal) =>
        sdk.models.generateContent(
          toParameters(call, {
            abortSignal: signal,
            httpOptions: { fetch, headers: { [ATTEMPT_HEADER]: encodeURIComponent(callOptions.attemptId) } },
          }),
        ),
      dispatcher,
      redactor,
      callOptions,
    );

  const countTokens = async (call: ImageCall, callOptions: CallOptions): Promise<number> => {
    const { outcome } = await exchange(
      (fetch, signal) =>
        sdk.models.countTokens({
          model: call.model,
          contents: [{ role: 'user', parts: contentsOf(call) }],
          config: { abortSignal: signal, httpOptions: { fetch } },
        }),
      dispatcher,
      redactor,
      callOptions,
    );
    if (outcome.kind === 'broken') throw new Error(`countTokens: ${outcome.error.message}`);
    const text = Buffer.from(outcome.body).toString('utf8');
    if (outcome.status !== 200) throw new Error(`countTokens: HTTP ${outcome.status} ${text.slice(0, 200)}`);
    const { totalTokens } = JSON.parse(text) as { totalTokens?: unknown };
    if (typeof totalTokens !== 'number') throw new Error('countTokens: the answer has no totalTokens');
    return totalTokens;
  };

  return { account, generate, countTokens };
}
