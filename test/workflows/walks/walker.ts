/**
 * Runs generations, one after another: one time-skipping server and one worker for all of them, whose
 * activities answer from the script of the one that is under way.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { GenerationActivities, GenerationView } from '../../../src/contract/generation.ts';
import { QUERIES, SIGNALS, WORKFLOW_TYPES } from '../../../src/contract/names.ts';
import type { AskOption } from '../../../src/domain/ask.ts';
import type { RequestDraft } from '../../../src/domain/resolve-request.ts';
import { resolveRequest } from '../../../src/domain/resolve-request.ts';
import type { Script, Scripts } from '../../support/scripted-activities.ts';
import { scripted } from '../../support/scripted-activities.ts';
import { timeSkippingEnv } from '../../support/servers.ts';
import { MANY, scriptOf } from './ladder.ts';
import type { Walk } from './walk.ts';
import { lentWorkflows } from '../../support/lent-bundle.ts';

const TASK_QUEUE = 'walks';
/** Of real time, between two looks at a generation that is busy. */
const LOOK_EVERY_MS = 5;

/** What a person could choose while it waited by itself. */
export interface Sight {
  /** Attempts so far. */
  readonly n: number;
  readonly choices: readonly AskOption['choice'][];
}

export class Walker {
  private readonly env: TestWorkflowEnvironment;
  private scripts: Scripts | undefined;
  private last: WorkflowHandle | undefined;
  private worker: { readonly stop: () => void; readonly stopped: Promise<void> } | undefined;
  private runs = 0;

  private constructor(env: TestWorkflowEnvironment) {
    this.env = env;
  }

  static async open(): Promise<Walker> {
    const [env, workflowBundle] = await Promise.all([timeSkippingEnv(), lentWorkflows()]);
    const walker = new Walker(env);
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: TASK_QUEUE,
      workflowBundle,
      activities: walker.activities(),
      maxHeartbeatThrottleInterval: 50,
    });
    walker.worker = { stop: () => worker.shutdown(), stopped: worker.run() };
    return walker;
  }

  async close(): Promise<void> {
    this.worker?.stop();
    await this.worker?.stopped;
    await this.env.teardown();
  }

  /** Every call fails in the walk's branch; after `failures` of them comes an image. */
  async walk(walk: Walk, { failures = MANY, asks = true } = {}): Promise<OnItsWay> {
    const startedAt = await this.env.currentTimeMs();
    return await this.start(scriptOf(walk, { startedAt, failures, asks }), walk.request, startedAt);
  }

  async start(script: Script, draft: Partial<RequestDraft> = {}, startedAt = 0): Promise<OnItsWay> {
    // One that still waits would go on while time passes for the next one.
    await this.last?.terminate().catch(() => undefined);
    const scripts = scripted(script);
    this.scripts = scripts;
    const handle = await this.env.client.workflow.start(WORKFLOW_TYPES.generation, {
      workflowId: `walk-${(this.runs += 1)}`,
      taskQueue: TASK_QUEUE,
      args: [{ request: resolveRequest({ prompt: 'a fox', ...draft }) }],
    });
    this.last = handle;
    return new OnItsWay(this.env, { handle, scripts, startedAt });
  }

  private activities(): GenerationActivities {
    const names = Object.keys(scripted({ calls: [] }).activities) as (keyof GenerationActivities)[];
    const ours = names.map((name): [string, unknown] => [
      name,
      (input: never): unknown => this.scripts?.activities[name](input),
    ]);
    return Object.fromEntries(ours) as unknown as GenerationActivities;
  }
}

/** One generation that is under way. */
export class OnItsWay {
  readonly handle: WorkflowHandle;
  readonly scripts: Scripts;
  /** Epoch milliseconds by the server's clock. */
  readonly startedAt: number;
  readonly sights: Sight[] = [];
  private readonly env: TestWorkflowEnvironment;

  constructor(env: TestWorkflowEnvironment, given: Pick<OnItsWay, 'handle' | 'scripts' | 'startedAt'>) {
    this.env = env;
    this.handle = given.handle;
    this.scripts = given.scripts;
    this.startedAt = given.startedAt;
  }

  async view(): Promise<GenerationView> {
    return await this.handle.query<GenerationView>(QUERIES.describe);
  }

  /** Lets time pass from wait to wait until a person is asked after `attempts` of them, or it ends. */
  async untilAsked(attempts: number): Promise<GenerationView> {
    for (;;) {
      const view = await this.view();
      const { phase, ask, trail } = view;
      if (LASTING.has(phase.phase)) return view;
      if (phase.phase !== 'backing-off') {
        await pause(LOOK_EVERY_MS);
        continue;
      }
      if (this.sights.at(-1)?.n !== trail.length) {
        this.sights.push({ n: trail.length, choices: (ask?.options ?? []).map(({ choice }) => choice) });
      }
      if (ask !== undefined && trail.length >= attempts) return view;
      const left = phase.until - (await this.env.currentTimeMs());
      await (left > 0 ? this.env.sleep(left) : pause(LOOK_EVERY_MS));
    }
  }

  async say(signal: keyof typeof SIGNALS, { ask }: Pick<GenerationView, 'ask'>): Promise<void> {
    const payload = { by: 'ann', why: 'looked at it', evidence: ask?.evidence };
    await this.handle.signal(SIGNALS[signal], payload);
  }
}

const LASTING: ReadonlySet<string> = new Set(['held', 'awaiting-operator', 'done', 'dead', 'cancelled']);
