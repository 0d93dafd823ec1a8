import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeGeneration } from '../../src/client/describe.ts';
import { listGenerations } from '../../src/client/list.ts';
import { MEMO, WORKFLOW_TYPES } from '../../src/contract/names.ts';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.ts';
import { resolveRequest } from '../../src/domain/resolve-request.ts';
import { listedAttributes } from '../../src/plugin/listed-attributes.ts';
import { failed } from '../support/attempts.ts';
import { eventually } from '../support/eventually.ts';
import type { Script } from '../support/scripted-activities.ts';
import { scripted } from '../support/scripted-activities.ts';
import { devServerEnv } from '../support/servers.ts';
import { ACCOUNT, heldBy, LOOKING } from '../support/standing.ts';
import { lentWorkflows } from '../support/lent-bundle.ts';

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await devServerEnv();
});

afterAll(() => env.teardown());

/** Runs until the generation is in trouble, then takes every worker away. */
async function stuck(
  name: string,
  given: Script['snapshot'],
  { quota = [], until = 'backing-off' }: { quota?: NonNullable<Script['quota']>; until?: string } = {},
): Promise<string> {
  const taskQueue = `visibility-${name}-${Date.now()}`;
  const script = scripted({
    calls: [failed('capacity', 'overloaded')],
    quota,
    ...(given === undefined ? {} : { snapshot: given }),
  });
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue,
    workflowBundle: await lentWorkflows(),
    activities: script.activities,
  });
  await worker.runUntil(async () => {
    const handle = await env.client.workflow.start(WORKFLOW_TYPES.generation, {
      workflowId: taskQueue,
      taskQueue,
      args: [{ request: resolveRequest({ prompt: 'a fox' }) }],
    });
    await expect
      .poll(async () => (await describeGeneration(env.client, handle.workflowId, 5_000)).phase, {
        timeout: 20_000,
      })
      .toBe(until);
  });
  return taskQueue;
}

async function found(query: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of env.client.workflow.list({ query })) ids.push(workflowId);
  return ids;
}

describe('visibility of a generation in trouble', () => {
  it('is found by branch and phase, and tells why with every worker down', async () => {
    const id = await stuck('listed', { searchAttributes: Object.keys(SEARCH_ATTRIBUTES) });
    await expect
      .poll(() => found(`GeminiBranch = 'capacity' AND GeminiPhase = 'backing-off'`), { timeout: 15_000 })
      .toContain(id);
    const described = await describeGeneration(env.client, id, 10_000);
    expect(described).toMatchObject({ workerAnswered: false, phase: 'backing-off' });
    expect(described.why).toContain('capacity needs 2 in a row as proof, has 1');
    expect(described.until).toBeGreaterThan(Date.now());
    await env.client.workflow.getHandle(id).terminate();
  });

  it('one that is held and never called is found by the branch of the hold, and listed with its cause', async () => {
    const snapshot = { ...LOOKING, searchAttributes: Object.keys(SEARCH_ATTRIBUTES) };
    const id = await stuck('held', snapshot, { quota: () => heldBy(), until: 'held' });
    const seen = await eventually('it in the list', async () => {
      const all = await listGenerations(
        env.client,
        { branch: 'permission', stuck: true, limit: 1_000 },
        10_000,
      );
      return all.find((each) => each.id === id);
    });
    expect(seen).toMatchObject({
      phase: 'held',
      branch: 'permission',
      reason: 'key-leaked',
      cause: { hold: 'h-3', account: ACCOUNT },
      choices: ['route-out backup', 'retry', 'change', 'reject'],
    });
    await env.client.workflow.getHandle(id).terminate();
  });

  it('what was shown in trouble is not left standing when it ends well', async () => {
    const taskQueue = `visibility-well-${Date.now()}`;
    const quota = [{ kind: 'wait', ms: 1_000, why: '60 a minute', limit: 'rpm', place: 1 } as const];
    const script = scripted({ calls: ['image'], quota });
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue,
      workflowBundle: await lentWorkflows(),
      activities: script.activities,
    });
    await worker.runUntil(async () => {
      const args = [{ request: resolveRequest({ prompt: 'a fox' }) }];
      await env.client.workflow.execute(WORKFLOW_TYPES.generation, {
        workflowId: taskQueue,
        taskQueue,
        args,
      });
    });
    const { memo } = await env.client.workflow.getHandle(taskQueue).describe();
    expect(memo).toMatchObject({ [MEMO.state]: { phase: 'done', verdicts: ['success'] } });
  });

  it('search attributes missing in the namespace never block a generation', async () => {
    const id = await stuck('missing', undefined);
    const described = await describeGeneration(env.client, id, 10_000);
    expect(described).toMatchObject({ status: 'running', phase: 'backing-off' });
    await env.client.workflow.getHandle(id).terminate();
  });

  it('a worker learns at its start which attributes the namespace has', async () => {
    expect(await listedAttributes(env.nativeConnection, 'default')).toEqual(Object.keys(SEARCH_ATTRIBUTES));
    expect(await listedAttributes(env.nativeConnection, 'no-such-namespace')).toEqual([]);
  });
});
