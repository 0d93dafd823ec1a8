/**
 * A caller in another language: Python with Temporal's own SDK starts generations, waits for them, reads
 * a typed failure, and decides. What it is told keeps the JSON Schemas, and the TypeScript client agrees
 * with it about ids and digests.
 */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerationFailure, GenerationResult, GenerationView } from '../../src/contract/generation.ts';
import { FAILURES, MEMO, UPDATES, WORKFLOW_TYPES } from '../../src/contract/names.ts';
import { IdempotencyConflict } from '../../src/client/errors.ts';
import { startDevServer } from '../../src/dev/server.ts';
import type { Emulator } from '../../src/emulator/index.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import type { GenerateRequest } from '../../src/schema/request.ts';
import { errorOf } from '../support/eventually.ts';
import { pythonWith } from '../support/python-venv.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

const PACKAGES = ['temporalio==1.35.0', 'jsonschema==4.26.0'];
const INSTALL_MS = 600_000;
const KEY = 'emulated-key-0123456789';

interface Seen {
  readonly served: { readonly result: GenerationResult };
  readonly again: { readonly result: GenerationResult };
  readonly file: string;
  readonly refused: { readonly type: string; readonly failure: GenerationFailure };
  readonly branch: string;
  readonly userAction: string;
  readonly view: GenerationView;
  readonly stuck: { readonly result: GenerationResult };
  readonly shared: {
    readonly id: string;
    readonly request: GenerateRequest;
    readonly [MEMO.requestDigest]: string;
    readonly result: GenerationResult;
  };
}

async function python(script: string, args: readonly string[], input = ''): Promise<string> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(await pythonWith(PACKAGES, [3, 11]), [file, ...args], { timeout: 120_000 });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [said, told, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${told.slice(-2_000)}`);
  return said;
}

type Case = readonly [file: string, name: string | null, value: unknown];

/** By a JSON Schema validator that is not ours; the problems of each case. */
async function problems(cases: readonly Case[]): Promise<unknown> {
  const directory = fileURLToPath(new URL('../../docs', import.meta.url));
  return JSON.parse(await python('validate.py', [directory], JSON.stringify(cases)));
}

let rig: Rig;
let backup: Emulator;
let seen: Seen;

beforeAll(async () => {
  // Only the first route knows what `stuck` means: a key that is dead there.
  const faults = [{ match: { prompt: 'that is stuck' }, action: 'key-leaked' }];
  rig = await startRig({ emulator: { faults } });
  backup = await startEmulator({ keys: [KEY], seed: 'backup' });
  const route = { apiKey: KEY, project: 'p' };
  await rig.worker({
    apiKey: undefined,
    baseUrl: undefined,
    routes: [
      { ...route, name: 'main', baseUrl: rig.emulator.url },
      { ...route, name: 'backup', baseUrl: backup.url },
    ],
  });
  const { address, namespace } = rig.server;
  seen = JSON.parse(
    await python('start_and_wait.py', [address, namespace, rig.taskQueue, rig.directory]),
  ) as Seen;
}, INSTALL_MS);

afterAll(async () => {
  await rig.close();
  await backup.close();
});

describe('from Python', () => {
  it('a generation is started and waited for; its image lies in the store', () => {
    const { images, trail } = seen.served.result;
    expect(trail.map(({ verdict }) => verdict)).toEqual(['success']);
    expect(seen.file).toBe(images[0]?.sha256);
  });

  it('the same key is the same generation, after its end too', () => {
    expect(seen.again).toEqual(seen.served);
    expect(rig.bills(seen.served.result.id)).toBe(1);
  });

  it('a prohibited prompt is one typed failure', () => {
    expect(seen.refused.type).toBe('gemini.policy');
    expect(seen.branch).toBe('policy');
    expect(seen.userAction).toMatch(/\S/);
    expect(rig.calls(seen.refused.failure.id)).toHaveLength(1);
  });

  it('one that is stuck is looked at, and leaves to another route by a signal', () => {
    const { view, stuck } = seen;
    expect(view.phase).toMatchObject({ phase: 'held', scope: 'credential' });
    expect(view.ask?.options).toContainEqual(
      expect.objectContaining({ choice: 'route-out', route: 'backup' }),
    );
    expect(stuck.result.route).toBe('backup');
    expect(stuck.result.decisions).toMatchObject([{ by: 'ann', choice: 'route-out', outcome: 'taken' }]);
    expect(backup.calls().filter(({ billed }) => billed)).toHaveLength(1);
  });

  it('what it is told keeps the schemas in docs/', async () => {
    const decision = { by: 'ann', why: 'idle', evidence: seen.view.ask?.evidence, route: 'backup' };
    const cases: readonly Case[] = [
      ['result.schema.json', null, seen.served.result],
      ['result.schema.json', null, seen.stuck.result],
      ['result.schema.json', null, seen.shared.result],
      ['failure.schema.json', null, seen.refused.failure],
      ['view.schema.json', null, seen.view],
      ['argument.schema.json', null, { request: seen.shared.request }],
      ['request.schema.json', null, seen.shared.request],
      ['decision.schema.json', 'approveRouteOut', decision],
      ['decision.schema.json', UPDATES.decide, { choice: 'route-out', ...decision }],
      ['decision.schema.json', 'record', seen.stuck.result.decisions?.[0]],
    ];
    expect(await problems(cases)).toEqual(cases.map(() => []));
  });

  it('and a value that does not keep them is told: the check can fail', async () => {
    const { cost: _cost, ...costless } = seen.served.result;
    const change = { by: 'ann', why: 'x', evidence: '0123456789ab', change: { size: '1K', seed: 1 } };
    const cases: readonly Case[] = [
      ['result.schema.json', null, costless],
      ['view.schema.json', null, { ...seen.view, phase: { phase: 'held' } }],
      ['argument.schema.json', null, { request: { promt: 'a fox' } }],
      ['decision.schema.json', 'changeRequest', change],
    ];
    for (const each of (await problems(cases)) as unknown[][]) expect(each).not.toEqual([]);
  });
});

describe('Python and TypeScript with one key', () => {
  const keyOf = (name: string): string => `${rig.taskQueue}: ${name}`;

  it('are one generation where the digest came along', async () => {
    const joined = await rig.images.generate({ ...seen.shared.request, idempotencyKey: keyOf('shared') });
    expect(joined).toEqual(seen.shared.result);
    expect(joined.id).toBe(seen.shared.id);
    const { memo } = await rig.client.workflow.getHandle(joined.id).describe();
    expect(memo?.[MEMO.requestDigest]).toBe(seen.shared[MEMO.requestDigest]);
    expect(rig.bills(joined.id)).toBe(1);
  });

  it('without it too, once it is delivered; a failed one is a conflict', async () => {
    const served = { prompt: 'a red fox in snow', idempotencyKey: keyOf('served') };
    expect((await rig.images.generate(served)).id).toBe(seen.served.result.id);
    const refused = {
      prompt: 'a fox [[fault:prohibited-content*always]]',
      allow: 'available',
      idempotencyKey: keyOf('refused'),
    } as const;
    expect(await errorOf(rig.images.start(refused))).toBeInstanceOf(IdempotencyConflict);
  });

  it('with another request: a conflict', async () => {
    const other = { ...seen.shared.request, size: '1K', idempotencyKey: keyOf('shared') } as const;
    expect(await errorOf(rig.images.generate(other))).toBeInstanceOf(IdempotencyConflict);
  });

  it('when Temporal has forgotten the run: no second bill, and another request is told apart', async () => {
    // A server that knows nothing, the same store.
    const server = await startDevServer();
    const later = await startRig({ server });
    await later.worker({ store: rig.store, baseUrl: rig.emulator.url });
    const { id, images } = seen.served.result;
    const run = (prompt: string): Promise<unknown> =>
      later.client.workflow.execute(WORKFLOW_TYPES.generation, {
        workflowId: id,
        taskQueue: later.taskQueue,
        args: [{ request: { prompt } }],
      });
    try {
      expect(await run('a red fox in snow')).toMatchObject({ images });
      const conflict = await errorOf(run('a blue fox'));
      expect(conflict.cause).toMatchObject({ type: FAILURES.conflict });
      expect(rig.calls(id)).toHaveLength(1);
    } finally {
      await later.close();
      await server.stop();
    }
  });
});
