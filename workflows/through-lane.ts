/**
 * A call that may wait, by the batch lane: it enters, waits for its answer however long that takes, and takes
 * it in as a live one. Its caller or an operator may call it out of the lane; cancelled or at its deadline it
 * leaves by itself. Whatever an item that was already sent may cost is booked (I10, I13).
 */
import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { Delivery } from '../src/contract/generation.ts';
import type { EnterLaneInput, LaneItem, LaneStanding } from '../src/contract/lane.ts';
import type { Phase } from '../src/domain/phase.ts';
import type { PolicySnapshot } from '../src/domain/snapshot.ts';
import { worstUsdOf } from '../src/policies/remedies.ts';
import { boundSpent, withinCost } from '../src/policies/situation.ts';
import type { Call } from '../src/policies/step.ts';
import { activityOutcome } from './activity-outcome.ts';
import { batching } from './activity-options.ts';
import type { Called } from './calls.ts';
import { extract, lookAgain } from './calls.ts';
import { Ended, noVerdict } from './ends.ts';
import { generateInput } from './generate-input.ts';
import { live } from './lane-way.ts';
import type { GenerationState } from './state.ts';

/** Between looks, where no news come: a lane that was ended is found out, and started again. */
const FIRST_LOOK_MS = 5 * 60_000;
const LONGEST_LOOK_MS = 60 * 60_000;
const SHORTEST_LOOK_MS = 1_000;
/** Before the deadline: to leave, and to book what that costs. */
const LEAVING_MS = 10_000;

/**
 * - `live`: it has left before anything was sent;
 * - `wait`: its tenant's budget has no money for it now, it is not in the lane.
 */
export type ByLane =
  Extract<Called<Delivery>, { kind: 'given' | 'recorded' | 'invalid' | 'wait' }> | { readonly kind: 'live' };

/** A person called it out of the lane and the item could not be taken back: the same call, live, at once. */
export function promoted({ lane, last, attempts, snapshot }: GenerationState): Call | undefined {
  const { wish } = lane;
  if (wish?.to !== 'live' || last?.variation.batch !== true || snapshot === undefined) return undefined;
  const variation = live(last.variation);
  const spent = { all: attempts, snapshot };
  const hasRoom = boundSpent(spent) === undefined && withinCost(spent, worstUsdOf(snapshot, variation));
  if (last.classification.branch !== 'interrupted' || !hasRoom) return undefined;
  return {
    kind: 'call',
    delayMs: 0,
    variation,
    move: { kind: 'operator', choice: 'retry', change: `batch → live, by ${wish.words}` },
    why: `called out of the batch lane by ${wish.words}`,
  };
}

export async function throughLane(state: GenerationState, call: Call): Promise<ByLane> {
  const plain = generateInput(state, call);
  const { n } = plain;
  const entry = state.lane.enter(n);
  const input = { ...plain, entry };
  const item = { generation: state.id, n, entry };
  state.desk.put(undefined);
  try {
    return await stay(state, call, input, item);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(async () => {
      if ((await leave(state, item)) === 'answered') await extract(state, input);
    });
    throw error;
  }
}

async function stay(
  state: GenerationState,
  call: Call,
  input: EnterLaneInput,
  item: LaneItem,
): Promise<ByLane> {
  let standing: LaneStanding | undefined;
  for (let looks = 0; ; looks += 1) {
    const news = standing === undefined ? await enter(state, input, item) : state.lane.takeNews();
    if (news?.kind === 'invalid' || news?.kind === 'wait') return news;
    // Nobody told: it asks.
    standing = news ?? (await ask(state, item));
    if (standing.kind === 'answered') return await extract(state, input);
    state.enter(phaseOf(state, call, standing));
    await untilNews(state, standing, looks);
    if (state.lane.hasNews) continue;
    const isLate = Date.now() >= state.deadlineAt - LEAVING_MS;
    if (state.lane.wish?.to !== 'live' && !isLate) continue;
    if ((await leave(state, item)) === 'answered') return await extract(state, input);
    if (isLate) throw new Ended(noVerdict('no batch took it before the deadline', 'no'));
    return { kind: 'live' };
  }
}

type Entering = LaneStanding | Extract<Called<Delivery>, { kind: 'invalid' | 'wait' }>;

async function enter(state: GenerationState, input: EnterLaneInput, item: LaneItem): Promise<Entering> {
  return await untilDone(state, item, async () => {
    const { model } = state.rungOf(input.variation);
    return await batching(`call ${item.n} into the batch lane of ${model}`)['gemini.enterLane'](input);
  });
}

async function ask(state: GenerationState, item: LaneItem): Promise<LaneStanding> {
  const standing = await untilDone(state, item, () =>
    batching(`call ${item.n}: where is it in the batch lane`)['gemini.askLane'](item),
  );
  return standing as LaneStanding;
}

async function leave(state: GenerationState, item: LaneItem): Promise<'free' | 'answered'> {
  const { tenant } = state.request;
  const input = { ...item, ...(tenant === undefined ? {} : { tenant }) };
  for (;;) {
    try {
      const summary = `call ${item.n} leaves the batch lane`;
      return (await batching(summary)['gemini.leaveLane'](input)).kind;
    } catch (error) {
      const outcome = activityOutcome(error);
      if (outcome.kind === 'cancelled') throw error;
      await lookAgain(state, item.n, outcome.kind === 'again' ? outcome.why : outcome.kind);
    }
  }
}

/** A store that is away, or no worker, is waited for; the deadline ends it. */
async function untilDone(
  state: GenerationState,
  { n }: LaneItem,
  act: () => Promise<LaneStanding>,
): Promise<Entering> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      const outcome = activityOutcome(error);
      if (outcome.kind === 'cancelled') throw error;
      if (outcome.kind === 'invalid') return { kind: 'invalid', problems: outcome.problems };
      if (outcome.kind === 'wait') return { kind: 'wait', wait: outcome.wait };
      await lookAgain(state, n, outcome.kind === 'again' ? outcome.why : outcome.kind);
    }
  }
}

async function untilNews(state: GenerationState, { kind }: LaneStanding, looks: number): Promise<void> {
  const { timeScale = 1 } = state.snapshot ?? {};
  const pace = Math.min(LONGEST_LOOK_MS, FIRST_LOOK_MS * 2 ** Math.min(looks, 10)) * timeScale;
  const left = state.deadlineAt - LEAVING_MS - Date.now();
  const ms = Math.max(1, Math.min(Math.max(SHORTEST_LOOK_MS, pace), left));
  const summary = kind === 'collecting' ? 'collected for a batch' : 'in a batch job';
  await condition(() => state.lane.hasNews || state.lane.wish?.to === 'live', ms, { summary });
}

function phaseOf(
  state: GenerationState,
  { variation }: Call,
  standing: Exclude<LaneStanding, { kind: 'answered' }>,
): Phase {
  const snapshot = state.snapshot as PolicySnapshot;
  const batchUsd = worstUsdOf(snapshot, variation);
  const moreUsd = worstUsdOf(snapshot, live(variation)) - batchUsd;
  const { model } = state.rungOf(variation);
  const { until } = standing;
  if (standing.kind === 'collecting') {
    const why = `collected for the next batch of ${model}, at a lower price`;
    return { phase: 'batching', until, why, leaving: { moreUsd, lostUsd: 0 } };
  }
  const { job, why } = standing;
  const words =
    why === undefined
      ? `in a batch job of ${model}`
      : `in a batch job of ${model} that is not taken yet: ${why}`;
  return { phase: 'batching', until, why: words, job, leaving: { moreUsd, lostUsd: batchUsd } };
}
