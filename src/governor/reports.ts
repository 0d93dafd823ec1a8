/** What a process tells, applied: returned slots, rejections, how calls ended, what its configuration knows. */
import type { ExchangeRequest, LaneReport, Rejected } from '../contract/exchange.ts';
import type { QuotaViolation } from '../domain/classification.ts';
import { total } from './dealing.ts';
import type { LaneState } from './lane/index.ts';
import {
  atTime,
  isPaced,
  limitsOf,
  merged,
  overdrawn,
  overheard,
  rejected,
  returned,
  unpaced,
  withLimits,
  withSendLag,
  withSizes,
} from './lane/index.ts';
import { DIMENSIONS } from './limits.ts';
import { spendAt, spendLost, spendRefused, spentBy, withSpendLimit } from './spend.ts';
import type { StandingState } from './standing/index.ts';
import { quotaUse, standingAfter, withEvent } from './standing/index.ts';
import type { GovernorState } from './state.ts';
import { laneKey, laneOf, withLane } from './state.ts';
import { reachMs, termMs } from './terms.ts';

const DAY_MS = 24 * 3_600_000;
/** Beyond the window: the widest margin that a lane may keep. */
const WIDEST_WINDOW = 1.1;

export function told(before: GovernorState, request: ExchangeRequest, now: number): GovernorState {
  let state = calendar(lost(before, request, now), request, now);
  const limited = withSpendLimit(state.spend, request.spend, state.windowMs, now);
  // Before the refusals: what was paid until then is what they teach.
  state = { ...state, spend: spentBy(limited, request.routes, now) };
  for (const report of request.lanes) state = lane(state, request.process, report, now);
  const { process, routes, probes, uses, leaving } = request;
  const standing = standingAfter(
    state.standing,
    {
      process,
      routes,
      probes,
      uses,
      scale: state.windowMs / 60_000,
      ...(leaving === true ? { leaving } : {}),
    },
    now,
  );
  const spend = spendAt(state.spend, now);
  state = { ...state, standing: taught(before.lanes, state.lanes, standing, now), spend };
  return alerted(state, now);
}

/** An event for each limit that a rejection taught; a probe upwards is none until it is refused. */
function taught(
  before: GovernorState['lanes'],
  after: GovernorState['lanes'],
  standing: StandingState,
  now: number,
): StandingState {
  let known = standing;
  for (const [key, { book, models }] of Object.entries(after)) {
    // Two model ids may have turned out to be one quota.
    const earlier = (
      before[key] ?? Object.values(before).find((lane) => lane.models.some((id) => models.includes(id)))
    )?.book;
    for (const dimension of DIMENSIONS) {
      const was = earlier?.[dimension]?.seen;
      const is = book[dimension]?.seen;
      if (is?.source !== 'learned' || is.probing || is.limit === was?.limit) continue;
      const how = is.numbered ? 'as a 429 named it' : 'what went through before a 429';
      const bound = was ?? earlier?.[dimension]?.config;
      const why = `${bound === undefined ? '' : `${bound.limit} → `}${is.limit}: ${how}`;
      known = withEvent(known, 'limit-learned', `${models[0] ?? key} ${dimension}`, why, now);
    }
  }
  return known;
}

/** What was before could not be read, its epoch neither. */
export const UNKNOWN_EPOCH = 'unknown';

/** A process that knows another incarnation has leases that this one did not give. */
function lost(state: GovernorState, { epoch, windowMs }: ExchangeRequest, now: number): GovernorState {
  if (epoch === undefined || epoch === state.epoch || epoch === state.lostEpoch) return state;
  // It began as a successor that could not read what was before: this is what it was.
  if (state.lostEpoch === UNKNOWN_EPOCH) return { ...state, lostEpoch: epoch };
  if (state.lostEpoch !== undefined && state.quietUntil > now) return state;
  return afterLoss({ ...state, windowMs: whole(windowMs, state.windowMs) }, epoch, now);
}

/**
 * An earlier incarnation and all it knew are gone: its leases must be over and a window must have passed
 * before anything is leased, and of today's calls nothing is known.
 */
export function afterLoss(state: GovernorState, epoch: string, now: number): GovernorState {
  const { windowMs } = state;
  const processes = Object.keys(state.processes).length + 1;
  const quietUntil = now + reachMs(termMs(processes, windowMs)) + windowMs * WIDEST_WINDOW;
  const lanes = Object.entries(state.lanes).map(([model, each]): [string, LaneState] => [
    model,
    {
      ...each,
      free: [],
      dayIsUnknown: true,
      pausedUntil: quietUntil,
      nextAt: Math.max(each.nextAt, quietUntil),
    },
  ]);
  const spend = spendLost(state.spend, now);
  return { ...state, lostEpoch: epoch, quietUntil, spend, lanes: Object.fromEntries(lanes) };
}

function whole(value: number, otherwise: number): number {
  return value > 0 && Number.isFinite(value) ? value : otherwise;
}

function calendar(state: GovernorState, { resets, windowMs }: ExchangeRequest, now: number): GovernorState {
  const coming = [...resets].filter((at) => at > now && at < now + 3 * DAY_MS).sort((a, b) => a - b);
  return {
    ...state,
    windowMs: whole(windowMs, state.windowMs),
    resets: coming.length > 0 ? coming : state.resets.filter((at) => at > now),
  };
}

function lane(before: GovernorState, process: string, report: LaneReport, now: number): GovernorState {
  const { model } = report;
  let state = before;
  const msToReset = (state.resets.find((at) => at > now) ?? now + DAY_MS) - now;
  const own = (each: LaneState): LaneState => {
    const due = report.returned.filter((at) => leasedTo(state, process, model).has(at));
    const firstRejected = Math.min(now, ...report.rejections.map(({ agoMs }) => now - agoMs - 1));
    const limited = withLimits(atTime(each, { msToReset }, now), report.config, report.live, now);
    const sized = withSizes(limited, report, shareOf(state, process, report), now);
    const sent = unpaced(returned(sized, due, now), report.unpaced, firstRejected);
    const beyond = { tokens: report.extraTokens ?? 0, images: report.extraImages ?? 0 };
    return withSendLag(overdrawn(sent, beyond, now), report.lagMs);
  };
  state = withLane(state, model, own(laneOf(state, model)));
  state = withoutReturned(state, process, report);
  for (const rejection of report.rejections) state = refused(state, report, rejection, now);
  return state;
}

/** Of all calls that wait for this lane, those that the report speaks of. */
function shareOf(state: GovernorState, process: string, { model, demand, asleep }: LaneReport): number {
  const key = laneKey(state, model);
  const own = total(demand) + total(asleep);
  const all = Object.entries(state.processes).reduce(
    (sum, [id, { claims }]) =>
      Object.entries(claims).reduce(
        (n, [claimed, claim]) =>
          (id === process && claimed === model) || laneKey(state, claimed) !== key
            ? n
            : n + total(claim.demand) + total(claim.asleep),
        sum,
      ),
    own,
  );
  return own > 0 ? own / all : 0;
}

function leasedTo(state: GovernorState, process: string, model: string): ReadonlySet<number> {
  return new Set(state.processes[process]?.claims[model]?.leased ?? []);
}

function withoutReturned(
  state: GovernorState,
  process: string,
  { model, returned: times }: LaneReport,
): GovernorState {
  const known = state.processes[process];
  const claim = known?.claims[model];
  if (known === undefined || claim === undefined || times.length === 0) return state;
  const gone = new Set(times);
  const claims = {
    ...known.claims,
    [model]: { ...claim, leased: claim.leased.filter((at) => !gone.has(at)) },
  };
  return { ...state, processes: { ...state.processes, [process]: { ...known, claims } } };
}

function refused(
  before: GovernorState,
  { model }: LaneReport,
  rejection: Rejected,
  now: number,
): GovernorState {
  if (rejection.isSpend === true) {
    return { ...before, spend: spendRefused(before.spend, rejection.retryAfterMs, now - rejection.agoMs) };
  }
  const named = rejection.violations.find((violation) => violation.model !== undefined)?.model;
  const state = named === undefined ? before : aliased(before, model, bareModel(named));
  const here = laneOf(state, model);
  const isOwn = (violation: QuotaViolation): boolean =>
    violation.model === undefined || here.models.includes(bareModel(violation.model));
  const own = { ...rejection, violations: rejection.violations.filter(isOwn) };
  const others = rejection.violations.filter((violation) => !isOwn(violation));
  return others.reduce(
    (after, violation) => {
      const other = bareModel(violation.model as string);
      return withLane(after, other, overheard(laneOf(after, other), [violation], now));
    },
    withLane(state, model, rejected(here, own, now)),
  );
}

function bareModel(id: string): string {
  return id.replace(/^.*models\//, '');
}

/** The provider counts `model` under another id: both are one lane from now on. */
function aliased(state: GovernorState, model: string, named: string): GovernorState {
  const here = laneOf(state, model);
  if (here.models.includes(named)) return state;
  const key = laneKey(state, named);
  const { [laneKey(state, model)]: _moved, ...lanes } = state.lanes;
  const there = state.lanes[key];
  const lane = there === undefined ? { ...here, models: [...here.models, named] } : merged(there, here);
  const aliases = Object.fromEntries(here.models.map((each) => [each, key]));
  return { ...state, lanes: { ...lanes, [key]: lane }, aliases: { ...state.aliases, ...aliases } };
}

/** 80 % of any dimension, while it is paced. */
function alerted(state: GovernorState, now: number): GovernorState {
  const standing = Object.values(state.lanes).reduce(
    (known, each) =>
      isPaced(each)
        ? limitsOf(each, now).reduce(
            (after, { model, dimension, limit, used }) =>
              quotaUse(after, `${model} ${dimension}`, used / limit, now),
            known,
          )
        : known,
    state.standing,
  );
  return { ...state, standing };
}
