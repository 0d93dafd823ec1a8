/**
 * What a generation is doing, put together from what still answers: the query (needs a worker), the
 * pending activity's heartbeat, the memo, and the execution's status. With all workers down the last
 * two remain.
 */
import type { Client } from '@temporalio/client';
import type { GenerationView, Revival } from '../contract/generation.ts';
import type { MemoState } from '../contract/names.ts';
import { MEMO, QUERIES } from '../contract/names.ts';
import type { Ask, AskOption } from '../domain/ask.ts';
import type { Cost } from '../domain/attempt.ts';
import type { DecisionRecord } from '../domain/decision.ts';
import type { Way } from '../domain/way.ts';
import type { GenerationStatus } from './execution-status.ts';
import { statusOf } from './execution-status.ts';
import { decodePayload } from './payload.ts';
import type { Beat } from './phase-now.ts';
import { phaseNow } from './phase-now.ts';
import { rpc } from './rpc.ts';

const QUERY_DEADLINE_MS = 3_000;

/** What a person may decide: whole from a worker; without one, what the memo knows of it. */
export interface Asked extends Partial<Ask> {
  /** SHA-256 that a decision must name. */
  readonly evidence: string;
  /** `route-out backup`, `rewrite`, `retry`, `change`, `reject` */
  readonly choices: readonly string[];
}

export interface Description {
  readonly id: string;
  readonly runId: string;
  readonly status: GenerationStatus;
  readonly phase: string;
  /** Why it waits; empty when it does not. */
  readonly why: string;
  /** Epoch milliseconds at which this phase began, where it was written down. */
  readonly since?: number;
  /** Epoch milliseconds at which it goes on by itself or ends, where that is known. */
  readonly until?: number;
  /** It waits for quiet hours, as its request wanted: a promotion ends that. */
  readonly quiet?: true;
  readonly startedAt: string;
  readonly closedAt?: string;
  readonly cost?: Cost;
  readonly trail: GenerationView['trail'];
  readonly deadlineAt?: number;
  /** Absent while nobody is asked. */
  readonly ask?: Asked;
  /** Where it may still go, and by whose word; absent where nowhere, and when no worker answered. */
  readonly ways?: readonly Way[];
  /** What people sent so far, taken or not, oldest first; empty as well when no worker answered. */
  readonly decisions: readonly DecisionRecord[];
  /** Present when this run brought a dead letter back, and a worker answered. */
  readonly revival?: Revival;
  readonly publicStatus: string;
  /** False when no worker answered: then the view is what the server alone knows. */
  readonly workerAnswered: boolean;
}

export async function describeGeneration(
  client: Client,
  id: string,
  deadlineMs: number,
): Promise<Description> {
  const handle = client.workflow.getHandle(id);
  const execution = await rpc(client, deadlineMs, `describe ${id}`, () => handle.describe());
  const view = await client
    .withDeadline(Date.now() + QUERY_DEADLINE_MS, () => handle.query<GenerationView>(QUERIES.describe))
    .catch(() => undefined);
  const pending = execution.raw.pendingActivities?.[0];
  const payload = pending?.heartbeatDetails?.payloads?.[0];
  const beat =
    payload === undefined ? undefined : await decodePayload<Beat>(client, payload).catch(() => undefined);
  const status = statusOf(execution.status.name);
  const memo = execution.memo?.[MEMO.state] as MemoState | undefined;
  const { phase, why, until } = phaseNow({
    status,
    taskQueue: execution.taskQueue,
    told: view?.phase ?? memo,
    beat,
    lastFailure: pending?.lastFailure?.message ?? undefined,
  });
  const ask = status === 'running' ? asked(view, memo) : undefined;
  return {
    id,
    runId: execution.runId,
    status,
    phase,
    why,
    startedAt: execution.startTime.toISOString(),
    trail: view?.trail ?? [],
    decisions: view?.decisions ?? [],
    publicStatus:
      view?.publicStatus ?? (status === 'running' ? 'Your image is being made.' : `Your image: ${status}.`),
    workerAnswered: view !== undefined,
    ...(memo?.since === undefined || memo.phase !== phase ? {} : { since: memo.since }),
    ...(until === undefined ? {} : { until }),
    ...(isQuiet(view) && status === 'running' ? { quiet: true } : {}),
    ...(execution.closeTime === undefined ? {} : { closedAt: execution.closeTime.toISOString() }),
    ...(view === undefined ? {} : { cost: view.cost }),
    ...(view?.deadlineAt === undefined ? {} : { deadlineAt: view.deadlineAt }),
    ...(ask === undefined ? {} : { ask }),
    ...(view?.ways === undefined || status !== 'running' ? {} : { ways: view.ways }),
    ...(view?.revival === undefined ? {} : { revival: view.revival }),
  };
}

function isQuiet(view: GenerationView | undefined): boolean {
  return view?.phase.phase === 'waiting' && view.phase.quiet === true;
}

function asked(view: GenerationView | undefined, memo: MemoState | undefined): Asked | undefined {
  if (view === undefined) return memo?.ask;
  const { ask } = view;
  return ask === undefined ? undefined : { ...ask, choices: ask.options.map(choiceWords) };
}

function choiceWords(option: AskOption): string {
  return option.choice === 'route-out' ? `${option.choice} ${option.route}` : option.choice;
}
