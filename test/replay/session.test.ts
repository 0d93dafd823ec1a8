/**
 * Kept histories of edit sessions: a first run with everything that happens to one, and a run that took over what
 * another knew. Sessions live for weeks: a release that cannot replay these breaks those that are under way. The change
 * needs `patched`, the history stays. Add one; never re-record.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { Client, Connection } from '@temporalio/client';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { WorkflowBundle } from '@temporalio/worker';
import { NativeConnection, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { SESSION_QUERIES, SESSION_UPDATES, WORKFLOW_TYPES } from '../../src/contract/names.ts';
import type { TurnView } from '../../src/contract/session.ts';
import { failed } from '../support/attempts.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import { ownNamespace } from '../support/namespaces.ts';
import { delivery, scripted } from '../support/scripted-activities.ts';
import { verdict } from '../../activities/failures.ts';
import { lentWorkflows } from '../support/lent-bundle.ts';

/** The first two are of a release that wrote no memo for lists. */
const NAMES = ['session-first-run', 'session-carried', 'session-told', 'session-told-carried'] as const;
type Name = (typeof NAMES)[number];

const SLOW = 120_000;
const SESSION = 'gemini-session/recorded';

let workflowBundle: WorkflowBundle;
beforeAll(async () => {
  workflowBundle = await lentWorkflows();
  if (process.env['RECORD_HISTORIES'] === '1' && NAMES.some((name) => !existsSync(file(name))))
    await record();
}, SLOW);

function file(name: Name): string {
  return fileURLToPath(new URL(`./histories/${name}.json`, import.meta.url));
}

function kept(name: Name): ReturnType<typeof historyFromJSON> {
  return historyFromJSON(JSON.parse(readFileSync(file(name), 'utf8')) as object);
}

/** Turns that are delivered, fail, wait, are undone; then the run is full, with a turn running and one in the queue. */
async function record(): Promise<void> {
  const { address, namespace } = await ownNamespace();
  const [connection, native] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  const client = new Client({ connection, namespace });
  const gate = Promise.withResolvers<void>();
  const { activities } = scripted({ calls: [] });
  activities['gemini.generate'] = async (input) => {
    if (input.generationId.endsWith('/bad')) throw verdict(failed('policy', 'prohibited-content'));
    if (input.generationId.endsWith('/slow')) await gate.promise;
    const image = { kind: 'artifact', sha256: 'a'.repeat(64), mime: 'image/jpeg', bytes: 1_000 } as const;
    const weight = { turns: 1, images: 1, bytes: 9, older: 0, chars: 9, json: 9, tokens: 9 };
    const past = { sha256: 'c'.repeat(64), ...weight, signedBy: 'here', image };
    return { ...delivery(input), conversation: { past, use: 'verbatim', leftOut: 0 } };
  };
  const worker = await Worker.create({
    ...{ connection: native, namespace, taskQueue: 'recorded', activities, workflowBundle },
  });
  await worker.runUntil(async () => {
    const session = await client.workflow.start(WORKFLOW_TYPES.session, {
      ...{ workflowId: SESSION, taskQueue: 'recorded' },
      args: [{ settings: { defaults: {}, overflow: 'fail', idleMs: 1e9 } }],
    });
    const first = (await session.describe()).runId;
    await edit(session, 'a');
    await ended(session, 'a');
    await edit(session, 'bad');
    await edit(session, 'b');
    await ended(session, 'b');
    await session.executeUpdate(SESSION_UPDATES.undo);
    expect(await errorOf(edit(session, '', 'nothing'))).toBeDefined();
    await edit(session, 'slow');
    await edit(session, 'last');
    for (let n = 0; n < 210; n += 1) await edit(session, 'last');
    await eventually('a new run', async () => (await session.describe()).runId !== first);
    gate.resolve();
    await ended(session, 'last');
    await session.executeUpdate(SESSION_UPDATES.close, { args: [{ by: 'ann', why: 'it is recorded' }] });
    await session.result();
    const second = (await client.workflow.getHandle(SESSION).describe()).runId;
    await keep(client.workflow.getHandle(SESSION, first), 'session-told');
    await keep(client.workflow.getHandle(SESSION, second), 'session-told-carried');
  });
  await native.close();
  await connection.close();
}

async function edit(session: WorkflowHandle, turnId: string, prompt = `draw ${turnId}`): Promise<unknown> {
  return await session.executeUpdate(SESSION_UPDATES.edit, { args: [{ turnId, prompt }] });
}

async function ended(session: WorkflowHandle, turnId: string): Promise<void> {
  await eventually(`the end of ${turnId}`, async () => {
    const turn = await session.query<TurnView | undefined, [string]>(SESSION_QUERIES.turn, turnId);
    return turn?.status === 'done';
  });
}

async function keep(run: WorkflowHandle, name: Name): Promise<void> {
  // The recorder's process and host are nobody's business.
  const json = historyToJSON(await run.fetchHistory()).replaceAll(
    /"identity":\s*"[^"]*"/g,
    '"identity": "recorder"',
  );
  writeFileSync(file(name), `${JSON.stringify(JSON.parse(json))}\n`);
}

describe('recorded sessions', () => {
  // A new one is recorded with RECORD_HISTORIES=1; a kept history is never written over.
  it.each(NAMES)('%s: this release replays the kept history', async (name) => {
    await expect(Worker.runReplayHistory({ workflowBundle }, kept(name), SESSION)).resolves.toBeUndefined();
  });

  it('what a run of an earlier release hands on is read by this one: no turn of it is lost', () => {
    const [started] = kept('session-carried').events ?? [];
    const payload = started?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
    const { state } = JSON.parse(Buffer.from(payload ?? []).toString('utf8')) as {
      readonly state: { readonly turns: readonly { readonly turnId: string }[] };
    };
    expect(state.turns.map(({ turnId }) => turnId)).toEqual(['a', 'bad', 'b', 'slow', 'last']);
  });

  it('a session that began no turn does not replay: the check can fail', async () => {
    const history = kept('session-first-run');
    const begun = history.events?.find(
      (event) => event.startChildWorkflowExecutionInitiatedEventAttributes != null,
    );
    if (begun == null) throw new Error('the kept history has no turn');
    begun.eventType = 17;
    begun.startChildWorkflowExecutionInitiatedEventAttributes = null;
    begun.timerStartedEventAttributes = { timerId: '1' };
    await expect(Worker.runReplayHistory({ workflowBundle }, history)).rejects.toThrow();
  });
});
