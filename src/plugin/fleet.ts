/**
 * What a process of a fleet runs beside the user's worker: the entities' worker, and the broker's link to
 * them. Made with the first worker of the plugin, so that what is wrong is told there; runs while any of the
 * plugin's workers does.
 */
import { Client } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import { Runtime } from '@temporalio/worker';
import type { Subscriber } from '../domain/subscriber.ts';
import { TemporalBudgetLink } from '../quota/budget-link.ts';
import type { FleetQuotaBroker } from '../quota/fleet-broker.ts';
import { TemporalGovernorLink } from '../quota/temporal-governor-link.ts';
import { FleetWallet } from '../quota/wallet-fleet.ts';
import type { Wallet } from '../quota/wallet.ts';
import type { EntityBundle, EntityWorker } from './entity-worker.ts';
import { createEntityWorker } from './entity-worker.ts';
import { FleetGauges } from './fleet-gauges.ts';

export class Fleet {
  readonly #broker: FleetQuotaBroker;
  readonly #wallet: Wallet;
  readonly #bundle: EntityBundle | undefined;
  readonly #subscribers: readonly Subscriber[];
  #options: WorkerOptions | undefined;
  #running = 0;
  #made: Promise<EntityWorker> | undefined;
  #worker: EntityWorker | undefined;
  #gauges: FleetGauges | undefined;
  #started: Promise<void> | undefined;
  #stopped: Promise<void> = Promise.resolve();

  /** @param subscribers Webhooks that governors and budgets tell what happens. */
  constructor(
    broker: FleetQuotaBroker,
    wallet: Wallet,
    subscribers: readonly Subscriber[],
    bundle?: EntityBundle,
  ) {
    this.#broker = broker;
    this.#wallet = wallet;
    this.#subscribers = subscribers;
    this.#bundle = bundle;
  }

  /**
   * Called before a worker of the plugin is made. Throws a TypeError where workers of one plugin differ in
   * namespace, and what making the entities' worker throws.
   */
  async configured(options: WorkerOptions): Promise<void> {
    const before = this.#options;
    if (before !== undefined && before.namespace !== options.namespace) {
      throw new TypeError(
        `quota 'fleet': one plugin serves workers of namespaces ${before.namespace ?? 'default'} and ` +
          `${options.namespace ?? 'default'}: make a plugin for each`,
      );
    }
    if (options.connection === undefined) {
      throw new TypeError("quota 'fleet': give Worker.create a connection; the governors are reached by it");
    }
    this.#options = options;
    await this.#make(options);
  }

  /** The next run's: one that was stopped is not run again, and two at a time a server would not take. */
  async #make(options: WorkerOptions): Promise<EntityWorker> {
    this.#made ??= this.#stopped
      // What became of the last one was told to whoever ran it.
      .catch(() => undefined)
      .then(() => createEntityWorker(options, this.#bundle))
      .catch((error: unknown) => {
        this.#made = undefined;
        throw error;
      });
    return await this.#made;
  }

  async during(run: () => Promise<void>): Promise<void> {
    this.#running += 1;
    try {
      this.#started ??= this.#start();
      await this.#started;
      await run();
    } finally {
      this.#running -= 1;
      if (this.#running === 0) {
        this.#stopped = this.#stop();
        await this.#stopped;
      }
    }
  }

  async #start(): Promise<void> {
    if (this.#options === undefined) return;
    const { connection, namespace, dataConverter, taskQueue: queue } = this.#options;
    this.#worker = await this.#make(this.#options);
    this.#worker.run();
    const client = new Client({
      ...(connection === undefined ? {} : { connection }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(dataConverter === undefined ? {} : { dataConverter }),
    });
    // The user's telemetry is installed by now: a worker was made.
    this.#gauges = new FleetGauges(Runtime.instance().metricMeter);
    // Said also where there are none: the last word of a queue's processes holds.
    const notify = { queue, webhooks: this.#subscribers };
    this.#broker.connect(new TemporalGovernorLink(client, notify), this.#gauges.answered);
    if (this.#wallet instanceof FleetWallet) this.#wallet.connect(new TemporalBudgetLink(client, notify));
  }

  async #stop(): Promise<void> {
    const worker = this.#worker;
    this.#made = undefined;
    this.#worker = undefined;
    this.#started = undefined;
    this.#gauges?.stop();
    // Leaving is an exchange, too: it needs somebody who answers.
    await Promise.all([this.#broker.close(), this.#wallet.close()]);
    await worker?.stop();
  }
}
