import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundle } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerationResult, GenerationView } from '../../src/contract/generation.ts';
import { QUERIES, WORKFLOW_TYPES } from '../../src/contract/names.ts';
import { resolveRequest } from '../../src/domain/resolve-request.ts';
import { eventually } from '../support/eventually.ts';
import { scripted } from '../support/scripted-activities.ts';
import { timeSkippingEnv } from '../support/servers.ts';
import type { Course } from './courses.ts';
import { COURSES } from './courses.ts';
import { lentWorkflows } from '../support/lent-bundle.ts';

let env: TestWorkflowEnvironment;
let workflowBundle: WorkflowBundle;

beforeAll(async () => {
  [env, workflowBundle] = await Promise.all([timeSkippingEnv(), lentWorkflows()]);
});

afterAll(() => env.teardown());

interface Kept {
  readonly trail: readonly string[];
  readonly events: number;
  readonly history: unknown;
}

function file({ name }: Course): string {
  return fileURLToPath(new URL(`./histories/${name}.json`, import.meta.url));
}

function kept(course: Course): Kept {
  return JSON.parse(readFileSync(file(course), 'utf8')) as Kept;
}

/** Runs the course without a workflow cache: every task replays the history from its first event. */
async function runUncached(course: Course): Promise<Kept> {
  const script = course.script(await env.currentTimeMs());
  const taskQueue = `replay-${course.name}`;
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue,
    workflowBundle,
    activities: scripted(script).activities,
    maxCachedWorkflows: 0,
  });
  const handle = await env.client.workflow.start(WORKFLOW_TYPES.generation, {
    workflowId: taskQueue,
    taskQueue,
    args: [{ request: resolveRequest({ prompt: 'a fox', ...course.draft }) }],
  });
  const trail = await worker.runUntil(async () => {
    await decideOnce(handle, course);
    return await handle.result().then(
      (result: GenerationResult) => result.trail.map(({ verdict }) => verdict),
      (error: { cause?: { message?: string } }) => [String(error.cause?.message)],
    );
  });
  const history = await handle.fetchHistory();
  // The recorder's process and host are nobody's business.
  const json = historyToJSON(history).replaceAll(/"identity":\s*"[^"]*"/g, '"identity": "recorder"');
  return { trail, events: history.events?.length ?? 0, history: JSON.parse(json) as unknown };
}

async function decideOnce(handle: WorkflowHandle, { decision }: Course): Promise<void> {
  if (decision === undefined) return;
  const asked = await eventually('a question', async () => {
    const { ask } = await handle.query<GenerationView>(QUERIES.describe);
    return ask;
  });
  const said = { by: 'ann', why: 'recorded', evidence: asked.evidence };
  await handle.signal(decision.signal, { ...said, ...decision.payload });
}

describe('recorded generations', () => {
  // A new course is recorded with RECORD_HISTORIES=1; a kept history is never written over.
  it.each(COURSES)('$name: this release replays the kept history', async (course) => {
    if (process.env['RECORD_HISTORIES'] === '1' && !existsSync(file(course))) {
      writeFileSync(file(course), `${JSON.stringify(await runUncached(course))}\n`);
    }
    const history = historyFromJSON(kept(course).history);
    const replayed = Worker.runReplayHistory({ workflowBundle }, history, `replay-${course.name}`);
    await expect(replayed).resolves.toBeUndefined();
  });

  it.each(COURSES)('$name: without a workflow cache it takes the same course', async (course) => {
    const { trail, events } = await runUncached({ ...course, name: `${course.name}-uncached` });
    expect(trail).toEqual(kept(course).trail);
    // When a signal comes in the middle of a workflow task, it costs a task of its own.
    if (course.decision === undefined) expect(events).toBe(kept(course).events);
  });

  it('a workflow that changed its commands does not replay: the check can fail', async () => {
    const course = COURSES[1] as Course;
    const history = historyFromJSON(kept(course).history);
    const timer = history.events?.find((event) => event.timerStartedEventAttributes != null);
    if (timer == null) throw new Error('the kept history has no timer');
    timer.eventType = 10;
    timer.timerStartedEventAttributes = null;
    timer.activityTaskScheduledEventAttributes = { activityId: '9', activityType: { name: 'gemini.other' } };
    await expect(Worker.runReplayHistory({ workflowBundle }, history)).rejects.toThrow();
  });
});
