/**
 * The Temporal plugin: gives a worker the activities, the workflows where it has none of its own, and
 * the shutdown time that keeps a paid call from being cut. Every hook is idempotent, because the same
 * plugin on a connection and a worker is applied twice.
 */
import type { ClientPlugin } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import type {
  Worker,
  WorkerOptions,
  ReplayWorkerOptions,
  WorkerPlugin,
  BundlerPlugin,
  BundleOptions,
} from '@temporalio/worker';
import type { Duration } from '@temporalio/common/lib/time.js';
import { msToNumber } from '@temporalio/common/lib/time.js';
import { createActivities } from '../../activities/index.ts';
import type { GenerationActivities } from '../contract/generation.ts';
import type { SearchAttributeName } from '../contract/search-attributes.ts';
import { FleetQuotaBroker } from '../quota/fleet-broker.ts';
import { Fleet } from './fleet.ts';
import { LocalNews } from './local-news.ts';
import { listedAttributes } from './listed-attributes.ts';
import { watchLocal } from './local-gauges.ts';
import type { GeminiImagesPluginOptions, ResolvedOptions } from './options.ts';
import { resolveOptions } from './options.ts';
import { assertBundleHasOurs, assertFileHasOurs, ourWorkflowsPath } from './workflows-path.ts';

/** After the longest call: for its answer to be stored and reported. */
const STORING_MS = 30_000;
/** Cancellation reaches an activity with a heartbeat; the SDK would otherwise send one in 36 s. */
const HEARTBEAT_THROTTLE_MS = 5_000;

/** Temporal's Duration, whose own type is lost where `ms` resolves without types. */
type GivenDuration = string | number | undefined;

export class GeminiImagesPlugin implements WorkerPlugin, BundlerPlugin, ClientPlugin {
  /** Shown in worker heartbeats. */
  readonly name = 'temporal-gemini-images.GeminiImagesPlugin';
  readonly resolved: ResolvedOptions;
  private readonly activities: GenerationActivities;
  private readonly fleet: Fleet | undefined;
  private readonly localNews: LocalNews | undefined;
  private listed: readonly SearchAttributeName[] | undefined;

  constructor(options: GeminiImagesPluginOptions) {
    this.resolved = resolveOptions(options);
    const { broker, wallet, subscribers } = this.resolved;
    this.fleet =
      broker instanceof FleetQuotaBroker
        ? new Fleet(broker, wallet, subscribers, options.entityBundle)
        : undefined;
    this.localNews = LocalNews.of(this.resolved);
    this.activities = createActivities({ ...this.resolved, searchAttributes: () => this.listed ?? [] });
  }

  async configureWorker(options: WorkerOptions): Promise<WorkerOptions> {
    await this.checkWorkflows(options);
    await this.fleet?.configured(options);
    this.localNews?.configured(options);
    if (options.connection !== undefined) {
      const listed = await listedAttributes(options.connection, options.namespace ?? 'default');
      // One plugin on workers of two namespaces: only what both have is safe in either.
      this.listed = this.listed?.filter((name) => listed.includes(name)) ?? listed;
    }
    return {
      ...options,
      ...this.workflows(options),
      activities: this.withActivities(options.activities),
      shutdownGraceTime: this.graceTime(options.shutdownGraceTime as GivenDuration),
      maxHeartbeatThrottleInterval:
        (options.maxHeartbeatThrottleInterval as GivenDuration) ?? HEARTBEAT_THROTTLE_MS,
    };
  }

  /** Beside a worker of a fleet runs one for the durable entities; it ends after it. */
  async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    if (this.fleet !== undefined) return await this.fleet.during(() => next(worker));
    // The user's telemetry is installed by now: a worker was made.
    const stop = watchLocal(this.resolved.broker, Runtime.instance().metricMeter);
    await next(worker).finally(stop);
  }

  configureReplayWorker(options: ReplayWorkerOptions): ReplayWorkerOptions {
    return { ...options, ...this.workflows(options) };
  }

  /** For `bundleWorkflowCode({ plugins })`: ours, where no file of the user's is bundled. */
  configureBundler(options: BundleOptions): BundleOptions {
    return { ...options, workflowsPath: options.workflowsPath || ourWorkflowsPath() };
  }

  /** A client needs nothing of ours to start generations; the plugin may be given to it all the same. */
  configureClient<T extends object>(options: T): T {
    return options;
  }

  /** A user's own file or bundle is never replaced. */
  private workflows({ workflowsPath, workflowBundle }: WorkerOptions | ReplayWorkerOptions): {
    workflowsPath?: string;
  } {
    return workflowsPath === undefined && workflowBundle === undefined
      ? { workflowsPath: ourWorkflowsPath() }
      : {};
  }

  private async checkWorkflows({ workflowsPath, workflowBundle }: WorkerOptions): Promise<void> {
    if (workflowBundle !== undefined) {
      if ('code' in workflowBundle) assertBundleHasOurs(workflowBundle.code);
    } else if (workflowsPath !== undefined && workflowsPath !== ourWorkflowsPath()) {
      await assertFileHasOurs(workflowsPath);
    }
  }

  private withActivities(users: object = {}): object {
    const theirs = users as Readonly<Record<string, unknown>>;
    for (const [name, ours] of Object.entries(this.activities)) {
      if (theirs[name] !== undefined && theirs[name] !== ours) {
        throw new TypeError(
          `activity ${name} is defined twice: rename yours, the prefix gemini. belongs to this plugin`,
        );
      }
    }
    return { ...users, ...this.activities };
  }

  /** Shutting down must not cut a call that is being billed (design section 15). */
  private graceTime(given: GivenDuration): NonNullable<GivenDuration> {
    const needed = this.resolved.longestCallMs + STORING_MS;
    if (given === undefined) return needed;
    if (msToNumber(given as Duration) < this.resolved.longestCallMs) {
      throw new TypeError(
        `shutdownGraceTime is ${String(given)}: a call may take ${this.resolved.longestCallMs} ms, and one that is cut ` +
          `may be paid twice; leave it out or give at least ${needed} ms`,
      );
    }
    return given;
  }
}
