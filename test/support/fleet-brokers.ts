/**
 * Brokers of many processes in this one, against one governor on a real server: what a fleet does to its
 * governor, without a provider. Each has a link of its own, as its process would.
 */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type {
  ExchangeAnswer,
  ExchangeRequest,
  GovernorView,
  ModelLimits,
} from '../../src/contract/exchange.ts';
import { ENTITY_QUERIES, governorWorkflowId } from '../../src/contract/names.ts';
import type { Route } from '../../src/domain/path.ts';
import { quotaId } from '../../src/domain/path.ts';
import type { GovernorState } from '../../src/governor/state.ts';
import type { EntityWorker } from '../../src/plugin/entity-worker.ts';
import { createEntityWorker } from '../../src/plugin/entity-worker.ts';
import type { SlotRequest } from '../../src/quota/broker.ts';
import { FleetQuotaBroker } from '../../src/quota/fleet-broker.ts';
import { TemporalGovernorLink } from '../../src/quota/temporal-governor-link.ts';
import { asking } from './asking.ts';
import { lentEntities } from './lent-bundle.ts';
import type { GovernorHistory } from './governor-history.ts';
import { governorHistory } from './governor-history.ts';
import { ownNamespace } from './namespaces.ts';

export const MODEL = 'gemini-3-pro-image';
type Lane = Parameters<typeof asking>[3];

export interface Brokers {
  readonly client: Client;
  readonly route: Route;
  /** `google/ai-studio/…`: whom the brokers ask. */
  readonly quotaId: string;
  /** Whoever serves the governor; none at first. */
  serve(): Promise<EntityWorker>;
  broker(limits: ModelLimits | null, windowMs?: number): FleetQuotaBroker;
  link(): TemporalGovernorLink;
  /** The next exchange of a process, without a broker. */
  ask(process: string, lane?: Lane, given?: Partial<ExchangeRequest>): Promise<ExchangeAnswer>;
  request(given?: Partial<SlotRequest>): SlotRequest;
  governor(): WorkflowHandle;
  view(): Promise<GovernorView>;
  state(): Promise<GovernorState>;
  history(): Promise<GovernorHistory>;
  close(): Promise<void>;
}

export async function startBrokers(): Promise<Brokers> {
  const server = await ownNamespace();
  const { namespace } = server;
  const [connection, native, { codePath }] = await Promise.all([
    Connection.connect({ address: server.address }),
    NativeConnection.connect({ address: server.address }),
    lentEntities(),
  ]);
  const client = new Client({ connection, namespace });
  const account: Route['account'] = {
    provider: 'google',
    endpoint: 'ai-studio',
    baseUrl: 'https://generativelanguage.googleapis.com',
    project: 'shop',
    credential: '1a2b3c4d5e6f7a8b',
  };
  const route: Route = { name: 'default', account, model: MODEL, tier: 'standard' };
  const id = quotaId(account);
  const brokers: FleetQuotaBroker[] = [];
  const workers: EntityWorker[] = [];
  // A worker's connection has retries of its own, so a fleet's links are made of nothing else.
  const link = (): TemporalGovernorLink =>
    new TemporalGovernorLink(new Client({ connection: native, namespace }));
  const own = link();
  const asked = new Map<string, number>();
  const governor = (): WorkflowHandle => client.workflow.getHandle(governorWorkflowId(id));
  return {
    client,
    route,
    quotaId: id,
    serve: async () => {
      const worker = await createEntityWorker({ connection: native, namespace }, { codePath });
      worker.run();
      workers.push(worker);
      return worker;
    },
    broker: (limits, windowMs = 20_000) => {
      const broker = new FleetQuotaBroker({
        process: `p${brokers.length + 1}/${randomUUID().slice(0, 8)}`,
        windowMs,
        probe: () => Promise.resolve(undefined),
        ...(limits === null ? {} : { limits: { [MODEL]: limits } }),
      });
      broker.connect(link());
      brokers.push(broker);
      return broker;
    },
    link,
    ask: async (process, lane, given) => {
      const n = (asked.get(process) ?? 0) + 1;
      asked.set(process, n);
      return await own.exchange(id, asking(process, n, Date.now(), lane, given));
    },
    request: (given = {}) => ({
      generationId: randomUUID(),
      route,
      tokens: 10,
      images: 1,
      urgency: 'standard',
      ...given,
    }),
    governor,
    view: () => governor().query<GovernorView>(ENTITY_QUERIES.governor),
    state: () => governor().query<GovernorState>(ENTITY_QUERIES.state),
    history: () => governorHistory(client, governorWorkflowId(id)),
    close: async () => {
      await Promise.all(brokers.map((broker) => broker.close()));
      await Promise.all(workers.map((worker) => worker.stop()));
      await native.close();
      await connection.close();
    },
  };
}
