/**
 * A generation's side of a batch lane: its call enters, asks where it is, and leaves. All of it may be
 * repeated: what goes into the lane is stored once, and who enters twice is collected once.
 */
import { Context } from '@temporalio/activity';
import type {
  EnterLaneInput,
  LaneItem,
  LaneStanding,
  LeaveAnswer,
  LeaveLaneInput,
} from '../src/contract/lane.ts';
import { DEFAULT_LANE_LIMITS, itemKey, JOB_LIFE_MS } from '../src/contract/lane.ts';
import { laneWorkflowId } from '../src/contract/names.ts';
import { quotaId } from '../src/domain/path.ts';
import { requestLine } from '../src/gemini/batch-request.ts';
import { StoreUnavailable } from '../src/artifacts/errors.ts';
import { AttemptRecords } from './attempt-records.ts';
import type { ActivityDeps } from './deps.ts';
import { invalid, storeAway } from './failures.ts';
import { startHeartbeat } from './heartbeat.ts';
import { joinLane, tellLaneOfLeaving } from './lane-link.ts';
import { giveBackFromLane, reserveForLane } from './lane-money.ts';
import type { Entered } from './lane-records.ts';
import { ItemRecords } from './lane-records.ts';
import { loadCall, rungOf } from './prepare-call.ts';
import { worstUsdOf } from './price.ts';

/**
 * `gemini.enterLane`: throws `gemini.invalid-request` for what cannot be sent, `gemini.wait` where its tenant's budget
 * has not the money; nothing is sent here.
 */
export async function enterLane(deps: ActivityDeps, input: EnterLaneInput): Promise<LaneStanding> {
  const { generationId: generation, n, entry } = input;
  const item = { generation, n, entry };
  const heartbeat = startHeartbeat(Context.current(), { phase: 'preparing', n });
  try {
    const records = new ItemRecords(deps.store, item);
    if ((await records.entered()) === undefined) {
      const { entered, worstUsd } = await lineOf(deps, input, heartbeat.cancelled);
      await reserveForLane(deps, input, worstUsd, heartbeat.cancelled);
      await records.enter(entered);
    }
    return await standingOf(deps, item);
  } catch (error) {
    throw error instanceof StoreUnavailable ? storeAway(error) : error;
  } finally {
    heartbeat.stop();
  }
}

/** `gemini.askLane`: where it is; a lane that was ended is started again and takes it over. */
export async function askLane(deps: ActivityDeps, item: LaneItem): Promise<LaneStanding> {
  try {
    return await standingOf(deps, item);
  } catch (error) {
    throw error instanceof StoreUnavailable ? storeAway(error) : error;
  }
}

/**
 * `gemini.leaveLane`: free of charge where no job has claimed it. Else the provider cannot take one item out of
 * a job: whatever comes of it, nobody waits for it, and it is booked as possibly billed (I10). The job is
 * cancelled where nobody else is in it.
 */
export async function leaveLane(deps: ActivityDeps, input: LeaveLaneInput): Promise<LeaveAnswer> {
  const { generation, n, entry } = input;
  const item: LaneItem = { generation, n, entry };
  try {
    const records = new ItemRecords(deps.store, item);
    const entered = await records.entered();
    const claim = await records.claim({ at: Date.now(), left: true });
    if ('left' in claim) {
      // A lane that does not hear of it will find the claim.
      if (entered !== undefined) await tellLaneOfLeaving(entered, item).catch(() => undefined);
      // Also where it never came in: the run that let it in may have died just before.
      await giveBackFromLane(deps, input);
      return { kind: 'free' };
    }
    const { job, at } = claim;
    await new AttemptRecords(deps.store, item.generation, item.n).settle({
      kind: 'lost',
      left: true,
      startedAt: at,
      tookMs: Date.now() - at,
    });
    if (entered !== undefined) await tellLaneOfLeaving(entered, { ...item, job }).catch(() => undefined);
    return { kind: 'answered' };
  } catch (error) {
    throw error instanceof StoreUnavailable ? storeAway(error) : error;
  }
}

async function lineOf(
  deps: ActivityDeps,
  input: EnterLaneInput,
  signal: AbortSignal,
): Promise<{ readonly entered: Entered; readonly worstUsd: number }> {
  // Files of the provider's storage do not outlast a long batch: inputs travel in the line.
  const { files: _files, ...inline } = input;
  const { path, call, route, tokens, problems } = await loadCall(deps, inline, signal);
  if (problems.length > 0) throw invalid(problems);
  const { generationId: generation, n } = input;
  const line = Buffer.from(await requestLine(itemKey({ generation, n }), call));
  const { sha256: stored } = await deps.store.put(line, 'application/jsonl');
  const account = quotaId(route.gemini.account);
  const { model } = rungOf(input);
  const queue = Context.current().info.taskQueue;
  const entered = {
    ...{ route: route.name, model, account, queue, lane: laneWorkflowId(queue, account, model) },
    line: stored,
    bytes: line.length,
    requestDigest: input.snapshot.requestDigest,
    fingerprint: path.fingerprint,
  };
  return { entered, worstUsd: worstUsdOf(deps, input, call, tokens) };
}

async function standingOf(deps: ActivityDeps, item: LaneItem): Promise<LaneStanding> {
  const { generation, n, entry } = item;
  const records = new ItemRecords(deps.store, item);
  if ((await new AttemptRecords(deps.store, generation, n).outcome()) !== undefined)
    return { kind: 'answered' };
  const [entered, claim] = [await records.entered(), await records.claimed()];
  if (entered === undefined) throw new StoreUnavailable(`what ${itemKey(item)} would send is not stored yet`);
  const job = claim !== undefined && 'job' in claim ? claim.job : undefined;
  const limits = deps.lane ?? DEFAULT_LANE_LIMITS;
  await joinLane(entered, {
    ...{ generation, n, entry, bytes: entered.bytes, limits, timeScale: deps.timeScale },
    ...(job === undefined ? {} : { job }),
  });
  return job === undefined || claim === undefined
    ? { kind: 'collecting', until: Date.now() + limits.ageMs }
    : { kind: 'submitted', job, until: claim.at + JOB_LIFE_MS };
}
