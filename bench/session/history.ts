/**
 * What a session's turns add to its history, event by event over all of its runs. What a run hands to the next
 * one is apart: it grows with the session and is paid once a run, not once a turn.
 */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { SESSION_UPDATES } from '../../src/contract/names.ts';

export interface Weight {
  readonly bytes: number;
  readonly events: number;
}

/** From the end of one run to the first turn of the next. */
export interface Carried extends Weight {
  /** Turns that were accepted by then. */
  readonly turns: number;
}

export interface SessionHistory {
  /** In the order in which they were accepted; each with the workflow tasks that it took. */
  readonly turns: readonly Weight[];
  readonly carried: readonly Carried[];
  readonly runs: number;
  /** Of all runs: encoded as here, and as the server counts them. */
  readonly bytes: number;
  readonly countedByServer: number;
}

type Event = NonNullable<NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number]>;

export const RPC_DEADLINE_MS = 30_000;
const NOTHING: Weight = { bytes: 0, events: 0 };

/** Once the session is quiet. */
export async function sessionHistory(client: Client, sessionId: string): Promise<SessionHistory> {
  const turns: Weight[] = [];
  const carried: Carried[] = [];
  let beginning = NOTHING;
  let countedByServer = 0;
  const runs = await runsOf(client, sessionId);
  for (const { events, historySize } of runs) {
    countedByServer += historySize;
    let isBeginning = true;
    /** Workflow tasks that are not yet known to be anybody's. */
    let tasks = NOTHING;
    const toTurn = (weight: Weight): void => {
      const last = turns.pop();
      if (last === undefined) beginning = sum(beginning, tasks, weight);
      else turns.push(sum(last, tasks, weight));
      tasks = NOTHING;
    };
    const toCarried = (weight: Weight): void => {
      const last = carried.pop() as Carried;
      carried.push({ ...sum(last, weight), turns: last.turns });
    };
    for (const event of events) {
      const weight = { bytes: bytesOf(event), events: 1 };
      if (event.workflowExecutionContinuedAsNewEventAttributes != null) {
        toTurn(NOTHING);
        carried.push({ ...weight, turns: turns.length });
      } else if (isBeginning) {
        if (carried.length > 0) toCarried(weight);
        else beginning = sum(beginning, weight);
        isBeginning = event.workflowTaskCompletedEventAttributes == null;
      } else if (isTask(event)) {
        tasks = sum(tasks, weight);
      } else {
        if (isEdit(event)) turns.push(NOTHING);
        toTurn(weight);
      }
    }
    if (tasks.events > 0) toTurn(NOTHING);
  }
  const { bytes } = sum(beginning, ...turns, ...carried);
  return { turns, carried, runs: runs.length, bytes, countedByServer };
}

interface Run {
  readonly events: readonly Event[];
  readonly historySize: number;
}

/** Oldest first: each names the one before it. */
async function runsOf(client: Client, workflowId: string): Promise<readonly Run[]> {
  const runs: Run[] = [];
  let runId: string | undefined;
  do {
    const run = await runOf(client, client.workflow.getHandle(workflowId, runId));
    runs.unshift(run);
    runId = run.events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
  } while (runId !== undefined);
  return runs;
}

async function runOf(client: Client, handle: WorkflowHandle): Promise<Run> {
  return await client.withDeadline(Date.now() + RPC_DEADLINE_MS, async () => {
    const { events } = await handle.fetchHistory();
    const { historySize } = await handle.describe();
    return { events: events ?? [], historySize: historySize ?? 0 };
  });
}

function isTask(event: Event): boolean {
  return (
    event.workflowTaskScheduledEventAttributes != null ||
    event.workflowTaskStartedEventAttributes != null ||
    event.workflowTaskCompletedEventAttributes != null
  );
}

function isEdit({ workflowExecutionUpdateAcceptedEventAttributes: update }: Event): boolean {
  return update?.acceptedRequest?.input?.name === SESSION_UPDATES.edit;
}

/** A decoded message knows its own encoding. */
function bytesOf(event: Event): number {
  const message = event.constructor as unknown as { encode(event: Event): { finish(): Uint8Array } };
  return message.encode(event).finish().length;
}

function sum(...weights: readonly Weight[]): Weight {
  return weights.reduce((all, { bytes, events }) => ({
    bytes: all.bytes + bytes,
    events: all.events + events,
  }));
}
