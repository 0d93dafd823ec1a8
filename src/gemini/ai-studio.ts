/**
 * The AI Studio endpoint (API key) behind the port. The SDK encodes and authenticates; retries,
 * timeouts and reading answers are ours (see `transport.ts`).
 */
import { createHash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { Account } from '../domain/path.ts';
import { createFiles } from './files.ts';
import { listModels } from './listed-models.ts';
import { contentsOf, toParameters, toTextParameters } from './payload.ts';
import type { CallOptions, GeminiPort, ImageCall } from './port.ts';
import { createRecordedSdk } from './recorded-sdk.ts';
import type { Redactor } from './redactor.ts';
import { createDispatcher } from './transport.ts';

export const AI_STUDIO_URL = 'https://generativelanguage.googleapis.com';

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
  const recorded = createRecordedSdk({ apiKey, baseUrl, dispatcher, redactor });
  const account: Account = {
    provider: 'google',
    endpoint: baseUrl === AI_STUDIO_URL ? 'ai-studio' : 'custom',
    baseUrl,
    project: options.project ?? 'default',
    credential: createHash('sha256').update(apiKey).digest('hex').slice(0, 16),
  };

  const countTokens = async (call: ImageCall, callOptions: CallOptions): Promise<number> => {
    const { outcome } = await recorded.call(
      (sdk, http) =>
        sdk.models.countTokens({
          model: call.model,
          contents: contentsOf(call),
          config: http,
        }),
      callOptions,
    );
    if (outcome.kind === 'broken') throw new Error(`countTokens: ${outcome.error.message}`);
    const text = Buffer.from(outcome.body).toString('utf8');
    if (outcome.status !== 200) throw new Error(`countTokens: HTTP ${outcome.status} ${text.slice(0, 200)}`);
    const { totalTokens } = JSON.parse(text) as { totalTokens?: unknown };
    if (typeof totalTokens !== 'number') throw new Error('countTokens: the answer has no totalTokens');
    return totalTokens;
  };

  return {
    account,
    generate: (call, callOptions) =>
      recorded.call((sdk, http) => sdk.models.generateContent(toParameters(call, http)), callOptions),
    generateText: (call, callOptions) =>
      recorded.call((sdk, http) => sdk.models.generateContent(toTextParameters(call, http)), callOptions),
    countTokens,
    files: createFiles(recorded),
    listModels: (callOptions) => listModels(recorded, callOptions),
  };
}
