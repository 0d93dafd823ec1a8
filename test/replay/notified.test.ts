/**
 * Kept histories of what webhooks add: a generation that told it was stuck and done, and a notification that
 * was refused and then taken. A release that cannot replay them breaks what is under way; never re-record one.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { WorkflowHandle } from '@temporalio/client';
import type { WorkflowBundle } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FAILURES, SIGNALS, WORKFLOW_TYPES } from '../../src/contract/names.ts';
import type { DeliverInput } from '../../src/contract/notification.ts';
import type { NotificationEvent } from '../../src/domain/notification.ts';
import { GENERATION_EVENTS } from '../../src/domain/notification.ts';
import { failed, PRO } from '../support/attempts.ts';
import { Courses } from '../support/course.ts';
import { eventually } from '../support/eventually.ts';
import { lentWorkflows } from '../support/lent-bundle.ts';

// In this order: the time-skipping server skips no more once a child was abandoned.
const NAMES = ['notification-refused', 'generation-notified'] as const;
type Name = (typeof NAMES)[number];
type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

let workflowBundle: WorkflowBundle;
let courses: Courses | undefined;
beforeAll(async () => {
  workflowBundle = await lentWorkflows();
  const isRecording =
    process.env['RECORD_HISTORIES'] === '1' && NAMES.some((name) => !existsSync(file(name)));
  if (isRecording) courses = await Courses.open('notified');
});
afterAll(() => courses?.env.teardown());

function file(name: Name): string {
  return fileURLToPath(new URL(`./histories/${name}.json`, import.meta.url));
}

const RECORDERS: Readonly<Record<Name, (on: Courses) => Promise<History>>> = {
  'generation-notified': async (on) => {
    const told: DeliverInput[] = [];
    const snapshot = {
      ...({ version: 2, permits: { ask: true }, rungs: [PRO] } as const),
      notify: [{ name: 'ops', events: GENERATION_EVENTS }],
    } as const;
    return await on.during(
      { calls: [failed('permission', 'key-leaked'), 'image'], snapshot },
      {},
      async ({ handle }) => {
        await eventually('that it is stuck', () => told.length === 1);
        const event = told[0]?.event;
        const evidence = event?.type === 'stuck' ? event.data.evidence : '';
        await handle.signal(SIGNALS.retryNow, { by: 'ann', why: 'recorded', evidence });
        await handle.result();
        await eventually('that it is done', () => told.length === 2);
        return await handle.fetchHistory();
      },
      ({ activities }) => {
        Object.assign(activities, {
          'gemini.notify': (input: DeliverInput) => {
            told.push(input);
            return Promise.resolve({ status: 204, tookMs: 1 });
          },
        });
      },
    );
  },
  'notification-refused': async ({ env }) => {
    const event: NotificationEvent = {
      ...{
        id: 'test/1',
        type: 'test',
        at: '2026-11-28T00:00:00.000Z',
        subject: 'a test',
        data: { by: 'ann' },
      },
    };
    let tries = 0;
    const notify = (): unknown => {
      tries += 1;
      if (tries > 1) return { status: 204, tookMs: 1 };
      const failure = ApplicationFailure.create({
        ...{ message: 'no', type: FAILURES.webhookRefused, nonRetryable: true },
      });
      // Of this machine's files.
      failure.stack = '';
      throw failure;
    };
    const taskQueue = 'notification-refused';
    const activities = { 'gemini.notify': notify };
    const worker = await Worker.create({
      connection: env.nativeConnection,
      ...{ taskQueue, workflowBundle, activities },
    });
    return await worker.runUntil(async () => {
      const handle = await env.client.workflow.start(WORKFLOW_TYPES.notification, {
        ...{ workflowId: taskQueue, taskQueue, args: [{ event, to: [{ webhook: 'ops' }] }] },
      });
      await handle.result();
      return await handle.fetchHistory();
    });
  },
};

// A new one is recorded with RECORD_HISTORIES=1; a kept history is never written over.
it.each(NAMES)('%s: this release replays the kept history', async (name) => {
  if (courses !== undefined && !existsSync(file(name))) {
    const json = historyToJSON(await RECORDERS[name](courses));
    // The recorder's process and host are nobody's business.
    const clean = json.replaceAll(/"identity":\s*"[^"]*"/g, '"identity": "recorder"');
    writeFileSync(file(name), `${JSON.stringify(JSON.parse(clean))}\n`);
  }
  const history = historyFromJSON(JSON.parse(readFileSync(file(name), 'utf8')) as object);
  await expect(Worker.runReplayHistory({ workflowBundle }, history, name)).resolves.toBeUndefined();
});
