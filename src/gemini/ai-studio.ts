/**
 * The AI Studio endpoint (API key) behind the port. The SDK encodes and authenticates; retries,
 * timeouts and reading answers are ours (see `transport.ts`).
 */
import { createHash } from 'node:crypto';
import { GoogleGenAI } from '@google/genai';
import type { Dispatcher } from 'undici';
import type { Account } from '../domain/path.ts';
import { createBatches } from './batches.ts';
import { createPort } from './create-port.ts';
import { createFiles } from './files.ts';
import { listModels } from './listed-models.ts';
import type { GeminiPort } from './port.ts';
import { createRecordedSdk } from './recorded-sdk.ts';
import type { Redactor } from './redactor.ts';
import { createDispatcher } from './transport.ts';

export const AI_STUDIO_URL = 'https://generativelanguage.googleapis.com';
/** Pinned: error texts quote the version, and preview fields live only here. */
const API_VERSION = 'v1beta';

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
  const { apiKey, redactor, dispatcher = createDispatcher() } = options;
  const baseUrl = (options.baseUrl ?? AI_STUDIO_URL).replace(/\/+$/, '');
  const recorded = createRecordedSdk({
    sdkWith: (httpOptions) =>
      new GoogleGenAI({
        apiKey,
        enterprise: false,
        apiVersion: API_VERSION,
        httpOptions: { baseUrl, ...httpOptions },
      }),
    dispatcher,
    redactor,
  });
  const account: Account = {
    provider: 'google',
    endpoint: baseUrl === AI_STUDIO_URL ? 'ai-studio' : 'custom',
    baseUrl,
    project: options.project ?? 'default',
    credential: createHash('sha256').update(apiKey).digest('hex').slice(0, 16),
  };

  return createPort({
    account,
    recorded,
    files: createFiles(recorded),
    batches: createBatches(recorded, redactor),
    listModels: (callOptions) => listModels(recorded, callOptions),
  });
}
