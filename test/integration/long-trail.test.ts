/** I1: however long a generation's story gets, what Temporal is asked to carry of it stays small. */
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GenerationFailed } from '../../src/client/errors.ts';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import type { GenerationView } from '../../src/contract/generation.ts';
import { QUERIES } from '../../src/contract/names.ts';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import { failed } from '../support/attempts.ts';
import { errorOf } from '../support/eventually.ts';
import { scripted } from '../support/scripted-activities.ts';
import { timeSkippingEnv } from '../support/servers.ts';
import { lentWorkflows } from '../support/lent-bundle.ts';

const MOST = 16 * 1024;
const MESSAGE = `内部错误。${'请稍后再试"'.repeat(20_000)}`;

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await timeSkippingEnv();
});
afterAll(() => env.teardown());

it('fifty attempts with 400 KB of words each: query, failure and details stay under 16 KiB', async () => {
  const overloaded = failed('capacity', 'overloaded');
  const { classification } = overloaded;
  const attempt = {
    ...overloaded,
    evidence: 'e'.repeat(64),
    fingerprint: 'f'.repeat(64),
    classification: { ...classification, message: MESSAGE },
  };
  const { activities, generated } = scripted({
    calls: Array.from({ length: 50 }, () => attempt),
    snapshot: {
      maxAttempts: 50,
      policies: { capacity: { proof: 2, retests: 49, baseMs: 1, factor: 1, capMs: 1, jitter: 0 } },
    },
  });
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: 'long-trail',
    workflowBundle: await lentWorkflows(),
    activities,
  });
  const images = new GeminiImages({
    client: env.client,
    store: new MemoryArtifactStore(),
    taskQueue: 'long-trail',
  });
  await worker.runUntil(async () => {
    const { id } = await images.start({ prompt: 'a fox' });
    // The environment's own handle skips time while it waits; the client's polls do not.
    await errorOf(env.client.workflow.getHandle(id).result());
    const error = (await errorOf(images.result(id))) as GenerationFailed;
    expect(error.name).toBe('GenerationFailed');
    expect(generated).toHaveLength(50);
    expect(error.trail).toHaveLength(50);
    expect(error.trail.at(-1)?.message).toContain('请稍后再试');
    expect(error.trail.at(-1)?.evidence).toBe('e'.repeat(64));

    const handle = env.client.workflow.getHandle(id);
    const { events } = await handle.fetchHistory();
    const failure = events?.at(-1)?.workflowExecutionFailedEventAttributes?.failure;
    expect(failure?.applicationFailureInfo?.details?.payloads?.[0]?.data?.length).toBeLessThan(MOST);
    const view = await handle.query<GenerationView>(QUERIES.describe);
    expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThan(MOST);
    const shown = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(Buffer.byteLength(shown.currentDetails)).toBeLessThan(MOST);
  });
});
