/** models.list, in pages, and models.get. */
import { googleJson, invalidArgument } from '../answer.ts';
import { refused, serveApiCall } from '../api-call.ts';
import type { Decision } from '../api-call.ts';
import type { EmulatorContext } from '../context.ts';
import type { Exchange } from '../exchange.ts';
import { modelResource, publisherModel } from '../models.ts';
import { findModel } from '../request/model.ts';
import { CATALOGUE } from '../text-models.ts';
import type { VertexPlace } from '../vertex/place.ts';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 1000;

export async function listModels(
  exchange: Exchange,
  context: EmulatorContext,
  target: { readonly apiVersion: string; readonly vertex?: VertexPlace },
): Promise<void> {
  await serveApiCall(
    exchange,
    context,
    { method: 'models.list', ...target },
    { decide: async ({ url }) => modelsPage(url.searchParams, context, target.vertex) },
  );
}

export async function getModel(
  exchange: Exchange,
  context: EmulatorContext,
  target: { readonly apiVersion: string; readonly model: string },
): Promise<void> {
  await serveApiCall(
    exchange,
    context,
    { method: 'models.get', ...target },
    {
      decide: async () => {
        const found = findModel(target.model, { ...target, method: 'generateContent' }, context.options);
        if (found.kind === 'refused') return refused(found.answer);
        // An alias is shown under its own name.
        const named = CATALOGUE.find((model) => model.id === target.model) ?? found.model;
        return { label: 'models', answer: googleJson(200, modelResource(named)) };
      },
    },
  );
}

function modelsPage(
  query: URLSearchParams,
  { options }: EmulatorContext,
  vertex: VertexPlace | undefined,
): Decision {
  const listed = CATALOGUE.filter((model) => model.listed && !options.retiredModels.includes(model.id));
  const size = Math.min(Number(query.get('pageSize') ?? 0) || DEFAULT_PAGE, LARGEST_PAGE);
  const token = query.get('pageToken');
  const from = token ? listed.findIndex((model) => Buffer.from(model.id).toString('base64url') === token) : 0;
  if (from < 0) return refused(invalidArgument('Invalid page token.'));
  const shown = listed.slice(from, from + size);
  const next = listed[from + size];
  return {
    label: 'models',
    answer: googleJson(200, {
      ...(vertex === undefined
        ? { models: shown.map(modelResource) }
        : { publisherModels: shown.map(publisherModel) }),
      ...(next ? { nextPageToken: Buffer.from(next.id).toString('base64url') } : {}),
    }),
  };
}
