/**
 * `geminiNotification` with the real activity and real receivers, on the time-skipping server: what a
 * receiver that is away for days, refuses or hangs costs, and that an event is sent under one id.
 */
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ActivityDeps } from '../../activities/deps.ts';
import { createNotify } from '../../activities/notify.ts';
import { WORKFLOW_TYPES } from '../../src/contract/names.ts';
import type { NotificationInput } from '../../src/contract/notification.ts';
import { notificationWorkflowId } from '../../src/contract/notification.ts';
import type { NotificationEvent } from '../../src/domain/notification.ts';
import { createRedactor } from '../../src/gemini/redactor.ts';
import { webhooksOf } from '../../src/webhooks/settings.ts';
import { lentWorkflows } from '../support/lent-bundle.ts';
import { timeSkippingEnv } from '../support/servers.ts';
import type { Receiver } from '../support/webhook-receiver.ts';
import { startReceiver } from '../support/webhook-receiver.ts';

const SECRET = 'a-secret-that-is-long-enough-to-sign';
const TASK_QUEUE = 'notification';
const DAY_MS = 24 * 3_600_000;
/** Eight that double from 5 s on, then one each quarter of an hour. */
const TRIES_OF_A_DAY = 8 + 96;

let env: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;
let ops: Receiver;
let crm: Receiver;
let n = 0;

beforeAll(async () => {
  [env, ops, crm] = await Promise.all([timeSkippingEnv(), startReceiver(), startReceiver()]);
  const webhooks = webhooksOf({
    webhooks: [
      { name: 'ops', url: ops.url, secret: SECRET, timeoutMs: 1_000 },
      { name: 'crm', url: crm.url, secret: SECRET },
    ],
    consoleUrl: 'https://console.example.com',
  });
  const deps = { webhooks, redactor: createRedactor([SECRET]) } as unknown as ActivityDeps;
  worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: TASK_QUEUE,
    workflowBundle: await lentWorkflows(),
    activities: { 'gemini.notify': createNotify(deps) },
  });
  running = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await Promise.all([env.teardown(), ops.close(), crm.close()]);
});
afterEach(() => {
  for (const receiver of [ops, crm]) {
    receiver.received.length = 0;
    receiver.choose = undefined;
    receiver.answer = 204;
  }
});

function notice(...to: readonly string[]): NotificationInput {
  const event: NotificationEvent = {
    id: `test/${(n += 1)}`,
    type: 'test',
    at: '2026-11-28T00:00:00.000Z',
    subject: `a test of ${SECRET}`,
    data: { by: 'ann' },
  };
  return { event, to: to.map((webhook) => ({ webhook })) };
}

async function begin(input: NotificationInput): Promise<WorkflowHandle> {
  return await env.client.workflow.start(WORKFLOW_TYPES.notification, {
    workflowId: notificationWorkflowId(input.event.id),
    taskQueue: TASK_QUEUE,
    args: [input],
  });
}

async function failureOf(handle: WorkflowHandle): Promise<string> {
  const error: unknown = await handle.result().catch((thrown: unknown) => thrown);
  if (!(error instanceof WorkflowFailedError)) throw new Error('the notification did not fail');
  return String(error.cause?.message);
}

async function took(handle: WorkflowHandle): Promise<number> {
  const { startTime, closeTime } = await handle.describe();
  return (closeTime?.getTime() ?? 0) - startTime.getTime();
}

describe('a notification', () => {
  it('reaches each of its webhooks once, with a link and without a secret', async () => {
    const input = notice('ops', 'crm');
    expect(await (await begin(input)).result()).toEqual({ delivered: ['ops', 'crm'] });
    for (const receiver of [ops, crm]) {
      expect(receiver.events(SECRET)).toMatchObject([
        { id: input.event.id, subject: 'a test of [redacted]', url: 'https://console.example.com/' },
      ]);
    }
  });

  it('to a receiver that answers 500 for a day arrives after it, under the same id', async () => {
    const input = notice('ops');
    ops.choose = () => (ops.received.length <= TRIES_OF_A_DAY ? 500 : 204);
    const handle = await begin(input);
    expect(await handle.result()).toEqual({ delivered: ['ops'] });
    expect(await took(handle)).toBeGreaterThanOrEqual(DAY_MS);
    expect(new Set(ops.events(SECRET).map(({ id }) => id))).toEqual(new Set([input.event.id]));
    expect(ops.received).toHaveLength(TRIES_OF_A_DAY + 1);
    // Retries are Temporal's: what a day of them leaves in history is one activity.
    expect((await handle.fetchHistory()).events?.length).toBeLessThan(15);
  });

  it('ends failed after three days, and says what the last answer was', async () => {
    ops.answer = 503;
    const handle = await begin(notice('ops'));
    expect(await failureOf(handle)).toMatch(/not delivered to ops: .*answered with status 503/);
    expect(Math.abs((await took(handle)) - 3 * DAY_MS)).toBeLessThan(3_600_000);
  });

  it('that is refused is tried four times in all; one that is gone, once', async () => {
    ops.answer = 404;
    crm.answer = 410;
    const handle = await begin(notice('ops', 'crm'));
    const words = await failureOf(handle);
    expect(words).toContain('ops: ops: 127.0.0.1');
    expect(words).toContain('status 410: it wants no more events');
    expect(ops.received).toHaveLength(4);
    expect(crm.received).toHaveLength(1);
  });

  it('that hangs at one webhook has reached the other', async () => {
    const reachedBefore: boolean[] = [];
    ops.choose = () => {
      reachedBefore.push(crm.received.length > 0);
      return ops.received.length < 4 ? 'hang' : 204;
    };
    const input = notice('ops', 'crm');
    expect(await (await begin(input)).result()).toEqual({ delivered: ['ops', 'crm'] });
    expect(reachedBefore.slice(1)).toEqual([true, true, true]);
    expect(new Set(ops.events(SECRET).map(({ id }) => id))).toEqual(new Set([input.event.id]));
  });

  it('to a webhook that its worker does not have says so until it has', async () => {
    const handle = await begin(notice('nobody'));
    expect(await failureOf(handle)).toContain('this worker has no webhook nobody, only ops, crm');
  });
});
