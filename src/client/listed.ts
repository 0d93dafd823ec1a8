/** One generation as visibility knows it: no worker is asked, so trouble is told by the memo it left. */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { MemoCause, MemoState } from '../contract/names.ts';
import { MEMO } from '../contract/names.ts';
import type { Cost } from '../domain/attempt.ts';
import type { Branch } from '../domain/branch.ts';
import { isBranch } from '../domain/branch.ts';
import type { GenerationStatus } from './execution-status.ts';
import { statusOf } from './execution-status.ts';

export interface Listed {
  readonly id: string;
  readonly runId: string;
  readonly status: GenerationStatus;
  readonly startedAt: string;
  readonly closedAt?: string;
  /** Absent while an open one is on its happy path: nobody wrote anything down. */
  readonly phase?: string;
  /** Why it waits or ended; for a stuck one never empty. */
  readonly why: string;
  /** Epoch milliseconds at which the phase began. */
  readonly since?: number;
  /** Epoch milliseconds at which it goes on by itself or ends. */
  readonly until?: number;
  /** What stops it now, else the verdict of its last attempt; both absent where that delivered, or none was told. */
  readonly branch?: Branch;
  readonly reason?: string;
  /** USD of this run's attempts so far, where it told any. */
  readonly cost?: Cost;
  /** The provider's words in its last verdict, cut. */
  readonly message?: string;
  /** What a decision must name; absent while nobody is asked. */
  readonly evidence?: string;
  /** What may be decided: `route-out backup`, `retry` … */
  readonly choices?: readonly string[];
  /** Worst price in USD of each choice that may cost something. */
  readonly worstUsd?: Readonly<Record<string, number>>;
  /** What is lost or different with a choice, where something is. */
  readonly changes?: Readonly<Record<string, readonly string[]>>;
  /** What it shares with others that wait for a person. */
  readonly cause?: MemoCause;
}

/** Shorter waits are never called stuck. */
const STUCK_MS = 15 * 60_000;
/** A wait that has taken its own estimate and half of it again. */
const PATIENCE = 1.5;

const ASKS_A_PERSON: ReadonlySet<string> = new Set(['held', 'awaiting-operator']);
const ENDS: ReadonlySet<string> = new Set(['done', 'dead', 'cancelled']);
const UNREPORTED = 'no worker has reported on it';

export function listed(execution: WorkflowExecutionInfo): Listed {
  const { workflowId: id, runId, startTime, closeTime } = execution;
  const status = statusOf(execution.status.name);
  const memo = execution.memo?.[MEMO.state] as MemoState | undefined;
  return {
    id,
    runId,
    status,
    startedAt: startTime.toISOString(),
    ...(closeTime === undefined ? {} : { closedAt: closeTime.toISOString() }),
    ...told(status, memo),
  };
}

function told(
  status: GenerationStatus,
  memo: MemoState | undefined,
): Omit<Listed, 'id' | 'runId' | 'status' | 'startedAt'> {
  if (memo === undefined) return { why: '' };
  const { phase, why, since, until, verdicts, cause, cost, message } = memo;
  // Behind a hold it may never have called, or for another reason.
  const stoppedBy = cause === undefined ? undefined : `${cause.branch}/${cause.reason}`;
  const verdict = {
    ...verdictOf(verdicts.at(-1)),
    ...verdictOf(stoppedBy),
    ...(cost === undefined ? {} : { cost }),
    ...(message === undefined ? {} : { message }),
  };
  // Terminated or timed out: it could not say so itself.
  if (status !== 'running' && !ENDS.has(phase)) {
    return { phase: status, why: `while ${phase}${why === '' ? '' : `: ${why}`}`, ...verdict };
  }
  return {
    phase,
    why,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...verdict,
    ...(status === 'running' ? askedIn(memo) : {}),
  };
}

function askedIn({
  ask,
  cause,
}: MemoState): Pick<Listed, 'evidence' | 'choices' | 'worstUsd' | 'changes' | 'cause'> {
  return {
    ...(ask === undefined ? {} : { evidence: ask.evidence, choices: ask.choices }),
    ...(ask?.worstUsd === undefined ? {} : { worstUsd: ask.worstUsd }),
    ...(ask?.changes === undefined ? {} : { changes: ask.changes }),
    ...(cause === undefined ? {} : { cause }),
  };
}

function verdictOf(verdict: string | undefined): Pick<Listed, 'branch' | 'reason'> {
  const [branch, reason] = verdict?.split('/') ?? [];
  return isBranch(branch) && reason !== undefined ? { branch, reason } : {};
}

/**
 * The generation with why it is stuck, or undefined where it is not: it waits for a person, or longer
 * than its own estimate by half and at least 15 minutes.
 */
export function stuck(generation: Listed, now: number): Listed | undefined {
  const { status, phase, why, since, until, startedAt } = generation;
  if (status !== 'running') return undefined;
  if (phase === undefined) {
    const age = now - Date.parse(startedAt);
    return age >= STUCK_MS ? { ...generation, why: UNREPORTED } : undefined;
  }
  if (ASKS_A_PERSON.has(phase)) return { ...generation, why: why === '' ? phase : why };
  const began = since ?? Date.parse(startedAt);
  const estimate = until === undefined ? 0 : until - began;
  if (now - began < Math.max(STUCK_MS, PATIENCE * estimate)) return undefined;
  return { ...generation, why: why === '' ? `${phase} for longer than it should` : why };
}
