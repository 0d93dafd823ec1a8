/**
 * `geminiBatchLane`: collects calls that may wait, sends them as batch jobs, looks at those by durable
 * timers. A thin shell: the reducer of `src/lane` decides, this keeps its state, does what is due and lends
 * it Temporal's clock. What comes of an item is stored and told to its generation by the activity that reads
 * it, so that nothing of it passes here. It ends when it is empty; whoever comes next starts it anew.
 */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { LaneInput, LaneJoin, LaneLeave, LaneOf, LaneView } from '../src/contract/lane.ts';
import { LANE_QUERIES, LANE_SIGNALS } from '../src/contract/names.ts';
import type { LaneAction, LaneEvent, LaneState } from '../src/lane/index.ts';
import { due, isEmpty, laneDetails, laneView, newLane, reduce } from '../src/lane/index.ts';
import { batching } from './activity-options.ts';
import { activityOutcome } from './activity-outcome.ts';

const joinSignal = defineSignal<[LaneJoin]>(LANE_SIGNALS.join);
const leaveSignal = defineSignal<[LaneLeave]>(LANE_SIGNALS.leave);
const viewQuery = defineQuery<LaneView>(LANE_QUERIES.lane);

export async function geminiBatchLane({ state: carried, ...of }: LaneInput): Promise<void> {
  let state = (carried as LaneState | undefined) ?? newLane(prefixOf());
  /** Jobs that an activity is at work for. */
  const busy = new Set<string>();
  let isChanged = true;
  const take = (event: LaneEvent): void => {
    state = reduce(state, event, Date.now());
    isChanged = true;
  };
  setHandler(viewQuery, () => laneView(of, state), { description: 'What it collects, and its jobs.' });
  setHandler(joinSignal, (join) => take({ kind: 'join', join }), {
    description: 'An item is here, or still here.',
  });
  setHandler(leaveSignal, (leave) => take({ kind: 'leave', leave }), {
    description: 'Nobody waits for an item any more.',
  });

  const act = async (action: LaneAction): Promise<void> => {
    const { name } = action.job;
    busy.add(name);
    try {
      take(await carryOut(of, state.timeScale, action));
    } catch (error) {
      const outcome = activityOutcome(error);
      take({ kind: 'failed', name, why: outcome.kind === 'again' ? outcome.why : outcome.kind });
    } finally {
      busy.delete(name);
      isChanged = true;
    }
  };

  // The signal that started it may be heard a moment later than this.
  if (isEmpty(state)) await condition(() => !isEmpty(state), '1 min');
  for (;;) {
    isChanged = false;
    const isFull = workflowInfo().continueAsNewSuggested;
    const next = due(state, busy, Date.now());
    state = next.state;
    setCurrentDetails(laneDetails(of, state));
    if (busy.size === 0 && (isFull || isEmpty(state)) && allHandlersFinished()) break;
    // A full run starts nothing more: what is under way is waited for, the next run goes on with the rest.
    if (!isFull) for (const action of next.actions) void act(action);
    const ms = next.wakeAt === undefined || isFull ? undefined : Math.max(1, next.wakeAt - Date.now());
    if (ms === undefined) await condition(() => isChanged);
    else await condition(() => isChanged, ms, { summary: summaryOf(state) });
  }
  if (!isEmpty(state)) await continueAsNew<typeof geminiBatchLane>({ ...of, state });
}

/** The same through continue-as-new, another one for a lane that was ended and started again. */
function prefixOf(): string {
  return `gemini-lane-${workflowInfo().firstExecutionRunId}`;
}

async function carryOut(of: LaneOf, timeScale: number, action: LaneAction): Promise<LaneEvent> {
  const { name } = action.job;
  const input = { ...of, name };
  switch (action.kind) {
    case 'submit': {
      const { job } = action;
      const { list } = job;
      const answer = await batching(`submit ${name}: ${job.items} items`)['gemini.submitBatch']({
        ...input,
        timeScale,
        ...(list === undefined ? {} : { items: list }),
      });
      return { kind: 'submitted', name, answer };
    }
    case 'watch': {
      const { job, since } = action.job;
      const answer = await batching(`look at ${job}`)['gemini.watchBatch']({ ...input, job, since });
      return { kind: 'watched', name, answer };
    }
    case 'cancel': {
      const { job, since } = action.job;
      await batching(`cancel ${job}, where nobody waits for it`)['gemini.cancelBatch']({
        ...input,
        job,
        since,
      });
      return { kind: 'cancelled', name };
    }
  }
}

function summaryOf({ waiting, jobs }: LaneState): string {
  return `${waiting.length} collected, ${jobs.length} jobs`;
}
