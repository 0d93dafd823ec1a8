/**
 * From method and path to a handler, for the dialects of AI Studio and of Vertex; `/v1` is also an
 * OpenAI-compatible provider's. API versions share the routes; what no route knows gets the page that
 * Google's front end gives.
 */
import { googleErrorPage } from './answer.ts';
import type { EmulatorContext } from './context.ts';
import type { Exchange } from './exchange.ts';
import { cancelBatch, createBatch, deleteBatch, getBatch, listBatches } from './handlers/batches.ts';
import { cloudStorage } from './handlers/cloud-storage.ts';
import { control } from './handlers/control.ts';
import { countTokens } from './handlers/count-tokens.ts';
import { deleteFile, downloadFile, getFile, listFiles } from './handlers/files.ts';
import { generateContent } from './handlers/generate-content.ts';
import { getModel, listModels } from './handlers/models.ts';
import { token } from './handlers/token.ts';
import { isOpenAiRequest, openAiImage, openAiModels, openAiResult } from './handlers/openai.ts';
import { upload } from './handlers/upload.ts';

interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'ANY';
  /** Its named groups are the handler's parameters. */
  readonly path: RegExp;
  readonly serve: (
    exchange: Exchange,
    context: EmulatorContext,
    params: Readonly<Record<string, string>>,
  ) => Promise<void>;
}

const VERSION = '/(?<version>v1|v1beta)';
const MODEL = `${VERSION}/models/(?<model>[^/:]+)`;
const FILE = `${VERSION}/files/(?<file>[^/:]+)`;
const BATCH = `${VERSION}/batches/(?<batch>[^/:]+)`;
const CLOUD_VERSION = '/(?<version>v1|v1beta1)';
const CLOUD_MODELS = 'publishers/google/models';
const CLOUD_MODEL = `${CLOUD_VERSION}/projects/(?<project>[^/]+)/locations/(?<location>[^/]+)/${CLOUD_MODELS}/(?<model>[^/:]+)`;

const ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: new RegExp(`^${MODEL}:(?<verb>generateContent|streamGenerateContent)$`),
    serve: (exchange, context, { version = '', model = '', verb }) => {
      const stream = verb === 'streamGenerateContent';
      return generateContent(exchange, context, { apiVersion: version, model, stream });
    },
  },
  {
    method: 'POST',
    path: new RegExp(`^${MODEL}:countTokens$`),
    serve: (exchange, context, { version = '', model = '' }) =>
      countTokens(exchange, context, { apiVersion: version, model }),
  },
  {
    method: 'GET',
    path: new RegExp(`^${MODEL}$`),
    serve: (exchange, context, { version = '', model = '' }) =>
      getModel(exchange, context, { apiVersion: version, model }),
  },
  {
    method: 'GET',
    path: new RegExp(`^${VERSION}/models$`),
    serve: (exchange, context, { version = '' }) =>
      version === 'v1' && isOpenAiRequest(exchange)
        ? openAiModels(exchange, context)
        : listModels(exchange, context, { apiVersion: version }),
  },
  {
    method: 'POST',
    path: new RegExp(`^${CLOUD_MODEL}:(?<verb>generateContent|streamGenerateContent)$`),
    serve: (exchange, context, { version = '', project = '', location = '', model = '', verb }) => {
      const stream = verb === 'streamGenerateContent';
      const vertex = { project, location };
      return generateContent(exchange, context, { apiVersion: version, model, stream, vertex });
    },
  },
  {
    method: 'POST',
    path: new RegExp(`^${CLOUD_MODEL}:countTokens$`),
    serve: (exchange, context, { version = '', project = '', location = '', model = '' }) =>
      countTokens(exchange, context, { apiVersion: version, model, vertex: { project, location } }),
  },
  {
    method: 'GET',
    path: new RegExp(`^${CLOUD_VERSION}/${CLOUD_MODELS}$`),
    serve: (exchange, context, { version = '' }) =>
      listModels(exchange, context, {
        apiVersion: version,
        vertex: { project: '', location: 'global' },
      }),
  },
  {
    method: 'POST',
    path: /^\/token$/,
    serve: (exchange, context) => token(exchange, context),
  },
  {
    method: 'ANY',
    path: /^\/(?:upload\/)?storage\/v1\/b\/(?<bucket>[^/]+)\/o(?:\/(?<object>.+))?$/,
    serve: (exchange, context, { bucket = '', object }) =>
      cloudStorage(exchange, context, { bucket, object }),
  },
  {
    // The first request of an upload is a POST, its parts may be PUT.
    method: 'ANY',
    path: new RegExp(`^/upload${VERSION}/files$`),
    serve: (exchange, context, { version = '' }) => upload(exchange, context, { apiVersion: version }),
  },
  {
    method: 'GET',
    path: new RegExp(`^${VERSION}/files$`),
    serve: (exchange, context, { version = '' }) => listFiles(exchange, context, { apiVersion: version }),
  },
  {
    method: 'GET',
    path: new RegExp(`^${FILE}$`),
    serve: (exchange, context, { version = '', file = '' }) =>
      getFile(exchange, context, { apiVersion: version, file }),
  },
  {
    method: 'DELETE',
    path: new RegExp(`^${FILE}$`),
    serve: (exchange, context, { version = '', file = '' }) =>
      deleteFile(exchange, context, { apiVersion: version, file }),
  },
  {
    method: 'POST',
    path: /^\/v1\/images\/generations$/,
    serve: (exchange, context) => openAiImage(exchange, context, 'images.generate'),
  },
  {
    method: 'POST',
    path: /^\/v1\/images\/edits$/,
    serve: (exchange, context) => openAiImage(exchange, context, 'images.edit'),
  },
  {
    method: 'POST',
    path: /^\/v1\/chat\/completions$/,
    serve: (exchange, context) => openAiImage(exchange, context, 'chat.completions'),
  },
  {
    method: 'GET',
    path: /^\/openai-results\/(?<name>[^/]+)$/,
    serve: (exchange, context, { name = '' }) => openAiResult(exchange, context, name),
  },
  {
    // The SDK asks under the version alone, a file's own downloadUri under /download.
    method: 'GET',
    path: new RegExp(`^(?:/download)?${FILE}:download$`),
    serve: (exchange, context, { version = '', file = '' }) =>
      downloadFile(exchange, context, { apiVersion: version, file }),
  },
  {
    method: 'POST',
    path: new RegExp(`^${MODEL}:batchGenerateContent$`),
    serve: (exchange, context, { version = '', model = '' }) =>
      createBatch(exchange, context, { apiVersion: version, model }),
  },
  {
    method: 'GET',
    path: new RegExp(`^${VERSION}/batches$`),
    serve: (exchange, context, { version = '' }) => listBatches(exchange, context, { apiVersion: version }),
  },
  {
    method: 'GET',
    path: new RegExp(`^${BATCH}$`),
    serve: (exchange, context, { version = '', batch = '' }) =>
      getBatch(exchange, context, { apiVersion: version, batch }),
  },
  {
    method: 'POST',
    path: new RegExp(`^${BATCH}:cancel$`),
    serve: (exchange, context, { version = '', batch = '' }) =>
      cancelBatch(exchange, context, { apiVersion: version, batch }),
  },
  {
    method: 'DELETE',
    path: new RegExp(`^${BATCH}$`),
    serve: (exchange, context, { version = '', batch = '' }) =>
      deleteBatch(exchange, context, { apiVersion: version, batch }),
  },
  {
    method: 'ANY',
    path: /^\/__emulator\/(?<name>[a-z-]+(?:\/[a-z-]+)?)$/,
    serve: (exchange, context, { name = '' }) => control(exchange, context, name),
  },
];

export async function route(exchange: Exchange, context: EmulatorContext): Promise<void> {
  const path = decodePath(exchange.url.pathname);
  for (const { method, path: pattern, serve } of ROUTES) {
    const match = pattern.exec(path);
    if (match && (method === 'ANY' || method === exchange.request.method)) {
      return serve(exchange, context, match.groups ?? {});
    }
  }
  await exchange.readBody(0);
  const sentence = `The requested URL <code>${path.replace(/[<>&]/g, '')}</code> was not found on this server.`;
  await exchange.send(googleErrorPage(404, 'Not Found', sentence));
}

/** Clients may percent-encode the colon before the verb, and may double the slash after the base URL. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path).replace(/\/{2,}/g, '/');
  } catch {
    return path;
  }
}
