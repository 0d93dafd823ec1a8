/** How activities speak to lanes and generations: by the worker's own client. */
import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { LaneJoin, LaneLeave, LaneNews } from '../src/contract/lane.ts';
import { LANE_NEWS_SIGNAL, LANE_SIGNALS, WORKFLOW_TYPES } from '../src/contract/names.ts';
import type { Entered } from './lane-records.ts';

const DEADLINE_MS = 10_000;

/** Starts the lane where it is not there. */
export async function joinLane({ lane, queue, ...entered }: Entered, join: LaneJoin): Promise<void> {
  const { route, model, account } = entered;
  await inTime((client) =>
    client.workflow.signalWithStart(WORKFLOW_TYPES.lane, {
      workflowId: lane,
      taskQueue: queue,
      args: [{ route, model, account }],
      signal: LANE_SIGNALS.join,
      signalArgs: [join],
      staticSummary: `batch lane of ${model}`,
    }),
  );
}

/** A lane that is not there has nothing to forget. */
export async function tellLaneOfLeaving({ lane }: Pick<Entered, 'lane'>, leave: LaneLeave): Promise<void> {
  await ifThere(lane, LANE_SIGNALS.leave, leave);
}

/** A generation that has ended needs no news. */
export async function tellGeneration(generation: string, news: LaneNews): Promise<void> {
  await ifThere(generation, LANE_NEWS_SIGNAL, news);
}

async function ifThere(workflowId: string, signal: string, payload: object): Promise<void> {
  try {
    await inTime((client) => client.workflow.getHandle(workflowId).signal(signal, payload));
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

async function inTime<T>(call: (client: Client) => Promise<T>): Promise<T> {
  const { client } = Context.current();
  return await client.withDeadline(Date.now() + DEADLINE_MS, () => call(client));
}
