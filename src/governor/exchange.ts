/**
 * The governor's one reducer: what a process tells goes in, its lease and the account's standing come out.
 * A repeated request gets the answer it had (I6: slots are leased once), by an id that travels with the
 * state. Pure and total: whatever a process tells, it returns.
 */
import type {
  Demand,
  ExchangeAnswer,
  ExchangeRequest,
  LaneAnswer,
  LaneReport,
} from '../contract/exchange.ts';
import { sumIn } from './buckets.ts';
import { EXPECTED, aged, deal, total, without } from './dealing.ts';
import type { Claim } from './dealing.ts';
import { overlaid } from './curve.ts';
import {
  atTime,
  bindingOf,
  closedFor,
  countedAs,
  everyMs,
  isPaced,
  leased,
  leftToday,
  limitsOf,
  madeUntil,
  roomPerSlot,
  slotMs,
} from './lane/index.ts';
import { told } from './reports.ts';
import { sound } from './sound.ts';
import { spendClosed, spendRoom } from './spend.ts';
import { standingFor, withoutTrialsOf } from './standing/index.ts';
import type { Claimed, GovernorState, ProcessState } from './state.ts';
import { laneKey, laneOf, withLane } from './state.ts';
import { isGone, isLost, isSilent, nextAsk, reachMs, soonMs, termMs } from './terms.ts';

export interface Exchanged {
  readonly state: GovernorState;
  readonly answer: ExchangeAnswer;
}

export function exchange(before: GovernorState, asked: ExchangeRequest, clock: number): Exchanged {
  const now = Math.max(clock, before.at);
  const request = sound(asked);
  const known = before.processes[request.process];
  if (known !== undefined && known.answer.requestId === request.requestId) {
    return { state: before, answer: known.answer };
  }
  const heard = told(withoutGone({ ...before, at: now }, now), request, now);
  return request.leaving === true ? left(heard, request) : lease(heard, request, now);
}

function withoutGone(state: GovernorState, now: number): GovernorState {
  const here = Object.entries(state.processes).filter(
    ([, { seenAt }]) => !isGone(seenAt, state.windowMs, now),
  );
  const term = termMs(here.length, state.windowMs);
  // Where windows are scaled, who is lost may be forgotten first.
  const standing = Object.entries(state.processes)
    .filter(([, { seenAt }]) => isLost(seenAt, term, now) || isGone(seenAt, state.windowMs, now))
    .reduce((after, [process]) => withoutTrialsOf(after, process), state.standing);
  return { ...state, standing, processes: Object.fromEntries(here) };
}

/** It ends: nothing is leased to it, and what it had was returned. */
function left(state: GovernorState, request: ExchangeRequest): Exchanged {
  const { [request.process]: _left, ...processes } = state.processes;
  const answer = answerOf(state, request, [], 0);
  return { state: { ...state, processes, exchanges: state.exchanges + 1 }, answer };
}

function lease(heard: GovernorState, request: ExchangeRequest, now: number): Exchanged {
  const { process } = request;
  const processes = active(heard, process, now);
  const term = termMs(processes, heard.windowMs);
  let state = heard;
  const answers: LaneAnswer[] = [];
  const claims: Record<string, Claimed> = stillLeased(heard, process, now);
  const unpriced = unpricedOf(request, now);
  let unpaid = outstanding(heard, process, now) + unpriced;
  for (const report of request.lanes) {
    const { after, claimed, answer, n } = leaseOf(state, process, report, reachMs(term), unpaid, now);
    state = after;
    unpaid += n;
    claims[report.model] = claimed;
    answers.push(answer);
  }
  const standing = standingFor(state.standing, process, now);
  state = { ...state, standing: standing.state, exchanges: state.exchanges + 1 };
  const { stops, degraded, grants, granted, probes, soon } = standing;
  const waitMs = soon ? soonMs(processes, heard.windowMs) : term;
  const seenAt = lastSeenAt(heard, process);
  const { at: againAt, askAt } = nextAsk({ seenAt, askAt: state.askAt ?? 0 }, processes, waitMs, now);
  const answer: ExchangeAnswer = {
    ...answerOf(state, request, answers, processes),
    againMs: againAt - now,
    stops,
    degraded,
    grants,
    granted,
    probes,
  };
  const kept: ProcessState = {
    ...{ seenAt: now, claims, answer: repeatable(answer) },
    ...(unpriced > 0 ? { unpriced } : {}),
  };
  return { state: { ...state, askAt, processes: { ...state.processes, [process]: kept } }, answer };
}

/** When another process asked last. */
function lastSeenAt({ processes }: GovernorState, process: string): number {
  return Object.entries(processes).reduce(
    (latest, [id, { seenAt }]) => (id === process ? latest : Math.max(latest, seenAt)),
    -Infinity,
  );
}

/** Processes that ask, the asking one included; the longest term that they could have is how often they must. */
function active({ processes, windowMs }: GovernorState, process: string, now: number): number {
  const term = termMs(Object.keys(processes).length, windowMs);
  const others = Object.entries(processes).filter(
    ([id, { seenAt }]) => id !== process && !isSilent(seenAt, term, now),
  );
  return others.length + 1;
}

/** What it has of models that it does not speak of now. */
function stillLeased(state: GovernorState, process: string, now: number): Record<string, Claimed> {
  const claims = Object.entries(state.processes[process]?.claims ?? {}).flatMap(
    ([model, claim]): readonly [string, Claimed][] => {
      const still = claim.leased.filter((at) => at > now);
      return still.length === 0
        ? []
        : [[model, { leased: still, coveredUntil: claim.coveredUntil, demand: [], asleep: [], expected: 0 }]];
    },
  );
  return Object.fromEntries(claims);
}

function answerOf(
  { epoch, at }: GovernorState,
  { requestId }: ExchangeRequest,
  lanes: readonly LaneAnswer[],
  processes: number,
): ExchangeAnswer {
  return {
    requestId,
    epoch,
    at,
    againMs: 0,
    processes,
    lanes,
    stops: [],
    degraded: [],
    grants: [],
    granted: [],
    probes: [],
  };
}

/** What a repeated request must be given again; the rest it can do without. */
function repeatable(answer: ExchangeAnswer): ExchangeAnswer {
  return { ...answer, lanes: answer.lanes.map((lane) => ({ ...lane, others: [], limits: [] })) };
}

interface LaneLease {
  readonly after: GovernorState;
  /** Slots that were not leased before. */
  readonly n: number;
  readonly claimed: Claimed;
  readonly answer: LaneAnswer;
}

function leaseOf(
  state: GovernorState,
  process: string,
  report: LaneReport,
  reach: number,
  unpaid: number,
  now: number,
): LaneLease {
  const { model } = report;
  const msToReset = (state.resets.find((at) => at > now) ?? now + DAY_MS) - now;
  let lane = atTime(laneOf(state, model), { msToReset }, now);
  const had = (state.processes[process]?.claims[model]?.leased ?? []).filter((at) => at > now);
  // A slot that has just come is not to come any more, but the call that it is for was still told.
  const ready = without(report.demand, (report.due ?? []).filter((at) => at <= now).length);
  const wanted = wishes({ demand: ready, expected: report.expected });
  const until = now + reach;
  const closed = closedFor(lane, now);
  const own = sumIn(lane.sent.rpm, lane.windowMs + reach, until);
  const affordable = spendRoom(state.spend, model, { calls: unpaid, own }, now);
  const room = closed === undefined ? Math.min(leftToday(lane), affordable) : 0;
  let taken: readonly number[] = [];
  if (isPaced(lane) && room > 0 && total(wanted) > had.length) {
    lane = madeUntil(lane, until, now);
    const claims = claimsOf(state, model, now).filter(({ id }) => id !== idOf(process, model));
    const asking = { id: idOf(process, model), demand: without(wanted, had.length), coveredUntil: now };
    const dealt = deal(lane.free, [...claims, asking], asking.id, lane.served);
    taken = dealt.taken.slice(0, room);
    lane = leased({ ...lane, served: dealt.served }, taken);
  }
  const slots = [...had, ...taken].sort((a, b) => a - b);
  const { asleep, expected } = report;
  const stopped = closed ?? spendClosed(state.spend, model, now);
  return {
    after: withLane(state, model, lane),
    n: taken.length,
    claimed: { leased: slots, coveredUntil: until, demand: ready, asleep, expected },
    answer: {
      model,
      countedAs: countedAs(lane),
      kind: isPaced(lane) ? 'paced' : 'open',
      slots: slots.map((at) => at - now),
      slotMs: slotMs(lane),
      ...roomPerSlot(lane, now),
      everyMs: isPaced(lane) ? everyMs(lane) : 0,
      ...(stopped === undefined ? {} : { closed: stopped }),
      ...optional('binding', bindingOf(lane, now)),
      limits: limitsOf(lane, now),
      others: othersOf(state, process, model, now),
    },
  };
}

const DAY_MS = 24 * 3_600_000;

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

/** What is ready, and what will likely come before the next exchange. */
function wishes({ demand, expected }: Pick<LaneReport, 'demand' | 'expected'>): readonly Demand[] {
  if (expected <= 0) return demand;
  return [...demand, { urgency: EXPECTED, tenant: '', ageMs: 0, n: Math.ceil(expected) }];
}

function idOf(process: string, model: string): string {
  return `${process} ${model}`;
}

/** Everyone who wants slots of the lane that `model` is counted in. */
function claimsOf(state: GovernorState, model: string, now: number): readonly Claim[] {
  const key = laneKey(state, model);
  const term = termMs(Object.keys(state.processes).length, state.windowMs);
  const here = Object.entries(state.processes).filter(([, { seenAt }]) => !isSilent(seenAt, term, now));
  return here.flatMap(([process, { seenAt, claims }]) =>
    Object.entries(claims).flatMap(([claimed, claim]): readonly Claim[] => {
      if (laneKey(state, claimed) !== key) return [];
      const open = without(aged(wishes(claim), now - seenAt), claim.leased.length);
      return [{ id: idOf(process, claimed), demand: open, coveredUntil: claim.coveredUntil }];
    }),
  );
}

function othersOf(state: GovernorState, process: string, model: string, now: number): readonly Demand[] {
  const key = laneKey(state, model);
  const curves = Object.entries(state.processes).flatMap(([other, { seenAt, claims }]) =>
    other === process
      ? []
      : Object.entries(claims).flatMap(([claimed, { demand, asleep }]) =>
          laneKey(state, claimed) === key ? [aged(demand, now - seenAt), aged(asleep, now - seenAt)] : [],
        ),
  );
  return overlaid(curves);
}

/** What this process may spend that is not counted yet: calls on their way, and slots whose time has come. */
function unpricedOf({ lanes, unpriced = 0 }: ExchangeRequest, now: number): number {
  const due = lanes.map((lane) => (lane.due ?? []).filter((at) => at <= now).length);
  return due.reduce((sum, n) => sum + n, unpriced);
}

/** The same of the others, as they told it, and what is leased to anybody. */
function outstanding({ processes }: GovernorState, asking: string, now: number): number {
  return Object.entries(processes).reduce((sum, [process, { claims, unpriced = 0 }]) => {
    const isAsking = process === asking;
    const leased = Object.values(claims).flatMap((claim) =>
      isAsking ? claim.leased.filter((at) => at > now) : claim.leased,
    );
    return sum + leased.length + (isAsking ? 0 : unpriced);
  }, 0);
}
