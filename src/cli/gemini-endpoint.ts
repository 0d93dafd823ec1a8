/**
 * Which Gemini a worker calls: Google or a gateway with GEMINI_API_KEY, Google Cloud with
 * GEMINI_VERTEX_PROJECT, both as two routes, else the emulator that GEMINI_IMAGES_EMULATOR_URL names. Google's
 * own variables are not read: they may be there for something else. The key comes from the environment only: as an argument it would
 * stand in process lists and shell histories.
 */
import { createHash } from 'node:crypto';
import type { RouteOptions } from '../plugin/route-options.ts';
import { setting } from './environment.ts';
import { UsageError } from './usage-error.ts';

export interface GeminiEndpoint {
  /** The first one is used where a request names none. */
  readonly routes: readonly [RouteOptions, ...RouteOptions[]];
  /** For people: `Google`, `http://127.0.0.1:8787 (emulator)`; without credentials. */
  readonly words: string;
  readonly emulated: boolean;
}

/** What the one route is called, as the plugin calls that of its option `apiKey`. */
const FIRST = 'default';
const VERTEX = 'vertex';

/** Throws {@link UsageError} when there is neither a credential nor an emulator. */
export function geminiEndpoint(env: NodeJS.ProcessEnv = process.env): GeminiEndpoint {
  const ways = [...apiKeyWay(env), ...vertexWay(env)];
  const [first, ...others] = ways.map(({ route }) => route);
  if (first !== undefined)
    return { routes: [first, ...others], words: ways.map(({ words }) => words).join(', '), emulated: false };
  const emulator = setting('GEMINI_IMAGES_EMULATOR_URL', env);
  if (emulator !== undefined) return emulatorEndpoint(emulator);
  throw new UsageError(
    'no Gemini API key: set GEMINI_API_KEY or GEMINI_VERTEX_PROJECT, or GEMINI_IMAGES_EMULATOR_URL to work ' +
      'without one (gemini-images emulator starts an emulator, gemini-images dev everything)',
  );
}

/** The same, with what it names looked at: a key file that cannot be used is the user's mistake. */
export async function checkedEndpoint(): Promise<GeminiEndpoint> {
  const endpoint = geminiEndpoint();
  const { checkedRoutes } = await import('../plugin/route-options.ts');
  try {
    checkedRoutes(endpoint.routes);
    return endpoint;
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}

interface Way {
  readonly route: RouteOptions;
  readonly words: string;
}

function apiKeyWay(env: NodeJS.ProcessEnv): readonly Way[] {
  const apiKey = setting('GEMINI_API_KEY', env)?.trim();
  if (apiKey === undefined || apiKey === '') return [];
  const baseUrl = setting('GEMINI_BASE_URL', env);
  if (baseUrl === undefined) return [{ route: { name: FIRST, apiKey }, words: 'Google' }];
  const words = originOf(baseUrl, 'GEMINI_BASE_URL');
  return [{ route: { name: FIRST, apiKey, baseUrl }, words }];
}

function vertexWay(env: NodeJS.ProcessEnv): readonly Way[] {
  const project = setting('GEMINI_VERTEX_PROJECT', env);
  const location = setting('GEMINI_VERTEX_LOCATION', env);
  const keyFile = setting('GEMINI_VERTEX_KEY_FILE', env);
  const baseUrl = setting('GEMINI_VERTEX_BASE_URL', env);
  if (project === undefined) {
    if (keyFile === undefined) return [];
    throw new UsageError('GEMINI_VERTEX_KEY_FILE without GEMINI_VERTEX_PROJECT: set the project too');
  }
  const vertex = {
    project,
    ...(location === undefined ? {} : { location }),
    ...(keyFile === undefined ? {} : { keyFile }),
  };
  const at = baseUrl === undefined ? '' : ` at ${originOf(baseUrl, 'GEMINI_VERTEX_BASE_URL')}`;
  return [
    {
      route: { name: VERTEX, vertex, ...(baseUrl === undefined ? {} : { baseUrl }) },
      words: `Vertex of ${project}${at}`,
    },
  ];
}

export function emulatorEndpoint(url: string): GeminiEndpoint {
  // The same for every process, so that a restarted worker is on the same path. A word like "emulator" as key would be redacted wherever it stands.
  const apiKey = `no-key-${createHash('sha256').update(url).digest('hex').slice(0, 32)}`;
  const words = `${originOf(url, 'GEMINI_IMAGES_EMULATOR_URL')} (emulator)`;
  return { routes: [{ name: FIRST, apiKey, baseUrl: url }], words, emulated: true };
}

function originOf(url: string, variable: string): string {
  const parsed = URL.parse(url);
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return parsed.origin;
  throw new UsageError(`${variable} is no web address: give one such as http://127.0.0.1:8787`);
}
