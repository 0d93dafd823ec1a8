/** A session of many turns on a real server: its runs stay short, and what it knows goes on from run to run. */
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import { updateSession } from '../../src/client/session-call.ts';
import { SESSION_QUERIES, SESSION_UPDATES, WORKFLOW_TYPES } from '../../src/contract/names.ts';
import type { TurnView } from '../../src/contract/session.ts';
import { eventually } from '../support/eventually.ts';
import { ownNamespace } from '../support/namespaces.ts';
import { delivery, scripted } from '../support/scripted-activities.ts';
import { lentWorkflows } from '../support/lent-bundle.ts';

const TURNS = 200;
const SLOW = 300_000;
const MOST_EVENTS = 650;

it(
  `${TURNS} turns: each begins once, in runs of ${MOST_EVENTS} events at most`,
  { timeout: SLOW },
  async () => {
    const { address, namespace } = await ownNamespace();
    const connection = await Connection.connect({ address });
    const client = new Client({ connection, namespace });
    const context = { client, store: new MemoryArtifactStore(), deadlineMs: 30_000 };
    const calls: string[] = [];
    const { activities } = scripted({ calls: [] });
    activities['gemini.generate'] = async (input) => {
      calls.push(input.generationId);
      return delivery(input);
    };
    const nativeConnection = await NativeConnection.connect({ address });
    const worker = await Worker.create({
      ...{ connection: nativeConnection, namespace, taskQueue: 'sessions', activities },
      workflowBundle: await lentWorkflows(),
    });
    const lengths: number[] = [];
    const runs = new Set<string>();
    await worker.runUntil(async () => {
      await client.workflow.start(WORKFLOW_TYPES.session, {
        ...{ workflowId: 'session', taskQueue: 'sessions' },
        args: [{ settings: { defaults: {}, overflow: 'fail', idleMs: 1e9 } }],
      });
      const session = client.workflow.getHandle('session');
      for (let n = 0; n < TURNS; n += 1) {
        const turnId = `t${n}`;
        await updateSession(context, 'session', SESSION_UPDATES.edit, [{ turnId, prompt: 'x' }]);
        await eventually(`turn ${turnId}`, async () => {
          const turn = await session.query<TurnView | undefined, [string]>(SESSION_QUERIES.turn, turnId);
          return turn?.status === 'done';
        });
        const { historyLength, runId } = await session.describe();
        lengths.push(historyLength);
        runs.add(runId);
      }
      await updateSession(context, 'session', SESSION_UPDATES.close);
      expect(await session.result()).toMatchObject({ why: 'closed', turns: TURNS });
    });
    await nativeConnection.close();
    await connection.close();
    expect(calls).toEqual(Array.from({ length: TURNS }, (_, n) => `session/t${n}`));
    expect(runs.size).toBeGreaterThanOrEqual(3);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(MOST_EVENTS);
  },
);
