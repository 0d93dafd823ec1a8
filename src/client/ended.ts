/**
 * Streams the runs of generations that ended, latest first, with what each came to: told by the memo that it
 * left at its end, a page of 1,000 at a time. No worker is asked. A run of an earlier release left none; so
 * many of them are read from their results, the others are told as unknown.
 */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { MEMO, WORKFLOW_TYPES } from '../contract/names.ts';
import type { MemoState } from '../contract/names.ts';
import type { EndedRun } from '../domain/report/figures.ts';
import type { Tally } from '../domain/tally.ts';
import type { ClientContext } from './context.ts';
import { statusOf } from './execution-status.ts';
import { invalid } from './invalid.ts';
import { rpc } from './rpc.ts';
import { tallyFromOutcome } from './tally-from-outcome.ts';

export interface EndedGeneration extends EndedRun {
  readonly id: string;
  readonly runId: string;
  /** How it was told. `result`: its tally is estimated from its result. */
  readonly by: 'memo' | 'result' | 'nobody';
}

export interface EndedOptions {
  /** Of those that ended from then on. */
  readonly since: Date;
  /** And before then. @default now */
  readonly until?: Date;
  /** How many runs of earlier releases are read from their results. @default 500 */
  readonly mostResults?: number;
}

const PAGE = 1_000;
const AT_ONCE = 16;
const MOST_RESULTS = 500;
const ENDED = "ExecutionStatus IN ('Completed', 'Failed', 'Canceled', 'Terminated', 'TimedOut')";

/** Each page has the whole deadline. Throws InvalidRequest, ServerUnreachable. */
export async function* ended(
  context: ClientContext,
  { since, until, mostResults = MOST_RESULTS }: EndedOptions,
): AsyncGenerator<readonly EndedGeneration[], void, undefined> {
  checkTime(since, until);
  const { client, deadlineMs } = context;
  const query = [
    `WorkflowType = '${WORKFLOW_TYPES.generation}'`,
    ENDED,
    `CloseTime >= '${since.toISOString()}'`,
    ...(until === undefined ? [] : [`CloseTime < '${until.toISOString()}'`]),
  ].join(' AND ');
  const executions = client.workflow.list({ query, pageSize: PAGE })[Symbol.asyncIterator]();
  let resultsLeft = mostResults;
  for (let isOver = false; !isOver;) {
    const page: WorkflowExecutionInfo[] = [];
    while (page.length < PAGE) {
      const next = await rpc(client, deadlineMs, 'list what ended', () => executions.next());
      if (next.done === true) {
        isOver = true;
        break;
      }
      page.push(next.value);
    }
    const known = page.map(toldByMemo);
    const silent = known.filter(isUntold).slice(0, Math.max(0, resultsLeft));
    resultsLeft -= silent.length;
    const read = await readResults(context, silent);
    if (known.length > 0) yield known.map((run) => read.get(run.runId) ?? run);
  }
}

function toldByMemo(execution: WorkflowExecutionInfo): EndedGeneration {
  const { workflowId: id, runId, memo } = execution;
  const endedAt = (execution.closeTime ?? execution.startTime).getTime();
  const run = { id, runId, endedAt };
  const status = statusOf(execution.status.name);
  const tally = memo?.[MEMO.ended];
  if (isTally(tally)) return { ...run, tally, by: 'memo' };
  if (status === 'terminated' || status === 'timed-out') return { ...run, tally: status, by: 'nobody' };
  const state = memo?.[MEMO.state] as MemoState | undefined;
  // It ended before its first call: the state that it left says so, and a call costs nothing that was not made.
  if (state !== undefined && state.verdicts.length === 0 && isEnd(state.phase)) {
    return { ...run, tally: withoutCalls(state.phase), by: 'memo' };
  }
  return { ...run, tally: 'no-tally', by: 'nobody' };
}

function isUntold({ tally }: EndedGeneration): boolean {
  return tally === 'no-tally';
}

async function readResults(
  context: ClientContext,
  silent: readonly EndedGeneration[],
): Promise<ReadonlyMap<string, EndedGeneration>> {
  const read = new Map<string, EndedGeneration>();
  for (let from = 0; from < silent.length; from += AT_ONCE) {
    const some = silent.slice(from, from + AT_ONCE);
    const tallies = await Promise.all(some.map((run) => tallyFromOutcome(context, run)));
    some.forEach((run, i) => {
      const tally = tallies[i];
      if (tally !== undefined) read.set(run.runId, { ...run, tally, by: 'result' });
    });
  }
  return read;
}

/** A later release may tell more; another version is not guessed at. */
function isTally(value: unknown): value is Tally {
  return value !== null && typeof value === 'object' && 'v' in value && value.v === 1 && 'calls' in value;
}

function isEnd(phase: string): phase is Tally['end'] {
  return phase === 'dead' || phase === 'cancelled';
}

function withoutCalls(end: Tally['end']): Tally {
  return { ...NOTHING, end };
}

/** What is not known of it stands as the default that most requests have. */
export const NOTHING: Omit<Tally, 'end'> = {
  v: 1,
  images: 0,
  drafts: 0,
  urgency: 'interactive',
  deadlineMs: 0,
  waitMs: {},
  calls: [],
};

function checkTime(since: Date, until: Date | undefined): void {
  if (Number.isNaN(since.getTime())) throw invalid('since', 'no date', 'must be a date');
  if (until === undefined) return;
  if (Number.isNaN(until.getTime())) throw invalid('until', 'no date', 'must be a date');
  if (since >= until) {
    throw invalid('since', since.toISOString(), `must be before until, ${until.toISOString()}`);
  }
}
