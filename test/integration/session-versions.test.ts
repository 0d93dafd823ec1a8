/**
 * A session that outlives a release: pinned to the version it began with, it goes on in the next one at its own pace,
 * with its queue. A real server with worker deployments; two workers stand for two releases.
 */
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { SESSION_QUERIES, SESSION_UPDATES, WORKFLOW_TYPES } from '../../src/contract/names.ts';
import type { TurnView } from '../../src/contract/session.ts';
import { eventually } from '../support/eventually.ts';
import { ownNamespace } from '../support/namespaces.ts';
import { delivery, scripted } from '../support/scripted-activities.ts';
import { lentWorkflows } from '../support/lent-bundle.ts';

const SLOW = 120_000;
const DEPLOYMENT = 'images';
const TASK_QUEUE = 'versions';

it(
  'a pinned session goes on in the new release at its next edit, with what waits, and no turn is run twice',
  { timeout: SLOW },
  async () => {
    const { address, namespace } = await ownNamespace();
    const connection = await Connection.connect({ address });
    const client = new Client({ connection, namespace });
    const native = await NativeConnection.connect({ address });
    const workflowBundle = await lentWorkflows();
    const calls: string[] = [];
    const release = async (buildId: string): Promise<{ readonly stop: () => Promise<void> }> => {
      const { activities } = scripted({ calls: [] });
      activities['gemini.generate'] = (input) => {
        calls.push(`${input.generationId.split('/').at(-1)} by ${buildId}`);
        return Promise.resolve(delivery(input));
      };
      const worker = await Worker.create({
        ...{ connection: native, namespace, taskQueue: TASK_QUEUE, activities, workflowBundle },
        workerDeploymentOptions: {
          useWorkerVersioning: true,
          version: { deploymentName: DEPLOYMENT, buildId },
          defaultVersioningBehavior: 'PINNED',
        },
      });
      const run = worker.run();
      await eventually(`${buildId} is current`, () =>
        client.workflowService
          .setWorkerDeploymentCurrentVersion({
            namespace,
            deploymentName: DEPLOYMENT,
            buildId,
            identity: 'test',
          })
          .then(
            () => true,
            () => false,
          ),
      );
      return {
        stop: async () => {
          worker.shutdown();
          await run;
        },
      };
    };

    const old = await release('1.0');
    const session = await client.workflow.start(WORKFLOW_TYPES.session, {
      ...{ workflowId: 'gemini-session/old', taskQueue: TASK_QUEUE },
      args: [{ settings: { defaults: {}, overflow: 'fail', idleMs: 1e9 } }],
    });
    const play = async (turnId: string): Promise<void> => {
      await session.executeUpdate(SESSION_UPDATES.edit, { args: [{ turnId, prompt: turnId }] });
      await eventually(`the end of ${turnId}`, async () => {
        const turn = await session.query<TurnView | undefined, [string]>(SESSION_QUERIES.turn, turnId);
        return turn?.status === 'done';
      });
    };
    await play('a');
    const began = (await session.describe()).runId;

    const next = await release('2.0');
    await play('b');
    await play('c');
    expect((await client.workflow.getHandle('gemini-session/old').describe()).runId).not.toBe(began);
    expect(calls.map((call) => call.split(' ')[0])).toEqual(['a', 'b', 'c']);
    expect([calls[0], calls[2]]).toEqual(['a by 1.0', 'c by 2.0']);

    // The old release has nothing left to do.
    await old.stop();
    await play('d');
    expect(calls.at(-1)).toBe('d by 2.0');
    await next.stop();
    await native.close();
    await connection.close();
  },
);
