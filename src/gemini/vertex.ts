/**
 * The Vertex endpoint (Gemini on Google Cloud) behind the port: a project, a location, and access tokens
 * instead of a key. It has no file storage; everything else is as on AI Studio.
 */
import { createHash } from 'node:crypto';
import { GoogleGenAI } from '@google/genai';
import { PassThroughClient } from 'google-auth-library';
import type { Dispatcher } from 'undici';
import type { Account } from '../domain/path.ts';
import { createAccessTokens } from './access-tokens.ts';
import { createRequestObject } from './cloud-storage.ts';
import { createPort } from './create-port.ts';
import { defaultCredentials } from './default-credentials.ts';
import { jwtGrant } from './jwt-grant.ts';
import { listModels } from './listed-models.ts';
import type { GeminiFiles, GeminiPort, PortAnswer } from './port.ts';
import { createRecordedSdk } from './recorded-sdk.ts';
import type { Redactor } from './redactor.ts';
import type { ServiceAccount } from './service-account.ts';
import { createDispatcher } from './transport.ts';

/** Pinned, and explicit, so that no GOOGLE_GENAI_API_VERSION changes it. */
const API_VERSION = 'v1beta1';
/** Image models are hardly anywhere else. */
export const DEFAULT_LOCATION = 'global';
/** Locations that span several regions have hosts of their own kind. */
const MULTI_REGIONS = ['us', 'eu'];

export interface VertexOptions {
  readonly project: string;
  /** @default 'global' */
  readonly location?: string;
  /** Default: Application Default Credentials, found when the first token is needed. */
  readonly serviceAccount?: ServiceAccount;
  /** Default: Google's own for the location. A relay or the emulator otherwise. */
  readonly baseUrl?: string;
  readonly redactor: Redactor;
  readonly dispatcher?: Dispatcher;
}

export function createVertex(options: VertexOptions): GeminiPort {
  const { project, location = DEFAULT_LOCATION, serviceAccount, redactor } = options;
  const dispatcher = options.dispatcher ?? createDispatcher();
  const baseUrl = (options.baseUrl ?? vertexUrl(location)).replace(/\/+$/, '');
  const request =
    serviceAccount === undefined
      ? defaultCredentials(project, redactor)
      : jwtGrant(serviceAccount, dispatcher, redactor);
  const tokens = createAccessTokens(request, redactor);
  const recorded = createRecordedSdk({
    sdkWith: (httpOptions) =>
      quietly(
        () =>
          new GoogleGenAI({
            enterprise: true,
            project,
            location,
            apiVersion: API_VERSION,
            // The token comes with each call; the SDK must look for none by itself.
            googleAuthOptions: { authClient: new PassThroughClient() },
            httpOptions: { baseUrl, ...httpOptions },
          }),
      ),
    tokens,
    dispatcher,
    redactor,
  });
  const account: Account = {
    provider: 'google',
    endpoint: 'vertex',
    baseUrl,
    project,
    credential: serviceAccount?.id ?? hashOf(`application default credentials of ${project}`),
  };
  return createPort({
    account,
    recorded,
    files: NO_FILES,
    requestObject: createRequestObject(tokens, options.baseUrl?.replace(/\/+$/, '')),
    listModels: (callOptions) => listModels(recorded, callOptions, 'publisherModels'),
  });
}

/** `https://aiplatform.googleapis.com` for `global`, else the location's own host. */
export function vertexUrl(location: string): string {
  if (location === 'global') return 'https://aiplatform.googleapis.com';
  return MULTI_REGIONS.includes(location)
    ? `https://aiplatform.${location}.rep.googleapis.com`
    : `https://${location}-aiplatform.googleapis.com`;
}

/** A ladder never leads here with files; whoever asks all the same gets an answer that says so. */
const noFiles = (): Promise<PortAnswer<never>> =>
  Promise.resolve({
    kind: 'failed',
    record: {
      outcome: {
        kind: 'broken',
        stage: 'before-send',
        by: 'unknown',
        error: {
          name: 'Unsupported',
          message:
            'file storage is not supported by Vertex: send the image inside the request, or use AI Studio',
        },
      },
      startedAt: Date.now(),
      tookMs: 0,
    },
  });

const NO_FILES: GeminiFiles = { upload: noFiles, get: noFiles, list: noFiles, delete: noFiles };

/**
 * With a key of AI Studio in the environment the SDK's constructor tells standard output that it ignores it:
 * a program that prints JSON there would print that too.
 */
function quietly<T>(make: () => T): T {
  const { console: spoken } = globalThis;
  globalThis.console = { ...spoken, debug: () => undefined };
  try {
    return make();
  } finally {
    globalThis.console = spoken;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
