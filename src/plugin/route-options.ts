/**
 * A configured way: an API key of AI Studio, a project of Google Cloud (Vertex), or another provider. Throws a
 * TypeError that names the option and the cure; what can be seen of a credential without using it is seen
 * here, before any task is taken.
 */
import { readFileSync } from 'node:fs';
import { createAiStudio } from '../gemini/ai-studio.ts';
import type { GeminiPort } from '../gemini/port.ts';
import type { Redactor } from '../gemini/redactor.ts';
import type { ServiceAccount, ServiceAccountKey } from '../gemini/service-account.ts';
import { readServiceAccount } from '../gemini/service-account.ts';
import { createVertex } from '../gemini/vertex.ts';
import type { ProviderRoute } from './provider-route.ts';
import { checkProviderRoute } from './provider-route.ts';
import type { QuietOptions } from './quiet-options.ts';

export type { ServiceAccountKey } from '../gemini/service-account.ts';

/** One credential, one endpoint. */
export type RouteOptions = ApiKeyRoute | VertexRoute | ProviderRoute;

export interface ApiKeyRoute extends QuietOptions {
  /** What requests, operators and the UI call it. */
  readonly name: string;
  readonly provider?: 'google';
  readonly apiKey: string;
  /** @default Google's AI Studio endpoint */
  readonly baseUrl?: string;
  /** Project the key belongs to; quotas are kept by it. @default the route's name */
  readonly project?: string;
  readonly vertex?: undefined;
}

export interface VertexRoute extends QuietOptions {
  readonly name: string;
  readonly provider?: 'google';
  /** Gemini on Google Cloud. Without `credentials` and `keyFile`: Application Default Credentials. */
  readonly vertex: VertexSettings;
  /** @default Google's Vertex endpoint of the location */
  readonly baseUrl?: string;
  readonly apiKey?: undefined;
  readonly project?: undefined;
}

export interface VertexSettings {
  /** Id of the Google Cloud project; quotas are kept by it. */
  readonly project: string;
  /** @default 'global' */
  readonly location?: string;
  /** Key of a service account, as an object or as its JSON. */
  readonly credentials?: ServiceAccountKey | string;
  /** File with such a key, read when the worker starts. */
  readonly keyFile?: string;
}

/** With the key of its service account read. */
type CheckedGeminiRoute = ApiKeyRoute | (VertexRoute & { readonly serviceAccount?: ServiceAccount });
export type CheckedRoute = CheckedGeminiRoute | ProviderRoute;

/** API keys as Google issues them for AI Studio. */
const API_KEY = /^(?:AIza|AQ\.)[\w-]{8,}/;
/** What opens Google Cloud: a key file, a private key, an access token. */
const CLOUD_CREDENTIAL = /^\s*\{|-----BEGIN |^ya29\./;
const PROJECT_ID = /^[a-z\d][a-z\d.:-]*$/;
const LOCATION = /^[a-z][a-z\d-]*$/;

export function checkedRoutes(routes: readonly RouteOptions[]): readonly CheckedRoute[] {
  const checked = routes.map(checkedRoute);
  if (new Set(checked.map(({ name }) => name)).size < checked.length)
    throw new TypeError('routes[].name must differ');
  const [first] = checked;
  if (first?.provider === 'openai-compatible')
    throw new TypeError(`route ${first.name} is another provider's: put a route to Gemini before it`);
  return checked;
}

/** What a provider's answer must not be kept with; tokens are learned as they come. */
export function secretsOf(routes: readonly CheckedRoute[]): readonly string[] {
  return routes.flatMap(({ apiKey }) => (apiKey === undefined ? [] : [apiKey]));
}

export function portOf(route: CheckedGeminiRoute, redactor: Redactor): GeminiPort {
  const { name, baseUrl } = route;
  const where = { redactor, ...(baseUrl === undefined ? {} : { baseUrl }) };
  if (route.vertex === undefined)
    return createAiStudio({ ...where, apiKey: route.apiKey, project: route.project ?? name });
  const { vertex, serviceAccount } = route;
  return createVertex({
    ...where,
    project: vertex.project,
    ...(vertex.location === undefined ? {} : { location: vertex.location }),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
  });
}

function checkedRoute(route: RouteOptions): CheckedRoute {
  const { name } = route;
  if (name === '') throw new TypeError('routes[].name is empty: give each route a name');
  if (route.apiKey !== undefined && route.vertex !== undefined)
    throw new TypeError(`route ${name} has both apiKey and vertex: a route is one of them, make two routes`);
  if (route.vertex !== undefined) return { ...route, ...checkedVertex(name, route) };
  if (route.apiKey === undefined)
    throw new TypeError(`route ${name} has neither apiKey nor vertex: give one of them`);
  if (route.apiKey.trim() === '')
    throw new TypeError(`the apiKey of route ${name} is empty: give the worker the key of its provider`);
  if (route.provider === 'openai-compatible') {
    checkProviderRoute(route);
    return route;
  }
  if (CLOUD_CREDENTIAL.test(route.apiKey))
    throw new TypeError(
      `the apiKey of route ${name} is a credential of Google Cloud (wrong-endpoint): give it as ` +
        'vertex: { project, credentials }, or give a key of AI Studio',
    );
  return route;
}

function checkedVertex(
  name: string,
  { vertex, project: misplaced }: VertexRoute,
): { readonly serviceAccount?: ServiceAccount } {
  const { project, location, credentials, keyFile } = vertex;
  const field = (key: keyof VertexSettings): string => `vertex.${key} of route ${name}`;
  if (misplaced !== undefined)
    throw new TypeError(`route ${name} has a project beside vertex: give it as vertex.project`);
  if (typeof project !== 'string' || project === '')
    throw new TypeError(`${field('project')} is missing: give the id of the Google Cloud project`);
  if (!PROJECT_ID.test(project))
    throw new TypeError(`${field('project')} is no project id: give one such as my-project-123`);
  if (location !== undefined && !LOCATION.test(location))
    throw new TypeError(`${field('location')} is no location: give one such as global or europe-west4`);
  if (credentials !== undefined && keyFile !== undefined)
    throw new TypeError(`route ${name} has both vertex.credentials and vertex.keyFile: give one of them`);
  for (const [key, value] of [['credentials', credentials] as const, ['keyFile', keyFile] as const]) {
    if (typeof value === 'string' && API_KEY.test(value.trim()))
      throw new TypeError(
        `${field(key)} is an API key of AI Studio (wrong-endpoint): give it as the route's apiKey, or give ` +
          'the key of a service account',
      );
  }
  if (keyFile !== undefined)
    return { serviceAccount: readServiceAccount(readKeyFile(keyFile, field('keyFile')), field('keyFile')) };
  if (credentials === undefined) return {};
  return { serviceAccount: readServiceAccount(credentials, field('credentials')) };
}

function readKeyFile(path: string, field: string): string {
  // A key where its file's name is due would be quoted by the message of the file system.
  if (CLOUD_CREDENTIAL.test(path))
    throw new TypeError(`${field} is a key itself: give its file's name, or give it as vertex.credentials`);
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new TypeError(`${field} cannot be read: ${path}: ${code ?? String(error)}`, { cause: error });
  }
}
