/**
 * A provider with an OpenAI-compatible API behind the port. The SDK encodes and authenticates; retries,
 * timeouts and reading answers are ours, as in `src/gemini`. What an answer only links to is fetched in the
 * same call and kept with it (`linked-images.ts`). There are no files, no text model and no token count.
 */
import { createHash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { ModelEntry } from '../domain/catalogue.ts';
import type { Account } from '../domain/path.ts';
import type { CallOptions, CallRecord, GeminiPort, ImageCall, PortAnswer } from '../gemini/port.ts';
import { readAnswer, textOf } from '../gemini/read-answer.ts';
import type { Redactor } from '../gemini/redactor.ts';
import { createDispatcher } from '../gemini/transport.ts';
import type { Dialect } from './dialect.ts';
import { withLinkedImages } from './linked-images.ts';
import { sendChat, sendImages } from './payload.ts';
import { createRecordedSdk } from './recorded-sdk.ts';

export interface OpenAiCompatibleOptions {
  readonly apiKey: string;
  /** With its version: `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  readonly dialect: Dialect;
  /** What the account is called in quotas and holds. */
  readonly project: string;
  /** Says what each model calls a size. */
  readonly models: readonly ModelEntry[];
  readonly redactor: Redactor;
  readonly dispatcher?: Dispatcher;
  /** Lets links in answers point into a private network. @default false */
  readonly allowPrivateUrls?: boolean;
}

const NO_SIZES = { defaultSize: '1K' } as const;

export function createOpenAiCompatible(options: OpenAiCompatibleOptions): GeminiPort {
  const { apiKey, dialect, project, models, redactor, allowPrivateUrls = false } = options;
  const { dispatcher = createDispatcher() } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const recorded = createRecordedSdk({ apiKey, baseUrl, dispatcher, redactor });
  const account: Account = {
    provider: 'openai-compatible',
    endpoint: 'custom',
    baseUrl,
    project,
    credential: createHash('sha256').update(apiKey).digest('hex').slice(0, 16),
  };

  const generate = async (call: ImageCall, callOptions: CallOptions): Promise<CallRecord> => {
    const started = performance.now();
    const sizes = models.find(({ model }) => model === call.model) ?? NO_SIZES;
    const send = dialect === 'images' ? sendImages : sendChat;
    const record = await recorded((sdk, http) => send(sdk, http, call, sizes), callOptions);
    const { signal } = callOptions;
    return await withLinkedImages(record, {
      redactor,
      allowPrivateAddresses: allowPrivateUrls,
      deadlineMs: Math.max(1, Math.round(callOptions.timeoutMs - (performance.now() - started))),
      ...(signal === undefined ? {} : { signal }),
    });
  };

  return {
    account,
    generate,
    generateText: () => Promise.resolve(unavailable('text calls')),
    countTokens: () => Promise.reject(new Error('countTokens: this provider counts no tokens')),
    files: { upload: noFiles, get: noFiles, list: noFiles, delete: noFiles },
    listModels: async (callOptions) => {
      const record = await recorded((sdk, http) => sdk.models.list(http), callOptions);
      return readAnswer(record, ({ data }) =>
        Array.isArray(data)
          ? data.flatMap((each: Readonly<Record<string, unknown>>) => listed(each))
          : undefined,
      );
    },
  };
}

function listed(
  model: Readonly<Record<string, unknown>>,
): readonly { name: string; actions: readonly string[] }[] {
  const name = textOf(model, 'id');
  return name === undefined ? [] : [{ name, actions: [] }];
}

const noFiles = (): Promise<PortAnswer<never>> =>
  Promise.resolve({ kind: 'failed', record: unavailable('file storage') });

/** Nothing was sent. */
function unavailable(what: string): CallRecord {
  const error = { name: 'Unavailable', message: `this provider has no ${what}` };
  return {
    outcome: { kind: 'broken', stage: 'before-send', by: 'unknown', error },
    startedAt: Date.now(),
    tookMs: 0,
  };
}
