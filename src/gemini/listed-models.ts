/** Which models an account sees on its endpoint, behind the port. */
import type { CallOptions, ListedModel, PortAnswer } from './port.ts';
import type { JsonObject } from './read-answer.ts';
import { numberOf, readPages, textOf } from './read-answer.ts';
import type { RecordedSdk } from './recorded-sdk.ts';

const PAGE_SIZE = 1000;

export function listModels(
  { call }: RecordedSdk,
  options: CallOptions,
  /** What the endpoint's answer calls its list. */
  field: 'models' | 'publisherModels' = 'models',
): Promise<PortAnswer<readonly ListedModel[]>> {
  return readPages(field, listedModel, options, (pageToken, each) =>
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
  // `models/…`, on Vertex `publishers/google/models/…`
  const name = textOf(model, 'name')?.replace(/^(?:publishers\/google\/)?models\//, '');
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
