/** The port of an endpoint, from its recorded SDK; what differs between endpoints is handed in. */
import type { Account } from '../domain/path.ts';
import { contentsOf, toParameters, toTextParameters } from './payload.ts';
import type { CallOptions, GeminiPort, ImageCall } from './port.ts';
import type { RecordedSdk } from './recorded-sdk.ts';

export interface PortParts extends Pick<GeminiPort, 'batches' | 'files' | 'listModels' | 'requestObject'> {
  readonly account: Account;
  readonly recorded: RecordedSdk;
}

export function createPort({
  account,
  recorded,
  files,
  batches,
  listModels,
  requestObject,
}: PortParts): GeminiPort {
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
    files,
    ...(batches === undefined ? {} : { batches }),
    listModels,
    ...(requestObject === undefined ? {} : { requestObject }),
  };
}
