/** One generation as the audit knows it, and the part of it that its runs themselves tell. */
import type { GenerationFailure, PromptChange, Revival } from '../../src/contract/generation.ts';
import type { ImageRef } from '../../src/domain/artifact.ts';
import type { Ask } from '../../src/domain/ask.ts';
import type { Attempt, Cost } from '../../src/domain/attempt.ts';
import { totalCost } from '../../src/domain/attempt.ts';
import type { DecisionRecord } from '../../src/domain/decision.ts';
import type { RunHistory } from './audit-history.ts';

export type Standing = 'done' | 'dead' | 'cancelled' | 'waiting';

export interface AuditedGeneration {
  readonly id: string;
  readonly standing: Standing;
  readonly attempts: readonly Attempt[];
  readonly images: readonly ImageRef[];
  readonly cost: Cost;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** From its start to its last event, in milliseconds. */
  readonly tookMs: number;
  /** The part of it in which no call of ours was under way. */
  readonly waitedMs: number;
  readonly events: number;
  /** Calls that the ledger knows, of image and text models, and those that cost money. */
  readonly calls: number;
  readonly paid: number;
  readonly failure?: GenerationFailure;
  readonly promptChange?: PromptChange;
  /** What people sent, taken or not; of a run that goes on only where workers were asked. */
  readonly decisions: readonly DecisionRecord[];
  /** Each time that it was brought back from its dead letter. */
  readonly revivals: readonly Revival[];
  /** What it asks now; only where workers were asked. */
  readonly ask?: Ask;
}

type Told = Omit<AuditedGeneration, 'id' | 'standing' | 'images' | 'calls' | 'paid'>;

/** What its runs say, oldest first, and what the one that goes on answers. */
export function toldByRuns(
  runs: readonly RunHistory[],
  view: { readonly decisions: readonly DecisionRecord[]; readonly ask?: Ask } | undefined,
): Told {
  const last = runs.at(-1) as RunHistory;
  const attempts = runs.flatMap((run) => run.attempts.map(({ attempt }) => attempt));
  const tookMs = runs.reduce((sum, run) => sum + run.lastAt - run.startedAt, 0);
  const { failure } = last;
  const promptChange = last.result?.promptChange;
  return {
    attempts,
    cost: runs.map(costOf).reduce((sum, cost) => ({
      sureUsd: sum.sureUsd + cost.sureUsd,
      possibleUsd: sum.possibleUsd + cost.possibleUsd,
    })),
    startedAt: runs[0]?.startedAt ?? 0,
    tookMs,
    waitedMs: Math.max(0, tookMs - callingMs(attempts)),
    events: Math.max(...runs.map(({ events }) => events)),
    decisions: [
      ...runs.flatMap(({ result, failure: end }) => (result ?? end)?.decisions ?? []),
      ...(view?.decisions ?? []),
    ],
    revivals: runs.flatMap(({ revival }) => revival ?? []),
    ...(failure === undefined ? {} : { failure }),
    ...(promptChange === undefined ? {} : { promptChange }),
    ...(view?.ask === undefined ? {} : { ask: view.ask }),
  };
}

function costOf({ result, failure, attempts }: RunHistory): Cost {
  return result?.cost ?? failure?.cost ?? totalCost(attempts.map(({ attempt }) => attempt));
}

/** An attempt that was lost took as long as we waited for it, not as long as its call. */
function callingMs(attempts: readonly Attempt[]): number {
  return attempts
    .filter(({ classification }) => classification?.branch !== 'interrupted')
    .reduce((sum, { tookMs }) => sum + tookMs, 0);
}
