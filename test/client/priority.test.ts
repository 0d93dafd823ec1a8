/**
 * Whose task a busy worker takes next, on a dev server with fairness switched on and one partition, where
 * the order is exact: who waits for an image comes before what may take a day, and tenants take turns.
 */
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGeneration } from '../../src/client/start.ts';
import type { RequestDraft } from '../../src/domain/resolve-request.ts';
import { resolveRequest } from '../../src/domain/resolve-request.ts';
import type { DevServer } from '../../src/dev/server.ts';
import { startDevServer } from '../../src/dev/server.ts';
import { ourWorkflowsPath } from '../../src/plugin/workflows-path.ts';
import { eventually } from '../support/eventually.ts';
import { scripted } from '../support/scripted-activities.ts';
// Only what nobody expects is worth a line.
import '../support/servers.ts';

const EXACT = [
  'matching.enableFairness=true',
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
];

let server: DevServer;
let native: NativeConnection;
let client: Client;
let workflowBundle: { readonly code: string };

beforeAll(async () => {
  const extraArgs = EXACT.flatMap((value) => ['--dynamic-config-value', value]);
  [server, workflowBundle] = await Promise.all([
    startDevServer({ extraArgs }),
    bundleWorkflowCode({ workflowsPath: ourWorkflowsPath() }),
  ]);
  native = await NativeConnection.connect({ address: server.address });
  client = new Client({ connection: await Connection.connect({ address: server.address }) });
});

afterAll(async () => {
  await client?.connection.close();
  await native?.close();
  await server?.stop();
});

const name = (what: string) => `priority-${what}`;

async function start(taskQueue: string, id: string, draft: Omit<RequestDraft, 'prompt'>): Promise<string> {
  const request = resolveRequest({ prompt: 'a fox', ...draft });
  await startGeneration(client, { id, input: { request }, requestDigest: id, taskQueue, deadlineMs: 10_000 });
  return id;
}

/** Queues all of them before a worker takes the first call; the words that `told` gives, in the order of the calls. */
async function order(
  taskQueue: string,
  drafts: readonly Omit<RequestDraft, 'prompt'>[],
  told: () => string,
): Promise<readonly string[]> {
  const { activities } = scripted({ calls: drafts.map(() => 'image' as const) });
  const common = { connection: native, taskQueue, namespace: server.namespace };
  const decides = await Worker.create({
    ...common,
    workflowBundle,
    activities,
    enableNonLocalActivities: false,
  });
  return await decides.runUntil(async () => {
    const ids: string[] = [];
    for (const [i, draft] of drafts.entries()) ids.push(await start(taskQueue, `${taskQueue}-${i}`, draft));
    for (const id of ids) {
      await eventually(`the call of ${id} in its queue`, async () => {
        const { raw } = await client.workflow.getHandle(id).describe();
        return (raw.pendingActivities ?? []).length === 1;
      });
    }
    const taken: string[] = [];
    const generate = activities['gemini.generate'];
    const calls = await Worker.create({
      ...common,
      activities: {
        'gemini.generate': async (input: Parameters<typeof generate>[0]) => {
          taken.push(told());
          return await generate(input);
        },
      },
      maxConcurrentActivityTaskExecutions: 1,
    });
    await calls.runUntil(() => Promise.all(ids.map((id) => client.workflow.getHandle(id).result())));
    return taken;
  });
}

describe('the start of a generation', () => {
  it.each([
    ['interactive', 2],
    ['standard', 3],
    ['batch', 4],
  ] as const)('%s is priority %i, its tenant the key of its turn', async (urgency, priorityKey) => {
    const id = await start(name('nobody'), name(urgency), { urgency, tenant: 'acme' });
    const { raw } = await client.workflow.getHandle(id).describe();
    expect(raw.workflowExecutionInfo?.priority).toMatchObject({
      priorityKey,
      fairnessKey: 'acme',
      fairnessWeight: 1,
    });
    await client.workflow.getHandle(id).terminate();
  });
});

it('a generation in a workflow of the caller has its own, whatever the caller has', async () => {
  const [taskQueue, id] = [name('cover'), name('cover-image')];
  const cover = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./cover-workflow.ts', import.meta.url)),
  });
  const { activities } = scripted({ calls: ['image'] });
  const worker = await Worker.create({ connection: native, taskQueue, workflowBundle: cover, activities });
  const options = {
    workflowId: taskQueue,
    taskQueue,
    args: [id],
    priority: { priorityKey: 5, fairnessKey: 'reports' },
  };
  await worker.runUntil(() => client.workflow.execute('makeCover', options));
  const { raw } = await client.workflow.getHandle(id).describe();
  expect(raw.workflowExecutionInfo?.priority).toMatchObject({ priorityKey: 2, fairnessKey: 'acme' });
});

describe('a worker that can make one call at a time', () => {
  it('takes turns between tenants: sixty of one do not stand before three of another', async () => {
    const drafts = [
      ...Array.from({ length: 60 }, () => ({ tenant: 'many' })),
      ...Array.from({ length: 3 }, () => ({ tenant: 'few' })),
    ];
    const taken = await order(name('fair'), drafts, () => Context.current().info.priority?.fairnessKey ?? '');
    expect(taken).toHaveLength(63);
    expect(taken.lastIndexOf('few')).toBeLessThan(12);
  }, 120_000);

  // The dev server's matching may hand out one task before the others are in its queue.
  it(
    'takes what somebody waits for before what may take a day, whoever came first',
    { retry: 2 },
    async () => {
      const urgencies = ['batch', 'batch', 'standard', 'interactive', 'standard', 'interactive'] as const;
      const taken = await order(
        name('urgent'),
        urgencies.map((urgency) => ({ urgency })),
        () => String(Context.current().info.priority?.priorityKey),
      );
      expect(taken).toEqual(['2', '2', '3', '3', '4', '4']);
    },
  );
});
