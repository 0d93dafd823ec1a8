/**
 * What a process of a fleet runs beside the user's worker: the entities' worker, and the broker's link to
 * them. Started with the first worker of the plugin that runs, stopped after the last one.
 */
import { Client } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import type { FleetQuotaBroker } from '../quota/fleet-broker.ts';
import { TemporalGovernorLink } from '../quota/temporal-governor-link.ts';
import type { EntityWorker } from './entity-worker.ts';
import { startEntityWorker } from './entity-worker.ts';

export class Fleet {
  readonly #broker: FleetQuotaBroker;
  #options: WorkerOptions | undefined;
  #running = 0;
  #worker: Promise<EntityWorker> | undefined;

  constructor(broker: FleetQuotaBroker) {
    this.#broker = broker;
  }

  /** Called before a worker of the plugin is made. Throws where workers of one plugin differ in namespace. */
  configured(options: WorkerOptions): void {
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
    this.#options = before ?? options;
  }

  async during(run: () => Promise<void>): Promise<void> {
    this.#running += 1;
    this.#worker ??= this.#start();
    try {
      await this.#worker;
      await run();
    } finally {
      this.#running -= 1;
      if (this.#running === 0) await this.#stop();
    }
  }

  async #start(): Promise<EntityWorker> {
    const options = this.#options as WorkerOptions;
    const { connection, namespace, dataConverter } = options;
    const worker = await startEntityWorker(options);
    const client = new Client({
      ...(connection === undefined ? {} : { connection }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(dataConverter === undefined ? {} : { dataConverter }),
    });
    this.#broker.connect(new TemporalGovernorLink(client));
    return worker;
  }

  async #stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    // Leaving is an exchange, too: it needs somebody who answers.
    await this.#broker.close();
    await (await worker)?.stop();
  }
}
