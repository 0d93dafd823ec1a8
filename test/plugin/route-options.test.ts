import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import { throwAwayServiceAccount } from '../../src/emulator/index.ts';
import { resolveOptions } from '../../src/plugin/options.ts';
import type { RouteOptions } from '../../src/plugin/route-options.ts';

const KEY = throwAwayServiceAccount('shop').keyFile('http://127.0.0.1:1');
const API_KEY = 'AIzaSyA-0123456789-0123456789';
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'route-options-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** As one who writes JavaScript may write it. */
function resolved(...routes: readonly object[]) {
  return resolveOptions({ routes: routes as RouteOptions[], store: new MemoryArtifactStore() });
}

function accountOf(route: object) {
  return resolved(route).routes[0].gemini.account;
}

describe('a Vertex route', () => {
  it('is an account of its project: credentials as object, as JSON and as file are the same one', async () => {
    const keyFile = join(directory, 'key.json');
    await writeFile(keyFile, JSON.stringify(KEY));
    const accounts = [{ credentials: KEY }, { credentials: JSON.stringify(KEY) }, { keyFile }].map((vertex) =>
      accountOf({ name: 'cloud', vertex: { project: 'shop', ...vertex } }),
    );
    expect(accounts[0]).toMatchObject({
      endpoint: 'vertex',
      project: 'shop',
      baseUrl: 'https://aiplatform.googleapis.com',
    });
    expect(accounts[1]).toEqual(accounts[0]);
    expect(accounts[2]).toEqual(accounts[0]);
  });

  it('stands beside one of AI Studio', () => {
    const { routes } = resolved(
      { name: 'main', apiKey: API_KEY },
      { name: 'cloud', vertex: { project: 'shop', location: 'europe-west4', credentials: KEY } },
    );
    expect(routes.map(({ name, gemini }) => [name, gemini.account.endpoint, gemini.account.baseUrl])).toEqual(
      [
        ['main', 'ai-studio', 'https://generativelanguage.googleapis.com'],
        ['cloud', 'vertex', 'https://europe-west4-aiplatform.googleapis.com'],
      ],
    );
  });

  it('needs no key: the machine may have an identity of its own', () => {
    expect(accountOf({ name: 'cloud', vertex: { project: 'shop' } }).credential).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('what cannot be used is named at once, with its cure', () => {
  const cloud = (vertex: object) => ({ name: 'cloud', vertex: { project: 'shop', ...vertex } });
  const { client_email: _, ...nameless } = KEY;
  const { private_key: __, ...keyless } = KEY;

  it.each<[string, object, string]>([
    ['both forms', { ...cloud({}), apiKey: API_KEY }, 'route cloud has both apiKey and vertex'],
    ['neither form', { name: 'cloud' }, 'route cloud has neither apiKey nor vertex'],
    ['no project', { name: 'cloud', vertex: {} }, 'vertex.project of route cloud is missing'],
    ['a project beside', { ...cloud({}), project: 'x' }, 'give it as vertex.project'],
    [
      'a project that is none',
      cloud({ project: 'My Shop' }),
      'vertex.project of route cloud is no project id',
    ],
    [
      'a location that is none',
      cloud({ location: 'eu/west' }),
      'vertex.location of route cloud is no location',
    ],
    ['two keys', cloud({ credentials: KEY, keyFile: 'x' }), 'both vertex.credentials and vertex.keyFile'],
    ['no file', cloud({ keyFile: '/nowhere/key.json' }), 'cannot be read: /nowhere/key.json: ENOENT'],
    ['not JSON', cloud({ credentials: 'key' }), 'vertex.credentials of route cloud is no JSON object'],
    [
      'no e-mail',
      cloud({ credentials: nameless }),
      'vertex.credentials of route cloud.client_email is missing',
    ],
    ['no key', cloud({ credentials: keyless }), 'vertex.credentials of route cloud.private_key is missing'],
    [
      'a broken key',
      cloud({ credentials: { ...KEY, private_key: KEY.private_key.slice(0, 400) } }),
      'vertex.credentials of route cloud.private_key is no RSA private key',
    ],
    [
      'a token address that is none',
      cloud({ credentials: { ...KEY, token_uri: 'oauth' } }),
      'vertex.credentials of route cloud.token_uri is no web address',
    ],
    [
      'an AI Studio key as credentials',
      cloud({ credentials: API_KEY }),
      'is an API key of AI Studio (wrong-endpoint)',
    ],
    ['an AI Studio key as file', cloud({ keyFile: API_KEY }), 'is an API key of AI Studio (wrong-endpoint)'],
    ['a key where its file is due', cloud({ keyFile: JSON.stringify(KEY) }), 'is a key itself'],
    [
      'a service account as API key',
      { name: 'main', apiKey: JSON.stringify(KEY) },
      'is a credential of Google Cloud (wrong-endpoint)',
    ],
    ['an access token as API key', { name: 'main', apiKey: 'ya29.a0AbC' }, '(wrong-endpoint)'],
    ['an empty API key', { name: 'main', apiKey: ' ' }, 'the apiKey of route main is empty'],
  ])('%s', (_name, route, words) => {
    let message = '';
    try {
      resolved(route);
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
      message = (error as Error).message;
    }
    expect(message).toContain(words);
    expect(message).not.toContain(API_KEY);
    expect(message).not.toContain(KEY.private_key.split('\n')[3]);
  });
});
