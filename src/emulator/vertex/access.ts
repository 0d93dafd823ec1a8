/** Who may call Vertex and where, with its true words: the location, the access token, the project. */
import type { IncomingMessage } from 'node:http';
import { googleError, googleErrorPage } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { VertexPlace } from './place.ts';
import { modelPath } from './place.ts';
import type { IssuedToken } from './tokens.ts';

const SERVICE = 'aiplatform.googleapis.com';
const METHOD = 'google.cloud.aiplatform.v1beta1.PredictionService.GenerateContent';
const SIGN_IN = 'See https://developers.google.com/identity/sign-in/web/devconsole-project.';

export function bearerOf({ headers }: IncomingMessage): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

export interface VertexCaller {
  readonly token: string | undefined;
  /** Whether a key of AI Studio came instead. */
  readonly withApiKey: boolean;
  /** What the emulator knows of the token. */
  readonly issued: IssuedToken | undefined;
  readonly model: string | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The answer that refuses this caller, or nothing when it may call. */
export function refuseCaller(
  place: VertexPlace,
  { token, withApiKey, issued, model, now }: VertexCaller,
): Answer | undefined {
  if (token === undefined) return withApiKey ? apiKeysNotSupported() : tokenMissing();
  if (issued === undefined) return tokenUnknown();
  if (issued.expiresAt <= now) return tokenExpired();
  if (place.project !== '' && !issued.account.projects.includes(place.project))
    return permissionDenied(place, model ?? 'm');
  return undefined;
}

/** The page for a location that does not exist: the front end's, before anything is checked. */
export function unknownLocation(place: VertexPlace, model: string): Answer {
  return googleErrorPage(
    404,
    'Not Found',
    `The requested URL <code>/v1beta1/${modelPath(place, model)}:generateContent</code> was not found on this server.`,
  );
}

export function tokenExpired(): Answer {
  return unauthenticated(
    `Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. ${SIGN_IN}`,
    'ACCESS_TOKEN_EXPIRED',
  );
}

export function permissionDenied(place: VertexPlace, model: string): Answer {
  const permission = 'aiplatform.endpoints.predict';
  const resource = modelPath(place, model);
  return googleError(
    403,
    'PERMISSION_DENIED',
    `Permission '${permission}' denied on resource '//${SERVICE}/${resource}' (or it may not exist).`,
    [errorInfo('IAM_PERMISSION_DENIED', SERVICE, { permission, resource })],
  );
}

export function apiDisabled(): Answer {
  return googleError(
    403,
    'PERMISSION_DENIED',
    'Vertex AI API has not been used in project 123456789012 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/aiplatform.googleapis.com/overview?project=123456789012 then retry.',
    [
      errorInfo('SERVICE_DISABLED', 'googleapis.com', {
        service: SERVICE,
        consumer: 'projects/123456789012',
      }),
    ],
  );
}

function tokenMissing(): Answer {
  return unauthenticated(
    `Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. ${SIGN_IN}`,
    'CREDENTIALS_MISSING',
  );
}

function apiKeysNotSupported(): Answer {
  return unauthenticated(
    'API keys are not supported by this API. Expected OAuth2 access token or other authentication credentials that assert a principal. See https://cloud.google.com/docs/authentication',
    'CREDENTIALS_MISSING',
  );
}

function tokenUnknown(): Answer {
  return unauthenticated(
    `Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. ${SIGN_IN}`,
    'ACCESS_TOKEN_TYPE_UNSUPPORTED',
  );
}

function unauthenticated(message: string, reason: string): Answer {
  const info = errorInfo(reason, 'googleapis.com', { service: SERVICE, method: METHOD });
  return googleError(401, 'UNAUTHENTICATED', message, [info]);
}

function errorInfo(reason: string, domain: string, metadata: Readonly<Record<string, string>>): unknown {
  return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain, metadata };
}
