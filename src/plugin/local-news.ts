/**
 * Tells webhooks what happens in a process without a fleet: with no governor to start the notification, this
 * process does. What happens in two such processes are two events, because each stands for itself.
 */
import { randomBytes } from 'node:crypto';
import { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { WorkerOptions } from '@temporalio/worker';
import { Runtime } from '@temporalio/worker';
import { WORKFLOW_TYPES } from '../contract/names.ts';
import type { NotificationInput } from '../contract/notification.ts';
import { notificationWorkflowId } from '../contract/notification.ts';
import type { Subscriber } from '../domain/subscriber.ts';
import { budgetNotices } from '../governor/budget-news.ts';
import { standingNotices } from '../governor/news.ts';
import { LocalQuotaBroker } from '../quota/local-broker.ts';
import { LocalWallet } from '../quota/wallet-local.ts';
import type { ResolvedOptions } from './options.ts';

const DEADLINE_MS = 10_000;
/** Before each try but the first; after the last one it is only logged. */
const PAUSES_MS = [1_000, 10_000, 60_000] as const;

type Placed = Pick<WorkerOptions, 'connection' | 'namespace' | 'dataConverter' | 'taskQueue'>;

export class LocalNews {
  readonly #subscribers: readonly Subscriber[];
  /** Of the ids: what another process sees is another event. */
  readonly #source = `local-${randomBytes(6).toString('hex')}`;
  #options: Placed | undefined;
  #client: Client | undefined;

  /** Absent where nobody is told, or where a fleet's entities do it. */
  static of({ broker, wallet, subscribers }: ResolvedOptions): LocalNews | undefined {
    if (subscribers.length === 0) return undefined;
    const news = new LocalNews(subscribers);
    if (broker instanceof LocalQuotaBroker) {
      broker.listen((account, before, after, now) => {
        const source = `${news.#source}/${account}`;
        news.#tell((to) => standingNotices({ account, source }, before, after, to, now));
      });
    }
    if (wallet instanceof LocalWallet)
      wallet.listen((tenant, events) =>
        news.#tell((to) => budgetNotices({ tenant, source: news.#source }, events, to)),
      );
    return news;
  }

  private constructor(subscribers: readonly Subscriber[]) {
    this.#subscribers = subscribers;
  }

  /** Where notifications are started: on the queue of the worker that was made last. */
  configured(options: Placed): void {
    this.#options = options;
    this.#client = undefined;
  }

  #tell(
    noticesTo: (to: Readonly<Record<string, readonly Subscriber[]>>) => readonly NotificationInput[],
  ): void {
    const { taskQueue = '', connection } = this.#options ?? {};
    // Nothing is called before a worker runs.
    if (connection === undefined) return;
    for (const notice of noticesTo({ [taskQueue]: this.#subscribers })) void this.#start(notice, taskQueue);
  }

  /** Never rejects. */
  async #start(notice: NotificationInput, taskQueue: string): Promise<void> {
    const { event } = notice;
    for (const pauseMs of [0, ...PAUSES_MS]) {
      try {
        await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
        const client = this.#connected();
        await client.withDeadline(Date.now() + DEADLINE_MS, () =>
          client.workflow.start(WORKFLOW_TYPES.notification, {
            workflowId: notificationWorkflowId(event.id),
            taskQueue,
            args: [notice],
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            staticSummary: `${event.type}: ${event.subject}`.slice(0, 200),
          }),
        );
        return;
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return;
        Runtime.instance().logger.warn(`webhooks are not told of ${event.id} yet`, { error: String(error) });
      }
    }
  }

  #connected(): Client {
    const { connection, namespace, dataConverter } = this.#options ?? {};
    this.#client ??= new Client({
      ...(connection === undefined ? {} : { connection }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(dataConverter === undefined ? {} : { dataConverter }),
    });
    return this.#client;
  }
}
