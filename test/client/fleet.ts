/** A fleet as its operator meets it, without a worker of generations: views, asks, and a governor that is real. */
import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Listed } from '../../src/client/listed.ts';
import type { ExchangeAnswer, ExchangeRequest, GovernorView } from '../../src/contract/exchange.ts';
import type { MemoCause, MemoState } from '../../src/contract/names.ts';
import {
  ENTITY_TYPES,
  ENTITY_UPDATES,
  governorWorkflowId,
  MEMO,
  WAKE_SIGNAL,
  WORKFLOW_TYPES,
} from '../../src/contract/names.ts';
import type { Grant, Hold } from '../../src/contract/standing.ts';
import { entitiesPath } from '../../src/plugin/workflows-path.ts';

export const EVIDENCE = '0123456789abcdef'.repeat(4);
export const CREDENTIAL = '1a2b3c4d5e6f7a8b';
export const MODEL = 'gemini-3-pro-image';
export const NOW = Date.UTC(2026, 10, 21, 12);

export const HOLD: Hold = {
  id: 'h-1',
  scope: { kind: 'credential', key: CREDENTIAL },
  branch: 'permission',
  reason: 'key-leaked',
  message: 'Your API key was reported as leaked.',
  since: NOW - 7_200_000,
  evidence: EVIDENCE,
  generationId: 'gemini-image/first',
  calls: 14,
  phase: 'held',
};

export const GRANT: Grant = {
  id: 'g-1',
  cause: { branch: 'permission', scope: HOLD.scope },
  route: 'backup',
  until: NOW + 7_200_000,
  maxCostUsd: 400,
  spentUsd: 0.402,
  uses: 3,
  by: 'ann',
  why: 'the sale is live',
  evidence: EVIDENCE,
  grantedAt: NOW - 60_000,
};

/** Quiet, with one route in use. */
export function view(more: Partial<GovernorView> = {}): GovernorView {
  const route = { credential: CREDENTIAL, model: MODEL, tier: 'standard' } as const;
  return {
    id: 'google/ai-studio/shop',
    epoch: 'e',
    at: NOW,
    processes: [],
    lanes: [{ model: MODEL, countedAs: MODEL, limits: [], waiting: 0, asleep: 0 }],
    spend: { usd: 0 },
    exchanges: 1,
    holds: [],
    breakers: [],
    degraded: [],
    grants: [],
    alerts: [],
    events: [],
    routes: [{ route, baseUrl: 'https://gemini.example', calls: 12, capacityFailures: 0, limited: 0 }],
    ...more,
  };
}

export const CAUSE: MemoCause = {
  branch: 'permission',
  reason: 'key-leaked',
  scope: HOLD.scope,
  hold: 'h-1',
  account: 'google/ai-studio/shop',
};

/** One that waits for a person, as a list knows it. */
export function waiting(id: string, more: Partial<Listed> = {}): Listed {
  return {
    id,
    runId: 'run',
    status: 'running',
    startedAt: new Date(NOW - 3_600_000).toISOString(),
    phase: 'held',
    why: 'held by h-1: the key was reported as leaked',
    since: NOW - 3_600_000,
    branch: 'permission',
    reason: 'key-leaked',
    evidence: EVIDENCE,
    choices: ['route-out backup', 'retry', 'reject'],
    worstUsd: { 'route-out backup': 0.134, retry: 0.134 },
    cause: CAUSE,
    ...more,
  };
}

/** Starts an execution that nobody works on, as one that left this memo; it only takes signals. */
export async function startWaiting(client: Client, memo: MemoState, attributes = true): Promise<string> {
  const id = `gemini-image/${randomUUID()}`;
  const phase = defineSearchAttributeKey('GeminiPhase', SearchAttributeType.KEYWORD);
  await client.workflow.start(WORKFLOW_TYPES.generation, {
    workflowId: id,
    taskQueue: `nobody-${randomUUID()}`,
    args: [],
    memo: { [MEMO.state]: memo },
    ...(attributes
      ? { typedSearchAttributes: new TypedSearchAttributes([{ key: phase, value: memo.phase }]) }
      : {}),
  });
  return id;
}

/** How often it was woken. */
export async function wakes(client: Client, id: string): Promise<number> {
  const { events } = await client.workflow.getHandle(id).fetchHistory();
  return (events ?? []).filter(
    ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === WAKE_SIGNAL,
  ).length;
}

export interface Fleet {
  /** `google/ai-studio/<unique>` */
  readonly id: string;
  readonly credential: string;
  /** As a process would; the parts that are given, the rest empty. */
  readonly exchange: (given?: Partial<ExchangeRequest>) => Promise<ExchangeAnswer>;
}

/** A worker of governors, which starts one for each account that is asked for. */
export interface Governors {
  start(): Promise<Fleet>;
  close(): Promise<void>;
}

export async function startGovernors(
  client: Client,
  server: { address: string; namespace: string },
): Promise<Governors> {
  const taskQueue = `governors-${randomUUID()}`;
  const connection = await NativeConnection.connect({ address: server.address });
  const worker = await Worker.create({
    connection,
    namespace: server.namespace,
    taskQueue,
    workflowsPath: entitiesPath(),
  });
  const running = worker.run();
  const started: WorkflowHandle[] = [];
  return {
    start: async () => {
      const id = `google/ai-studio/shop-${randomUUID()}`;
      const handle = await client.workflow.start(ENTITY_TYPES.governor, {
        workflowId: governorWorkflowId(id),
        taskQueue,
        args: [{ id }],
      });
      started.push(handle);
      const credential = randomUUID().replaceAll('-', '').slice(0, 16);
      return { id, credential, exchange: (given) => exchange(handle, given) };
    },
    close: async () => {
      for (const handle of started) await handle.terminate('the test is over');
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

async function exchange(
  handle: WorkflowHandle,
  given: Partial<ExchangeRequest> = {},
): Promise<ExchangeAnswer> {
  const request: ExchangeRequest = {
    requestId: randomUUID(),
    process: 'host/1',
    windowMs: 60_000,
    resets: [Date.now() + 3_600_000, Date.now() + 90_000_000],
    lanes: [],
    routes: [],
    probes: [],
    uses: [],
    ...given,
  };
  return await handle.executeUpdate<ExchangeAnswer, [ExchangeRequest]>(ENTITY_UPDATES.exchange, {
    args: [request],
  });
}

/** What a process tells of a route whose key is refused; or, without a failure, that it wants to call. */
export function report(
  { id, credential }: Pick<Fleet, 'id' | 'credential'>,
  more: Partial<ExchangeRequest['routes'][number]> = {},
): ExchangeRequest['routes'][number] {
  return {
    credential,
    model: MODEL,
    tier: 'standard',
    project: id.split('/')[2] ?? '',
    baseUrl: 'https://gemini.example',
    calls: 0,
    failures: {},
    verdicts: [],
    trials: [],
    sureUsd: 0,
    possibleUsd: 0,
    ...more,
  };
}

export const LEAKED: Partial<ExchangeRequest['routes'][number]> = {
  calls: 1,
  failures: { permission: 1 },
  verdicts: [
    {
      branch: 'permission',
      reason: 'key-leaked',
      message: 'Your API key was reported as leaked.',
      generationId: 'gemini-image/first',
      evidence: EVIDENCE,
    },
  ],
};
