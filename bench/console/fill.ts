/**
 * A namespace with as many generations as a busy week leaves: of the same type, memo and search attributes as real ones,
 * most of them open and touched by no worker, because nobody makes twenty thousand images for a bench. The dead ones are
 * ended by a workflow that does nothing else.
 */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import {
  bundleWorkflowCode,
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import type { MemoState } from '../../src/contract/names.ts';
import { MEMO, WORKFLOW_TYPES } from '../../src/contract/names.ts';
import type { SessionMemo } from '../../src/contract/session.ts';
import type { SearchAttributeName } from '../../src/contract/search-attributes.ts';
import type { CallTally, Tally } from '../../src/domain/tally.ts';

/** Starts under way at once: more only wait in the server. */
const AT_ONCE = 40;
const NOBODY = 'nobody';
const ENDS = 'ends-dead';

/** Of ten: what a bad day looks like. Causes that many share, a few that few do. */
const DAY = [
  ...['running', 'running', 'running', 'running'],
  ...['held', 'held', 'asking', 'backing-off', 'dead', 'dead'],
] as const;
type Kind = (typeof DAY)[number];

const BRANCHES = ['capacity/overloaded', 'invalid-request/argument', 'policy/prohibited-content'] as const;

export interface Filler {
  /** Until there are so many in all. */
  fillTo(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function startFiller(
  client: Client,
  { address, namespace }: { readonly address: string; readonly namespace: string },
): Promise<Filler> {
  const logger = new DefaultLogger('ERROR');
  // A task that came too late is tried again, a thousand times here.
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
  Runtime.install({ logger, telemetryOptions: { logging: { filter } } });
  const connection = await NativeConnection.connect({ address });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./dead-workflow.ts', import.meta.url)),
    logger,
  });
  const worker = await Worker.create({
    ...{ connection, namespace, taskQueue: ENDS, workflowBundle },
    maxCachedWorkflows: 0,
  });
  const running = worker.run();
  let made = 0;
  let sessions = 0;
  return {
    fillTo: async (count) => {
      const makeOn = async (): Promise<void> => {
        while (made < count) {
          made += 1;
          await makeOne(client, made - 1);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, makeOn));
      for (; sessions < count / 50; sessions += 1) await makeSession(client, sessions);
      await untilSeen(client, count);
    },
    close: async () => {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

async function makeOne(client: Client, n: number): Promise<void> {
  const kind = DAY[n % DAY.length] as Kind;
  const state = stateOf(kind, n);
  const attributes = attributesOf(state);
  await client.workflow.start(WORKFLOW_TYPES.generation, {
    workflowId: `gemini-image/bench-${String(n).padStart(6, '0')}`,
    taskQueue: kind === 'dead' ? ENDS : NOBODY,
    args: [],
    memo: {
      [MEMO.requestDigest]: randomBytes(32).toString('hex'),
      ...(state === undefined ? {} : { [MEMO.state]: state }),
      ...(kind === 'dead' ? { [MEMO.ended]: tallyOf(state?.verdicts.at(-1) ?? 'unknown/unrecognised') } : {}),
    },
    ...(attributes === undefined ? {} : { typedSearchAttributes: attributes }),
    staticSummary: `gemini-3-pro-image: a red fox in fresh snow, number ${n}`,
  });
}

async function makeSession(client: Client, n: number): Promise<void> {
  const now = Date.now();
  const memo: SessionMemo = {
    ...{
      status: 'open',
      createdAt: now - n * 60_000,
      activeAt: now - n * 30_000,
      turns: 5,
      failed: n % 3,
      queued: 0,
    },
    ...{
      cost: { sureUsd: 0.67, possibleUsd: 0 },
      head: 'snow',
      excerpt: 'now let it snow, and make the fox smile',
    },
    image: {
      sha256: randomBytes(32).toString('hex'),
      mime: 'image/jpeg',
      bytes: 1,
      width: 1024,
      height: 1024,
    },
  };
  await client.workflow.start(WORKFLOW_TYPES.session, {
    ...{ workflowId: `gemini-session/bench-${n}`, taskQueue: NOBODY, args: [] },
    memo: { [MEMO.session]: memo },
  });
}

function stateOf(kind: Kind, n: number): MemoState | undefined {
  const since = Date.now() - (n % 600) * 60_000;
  const account = 'google/ai-studio/shop';
  const ask = (choice: string, usd: number): NonNullable<MemoState['ask']> => ({
    evidence: 'ab'.repeat(32),
    choices: [choice, 'retry', 'change', 'reject'],
    worstUsd: { [choice]: usd, retry: usd },
    changes: { [choice]: ['signatures of the conversation are stripped'] },
  });
  const cost = { sureUsd: 0.134, possibleUsd: 0 };
  switch (kind) {
    case 'running':
      return undefined;
    case 'held':
      return {
        ...{ phase: 'held', why: 'permission/key-leaked: your API key was reported as leaked', since, cost },
        ask: ask('route-out backup', 0.134),
        cause: {
          ...{ branch: 'permission', reason: 'key-leaked', account },
          scope: { kind: 'credential', key: '1a2b3c4d5e6f7a8b' },
        },
        verdicts: ['permission/key-leaked'],
      };
    case 'asking':
      return {
        ...{ phase: 'awaiting-operator', why: 'the model is overloaded after 5 retests', since, cost },
        ask: ask('route-out backup', 0.039),
        cause: {
          ...{ branch: 'capacity', reason: 'overloaded', account },
          scope: { kind: 'model', key: `gemini-3-pro-image-${n % 4}` },
        },
        verdicts: ['capacity/overloaded', 'capacity/overloaded'],
      };
    case 'backing-off':
      return {
        ...{ phase: 'backing-off', why: 'capacity: retest 2/5', since, until: since + 600_000, cost },
        verdicts: ['capacity/overloaded'],
      };
    case 'dead':
      return {
        ...{ phase: 'dead', why: 'found after 5 attempts; the details are in its evidence', since, cost },
        verdicts: [BRANCHES[n % BRANCHES.length] as string],
      };
  }
}

/** Five calls, the last of which ended it. */
function tallyOf(verdict: string): Tally {
  const hour = Math.floor(Date.now() / 3_600_000);
  const call: CallTally = {
    ...{ hour, route: 'main', model: 'gemini-3-pro-image', tier: 'standard' as const },
    ...{ calls: 1, billed: 0, maybeBilled: 0, sureUsd: 0, possibleUsd: 0 },
  };
  return {
    ...{
      v: 1 as const,
      end: 'dead' as const,
      verdict,
      images: 0,
      drafts: 0,
      urgency: 'standard' as const,
      deadlineMs: 86_400_000,
    },
    waitMs: { retest: 450_000 },
    calls: [
      { ...call, verdict: 'capacity/overloaded', calls: 4, maybeBilled: 1, possibleUsd: 0.4 },
      { ...call, verdict },
    ],
  };
}

function attributesOf(state: MemoState | undefined): TypedSearchAttributes | undefined {
  if (state === undefined) return undefined;
  const branch = state.cause?.branch ?? state.verdicts.at(-1)?.split('/')[0];
  const values: Partial<Record<SearchAttributeName, string>> = {
    ...{ GeminiPhase: state.phase, GeminiModel: 'gemini-3-pro-image', GeminiRoute: 'main' },
    ...(branch === undefined ? {} : { GeminiBranch: branch }),
  };
  return new TypedSearchAttributes(
    Object.entries(values).map(([name, value]) => ({
      ...{ key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD), value },
    })),
  );
}

/** Lists are a moment behind, and the dead ones die one after another. */
async function untilSeen(client: Client, count: number): Promise<void> {
  const dead = Array.from({ length: count }, (_, n) => DAY[n % DAY.length]).filter((kind) => kind === 'dead');
  const type = `WorkflowType = '${WORKFLOW_TYPES.generation}'`;
  for (const end = Date.now() + 600_000; Date.now() < end;) {
    const all = (await client.workflow.count(type)).count;
    const failed = (await client.workflow.count(`${type} AND ExecutionStatus = 'Failed'`)).count;
    if (all === count && failed === dead.length) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`visibility did not show ${count} generations within 10 minutes`);
}
