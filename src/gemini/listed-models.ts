/** Which models an account sees on its endpoint, behind the port. */
import type { CallOptions, ListedModel, PortAnswer } from './port.ts';
import type { JsonObject } from './read-answer.ts';
import { numberOf, readPages, textOf } from './read-answer.ts';
import type { RecordedSdk } from './recorded-sdk.ts';

const PAGE_SIZE = 1000;

export function listModels(
  { call }: RecordedSdk,
  options: CallOptions,
): Promise<PortAnswer<readonly ListedModel[]>> {
  return readPages('models', listedModel, options, (pageToken, each) =>
    call(
      (sdk, http) =>
        sdk.models.list({
          config: { ...http, pageSize: PAGE_SIZE, ...(pageToken === undefined ? {} : { pageToken }) },
        }),
      each,
    ),
  );
}

function listedModel(model: JsonObject): ListedModel | undefined {
  const name = textOf(model, 'name')?.replace(/^models\//, '');
  if (name === undefined) return undefined;
  const actions = model['supportedGenerationMethods'];
  const inputTokenLimit = numberOf(model, 'inputTokenLimit');
  const outputTokenLimit = numberOf(model, 'outputTokenLimit');
  return {
    name,
    actions: Array.isArray(actions) ? actions.filter((action) => typeof action === 'string') : [],
    ...(inputTokenLimit === undefined ? {} : { inputTokenLimit }),
    ...(outputTokenLimit === undefined ? {} : { outputTokenLimit }),
  };
}
