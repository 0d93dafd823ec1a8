/**
 * Generations on the time-skipping server whose calls come to what a script says: one environment and
 * one bundle per test file, a task queue and a worker per generation.
 */
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundle } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import type { GenerationFailed } from '../../src/client/errors.ts';
import { failureOf } from '../../src/client/failure-of.ts';
import type { GenerationInput, GenerationResult, GenerationView } from '../../src/contract/generation.ts';
import { MEMO, QUERIES, WORKFLOW_TYPES } from '../../src/contract/names.ts';
import type { RequestDraft } from '../../src/domain/resolve-request.ts';
import { resolveRequest } from '../../src/domain/resolve-request.ts';
import { eventually } from './eventually.ts';
import type { Script, Scripts } from './scripted-activities.ts';
import { scripted } from './scripted-activities.ts';
import { timeSkippingEnv } from './servers.ts';
import { lentWorkflows } from './lent-bundle.ts';

export interface Started {
  readonly scripts: Scripts;
  readonly handle: WorkflowHandle;
}

export interface Course extends Scripts {
  readonly handle: WorkflowHandle;
  readonly result: GenerationResult;
  /** Milliseconds of workflow time. */
  readonly took: number;
}

export type Outcome = Omit<Course, 'result'> & { readonly failure: GenerationFailed };

export class Courses {
  readonly env: TestWorkflowEnvironment;
  private readonly bundle: WorkflowBundle;
  private readonly name: string;
  private runs = 0;

  private constructor(name: string, env: TestWorkflowEnvironment, bundle: WorkflowBundle) {
    this.name = name;
    this.env = env;
    this.bundle = bundle;
  }

  /** @param name Of the test file; part of every task queue. */
  static async open(name: string, server = timeSkippingEnv()): Promise<Courses> {
    const [env, bundle] = await Promise.all([server, lentWorkflows()]);
    return new Courses(name, env, bundle);
  }

  /** A generation without a worker yet. */
  async startOnly(
    script: Script,
    draft: Partial<RequestDraft> = {},
    argument?: unknown,
    revival?: GenerationInput['revival'],
  ): Promise<Started> {
    const scripts = scripted(script);
    const taskQueue = `${this.name}-${(this.runs += 1)}`;
    const request = resolveRequest({ prompt: 'a fox', ...draft });
    const handle = await this.env.client.workflow.start(WORKFLOW_TYPES.generation, {
      workflowId: taskQueue,
      taskQueue,
      args: [argument ?? { request, ...(revival === undefined ? {} : { revival }) }],
      memo: { [MEMO.requestDigest]: 'digest' },
    });
    return { scripts, handle };
  }

  workerFor({ activities }: Scripts, taskQueue: string, workflowBundle = this.bundle): Promise<Worker> {
    return Worker.create({
      connection: this.env.nativeConnection,
      taskQueue,
      workflowBundle,
      activities,
      maxHeartbeatThrottleInterval: 100,
    });
  }

  /** Runs `act` while a worker serves the generation; `alter` changes its activities before that. */
  async during<T>(
    script: Script,
    draft: Partial<RequestDraft>,
    act: (started: Started) => Promise<T>,
    alter: (scripts: Scripts) => void = () => undefined,
  ): Promise<T> {
    const started = await this.startOnly(script, draft);
    alter(started.scripts);
    const worker = await this.workerFor(started.scripts, started.handle.workflowId);
    try {
      return await worker.runUntil(async () => {
        const done = await act(started);
        await this.settled(started.handle);
        return done;
      });
    } finally {
      await this.forget(started.handle);
    }
  }

  /** An activity that nobody takes any more stops the clock until its timeout. */
  private async settled(handle: WorkflowHandle): Promise<void> {
    await eventually('no activity under way', async () => {
      const { raw } = await handle.describe();
      return (raw.pendingActivities ?? []).length === 0 ? true : undefined;
    });
  }

  /** One that is left open stops the clock for all later ones: its tasks are due and nobody takes them. */
  async forget(handle: WorkflowHandle): Promise<void> {
    await handle.terminate('the test is over').catch(() => undefined);
  }

  async deliver(script: Script, draft: Partial<RequestDraft> = {}): Promise<Course> {
    return await this.during(script, draft, async ({ scripts, handle }) => ({
      ...scripts,
      handle,
      result: (await handle.result()) as GenerationResult,
      took: await took(handle),
    }));
  }

  async die(script: Script, draft: Partial<RequestDraft> = {}): Promise<Outcome> {
    return await this.during(script, draft, async ({ scripts, handle }) => ({
      ...scripts,
      handle,
      failure: await failureFrom(handle),
      took: await took(handle),
    }));
  }

  /** Lets time pass in steps until the view is as wanted; fails after a week of it. */
  async until(
    handle: WorkflowHandle,
    wanted: (view: GenerationView) => boolean,
    stepMs = 60_000,
  ): Promise<GenerationView> {
    for (const end = (await this.env.currentTimeMs()) + WEEK_MS; (await this.env.currentTimeMs()) < end;) {
      const view = await handle.query<GenerationView>(QUERIES.describe);
      if (wanted(view)) return view;
      await this.env.sleep(stepMs);
    }
    const view = await handle.query<GenerationView>(QUERIES.describe);
    throw new Error(`a week passed and it is still ${JSON.stringify(view.phase)}`);
  }
}

const WEEK_MS = 7 * 24 * 3_600_000;

async function took(handle: WorkflowHandle): Promise<number> {
  const { startTime, closeTime } = await handle.describe();
  return (closeTime?.getTime() ?? 0) - startTime.getTime();
}

export async function failureFrom(handle: WorkflowHandle): Promise<GenerationFailed> {
  const error: unknown = await handle.result().catch((e: unknown) => e);
  if (!(error instanceof WorkflowFailedError)) throw new Error('the generation did not fail');
  return failureOf(handle.workflowId, error);
}

/** What a person reads beside each activity and timer in the UI. */
export async function summaries(handle: WorkflowHandle): Promise<readonly string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ userMetadata }) =>
    userMetadata?.summary?.data == null ? [] : [Buffer.from(userMetadata.summary.data).toString()],
  );
}
