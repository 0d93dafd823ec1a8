/**
 * AI Studio and Vertex behind one worker, all real: a route that proves it cannot, the other that delivers,
 * sessions that begin anew where another endpoint signed, credentials at the wrong place, and no secret kept.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { describe, it } from 'vitest';
import { readProvenance } from '../../src/artifacts/provenance.ts';
import type { GenerationResult } from '../../src/contract/generation.ts';
import { throwAwayServiceAccount } from '../../src/emulator/index.ts';
import type { EmulatorOptions } from '../../src/emulator/index.ts';
import { jwtGrant } from '../../src/gemini/jwt-grant.ts';
import { createRedactor } from '../../src/gemini/redactor.ts';
import { readServiceAccount } from '../../src/gemini/service-account.ts';
import { createDispatcher } from '../../src/gemini/transport.ts';
import type { RouteOptions } from '../../src/plugin/route-options.ts';
import { image } from '../artifacts/images.ts';
import { run, start } from '../cli/program.ts';
import { errorOf } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';
import { filesHolding, foundIn, leaves } from '../support/secret-scan.ts';

const SLOW = 120_000;
const WAIT = { waitMs: 60_000 } as const;
const PROJECT = 'shop-vertex';
const KEY = 'studio-key-0123456789-main';
const ACCOUNT = throwAwayServiceAccount(PROJECT);

async function opened(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  emulator: EmulatorOptions = {},
): Promise<Rig> {
  const vertex = { serviceAccounts: [ACCOUNT.known], ...emulator.vertex };
  const rig = await startRig({ apiKey: KEY, emulator: { signatureChecks: true, ...emulator, vertex } });
  onTestFinished(() => rig.close());
  return rig;
}

function studio({ emulator }: Rig): RouteOptions {
  return { name: 'studio', apiKey: KEY, baseUrl: emulator.url, project: 'shop-studio' };
}

function cloud({ emulator }: Rig): RouteOptions {
  const credentials = ACCOUNT.keyFile(emulator.url);
  return { name: 'cloud', vertex: { project: PROJECT, credentials }, baseUrl: emulator.url };
}

async function working(rig: Rig, ...routes: readonly RouteOptions[]): Promise<void> {
  await rig.worker({ apiKey: undefined, baseUrl: undefined, routes });
}

/** Which endpoint each call went to, and what it came to. */
function wayOf(rig: Rig, id: string): readonly string[] {
  return rig.calls(id).map(({ endpoint, decision }) => `${endpoint} ${decision}`);
}

function moves({ trail }: GenerationResult): readonly string[] {
  return trail.map(({ verdict }) => verdict);
}

describe.concurrent('failover by proof', { timeout: SLOW }, () => {
  it.for([
    ['capacity', ['capacity/overloaded', 'capacity/overloaded', 'success']],
    ['quota-day', ['quota-day/rpd', 'success']],
    ['gateway-502', ['gateway-fault/bad-gateway', 'gateway-fault/bad-gateway', 'success']],
  ] as const)('AI Studio proves %s, Vertex delivers', async ([fault, told], { expect, onTestFinished }) => {
    const rig = await opened({ onTestFinished });
    await working(rig, studio(rig), cloud(rig));
    const result = await rig.images.generate(
      { prompt: `a fox [[fault:${fault}*always@ai-studio]]`, size: '1K', allow: { endpoints: ['cloud'] } },
      WAIT,
    );
    expect(result).toMatchObject({ route: 'cloud', model: 'gemini-3-pro-image' });
    expect(moves(result)).toEqual(told);
    expect(result.pathWhy).toContain('gemini-3-pro-image on cloud');
    expect(wayOf(rig, result.id).at(-1)).toBe('vertex image');
    expect(rig.bills(result.id)).toBe(1);
  });

  it('and back: Vertex’s shared capacity is used up, AI Studio delivers', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened({ onTestFinished });
    await working(rig, cloud(rig), studio(rig));
    const result = await rig.images.generate(
      {
        prompt: 'a fox [[fault:capacity-shared*always@vertex]]',
        size: '1K',
        allow: { endpoints: ['studio'] },
      },
      WAIT,
    );
    expect(result.route).toBe('studio');
    expect(moves(result).at(-1)).toBe('success');
    expect(wayOf(rig, result.id)).toEqual([
      'vertex fault:capacity-shared*always@vertex',
      'vertex fault:capacity-shared*always@vertex',
      'ai-studio image',
    ]);
  });

  it('I4: an endpoint that the request does not name is never called', async ({ expect, onTestFinished }) => {
    const rig = await opened({ onTestFinished });
    await working(rig, studio(rig), cloud(rig));
    const error = await errorOf(
      rig.images.generate(
        {
          prompt: 'a fox [[fault:capacity*always@ai-studio]]',
          size: '1K',
          maxAttempts: 4,
          routeOut: 'never',
        },
        WAIT,
      ),
    );
    expect(error).toMatchObject({ branch: 'capacity' });
    expect(rig.calls().filter(({ endpoint }) => endpoint === 'vertex')).toEqual([]);
  });

  it('inputs beyond one request are no work for Vertex, which has no files: its rung is left out', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened({ onTestFinished });
    await working(rig, studio(rig), cloud(rig));
    const bytes = await Promise.all([1_600, 1_601, 1_602].map((side) => image('png', side)));
    const error = await errorOf(
      rig.images.generate(
        {
          prompt: 'a collage [[fault:capacity*always@ai-studio]]',
          size: '1K',
          inputs: bytes.map((each) => ({ bytes: each })),
          allow: { endpoints: ['cloud'] },
          maxAttempts: 4,
          routeOut: 'never',
        },
        WAIT,
      ),
    );
    expect(error).toMatchObject({ branch: 'capacity' });
    expect(rig.calls().filter(({ endpoint }) => endpoint === 'vertex')).toEqual([]);
  });

  it('a service account that is revoked is permission, and nothing is sent', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened({ onTestFinished });
    await working(rig, cloud(rig));
    const body = { error: 'invalid_grant', error_description: 'Invalid grant: account not found' };
    rig.emulator.addFaults({ match: { method: 'token' }, action: { status: 400, body } });
    const error = await errorOf(
      rig.images.generate({ prompt: 'a fox', size: '1K', routeOut: 'never' }, WAIT),
    );
    expect(error).toMatchObject({ branch: 'permission', reason: 'key-invalid' });
    expect(rig.calls()).toEqual([]);
  });
});

describe.concurrent('sessions', { timeout: SLOW }, () => {
  it('I9: each endpoint signs for itself; a session begins anew there and back, and no signature is refused', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened({ onTestFinished });
    await working(rig, studio(rig), cloud(rig));
    const session = await rig.images.session({ model: 'gemini-3-pro-image', size: '1K' });
    const turn = async (turnId: string, fault = '') => {
      const edit = { turnId, prompt: `draw ${turnId} ${fault}`, allow: { endpoints: ['cloud'] } };
      return await (await session.edit(edit)).result();
    };
    const told = [];
    for (const [turnId, fault] of [
      ['a', ''],
      ['b', '[[fault:capacity*always@ai-studio]]'],
      ['c', ''],
      ['d', ''],
    ] as const) {
      const { route, conversation } = await turn(turnId, fault);
      told.push([turnId, route, conversation?.use]);
    }
    expect(told).toEqual([
      ['a', 'studio', 'none'],
      ['b', 'cloud', 'reseeded'],
      ['c', 'studio', 'reseeded'],
      ['d', 'studio', 'verbatim'],
    ]);
    expect(rig.calls().filter(({ decision }) => decision === 'invalid')).toEqual([]);
  });
});

describe('credentials', { timeout: SLOW }, () => {
  it('of the wrong endpoint are refused when the worker starts', async ({ expect, onTestFinished }) => {
    const rig = await opened({ onTestFinished });
    const wrong = [
      { name: 'cloud', vertex: { project: PROJECT, credentials: 'AIzaSyA-0123456789-0123456789' } },
      { name: 'main', apiKey: JSON.stringify(ACCOUNT.keyFile(rig.emulator.url)) },
    ];
    for (const route of wrong) {
      const error = await errorOf(working(rig, route));
      expect(error).toMatchObject({
        name: 'TypeError',
        message: expect.stringContaining('wrong-endpoint') as string,
      });
    }
  });

  it('I7: neither private key nor token is in history, store, output or what a caller gets, although they are echoed', async ({
    expect,
    onTestFinished,
  }) => {
    const directory = await mkdtemp(join(tmpdir(), 'vertex-key-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const rig = await opened({ onTestFinished }, { echoKey: true, vertex: { accessTokenSeconds: 2 } });
    const key = ACCOUNT.keyFile(rig.emulator.url);
    const keyFile = join(directory, 'key.json');
    await writeFile(keyFile, JSON.stringify(key));
    const settings = [
      ...['--address', rig.server.address, '--task-queue', rig.taskQueue],
      ...['--store', rig.directory],
    ];
    const env = {
      GEMINI_VERTEX_PROJECT: PROJECT,
      GEMINI_VERTEX_KEY_FILE: keyFile,
      GEMINI_VERTEX_BASE_URL: rig.emulator.url,
      GEMINI_IMAGES_TIME_SCALE: '0.02',
      GEMINI_IMAGES_DEBUG: '1',
    };
    const worker = start(['worker', '--json', ...settings], { env });
    await worker.event('ready');
    const ids: string[] = [];
    const said: unknown[] = [];
    for (const fault of ['capacity', 'invalid-request', 'gateway-502', 'token-expired', 'iam']) {
      const error = await errorOf(
        rig.images.generate(
          { prompt: `a fox [[fault:${fault}*always]]`, size: '1K', maxAttempts: 2, routeOut: 'never' },
          WAIT,
        ),
      );
      said.push(error, error.message, error.stack);
      ids.push((error as unknown as { readonly id: string }).id);
    }
    const shown = await run(['show', ids[1] ?? '', ...settings], { env });
    worker.signal('SIGTERM');
    await worker.ended;

    const tokens = rig.emulator.calls().filter(({ method }) => method === 'token');
    expect(tokens.length).toBeGreaterThan(1);
    // A token is told by its beginning, the key by any line of it.
    const secrets = ['ya29.c.', key.private_key.split('\n')[5] ?? ''];
    for (const secret of secrets) {
      expect(await filesHolding(rig.directory, secret)).toEqual([]);
      expect(
        foundIn(worker.stdout() + worker.stderr() + shown.stdout + shown.stderr, secret),
      ).toBeUndefined();
      for (const leaf of leaves(said)) expect(foundIn(leaf, secret)).toBeUndefined();
      for (const id of ids) {
        const handle = rig.client.workflow.getHandle(id);
        for (const leaf of leaves([await handle.fetchHistory(), (await handle.describe()).raw]))
          expect(foundIn(leaf, secret)).toBeUndefined();
      }
    }
    expect(await filesHolding(rig.directory, '[redacted]')).not.toEqual([]);
  });
});

describe.concurrent('inputs in Google Cloud Storage', { timeout: SLOW }, () => {
  async function laidDown({ emulator }: Rig, name: string, bytes: Uint8Array): Promise<void> {
    const account = readServiceAccount(ACCOUNT.keyFile(emulator.url), 'credentials');
    const dispatcher = createDispatcher();
    const granted = await jwtGrant(account, dispatcher, createRedactor([]))();
    await dispatcher.close();
    if (granted.kind !== 'granted') throw new Error('no token');
    const url = `${emulator.url}/upload/storage/v1/b/shop-pictures/o?uploadType=media&name=${encodeURIComponent(name)}`;
    const headers = { ...granted.headers, 'content-type': 'image/png' };
    const answer = await fetch(url, { method: 'POST', headers, body: Buffer.from(bytes) });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  }

  const NAME = 'spring 2027/fox & snow.png';

  it('are read by the Vertex route’s account, and are inputs like any other on AI Studio too', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened({ onTestFinished });
    await working(rig, studio(rig), cloud(rig));
    const bytes = await image('png', 64, 64);
    await laidDown(rig, NAME, bytes);
    const result = await rig.images.generate(
      { prompt: 'the fox at night', size: '1K', inputs: [{ url: `gs://shop-pictures/${NAME}` }] },
      WAIT,
    );
    const [made] = result.images;
    const provenance = await readProvenance(rig.store, made?.sha256 ?? '', result.id);
    expect(provenance?.parents).toEqual([createHash('sha256').update(bytes).digest('hex')]);
    expect(rig.calls(result.id)).toMatchObject([{ endpoint: 'ai-studio', inputs: [{}] }]);
  });

  it('an object that is not there, and a worker without Google Cloud: what is wrong, and the cure', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await opened({ onTestFinished });
    await working(rig, cloud(rig));
    const request = { prompt: 'the fox', inputs: [{ url: 'gs://shop-pictures/no-fox.png' }] };
    const missing = await errorOf(rig.images.generate(request, WAIT));
    expect(missing).toMatchObject({ branch: 'invalid-request', reason: 'bad-input' });
    expect(String(missing)).toContain('gs://shop-pictures/no-fox.png answered with status 404');
    expect(String(missing)).toContain('storage.objects.get');

    const without = await opened({ onTestFinished });
    await working(without, studio(without));
    const error = await errorOf(without.images.generate(request, WAIT));
    expect(error).toMatchObject({ branch: 'invalid-request', reason: 'bad-input' });
    expect(String(error)).toContain('add a Vertex route');
    expect(without.calls()).toEqual([]);
  });
});
