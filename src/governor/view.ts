/** A governor, as `gemini-images routes` and the console show it. */
import type { GovernorView, LaneView } from '../contract/exchange.ts';
import { total } from './dealing.ts';
import type { LaneState } from './lane/index.ts';
import { closedFor, countedAs, everyMs, isPaced, limitsOf } from './lane/index.ts';
import { spendClosed, spendView } from './spend.ts';
import { standingView } from './standing/index.ts';
import type { Claimed, GovernorState } from './state.ts';
import { laneKey } from './state.ts';

/** @param now The governor's clock; what it heard last stands as it was then. */
export function governorView(state: GovernorState, now: number): GovernorView {
  const { id, epoch, at, exchanges } = state;
  return {
    id,
    epoch,
    at,
    processes: Object.entries(state.processes).map(([process, { seenAt, claims }]) => ({
      process,
      askedMsAgo: Math.max(0, now - seenAt),
      leased: sum(claims, ({ leased }) => leased.filter((slot) => slot > now).length),
      waiting: sum(claims, ({ demand }) => total(demand)),
    })),
    lanes: Object.entries(state.lanes).map(([key, lane]) => laneView(state, key, lane, now)),
    spend: spendView(state.spend, now),
    exchanges,
    ...standingView(state.standing, now),
  };
}

function laneView(state: GovernorState, key: string, lane: LaneState, now: number): LaneView {
  const claims = Object.values(state.processes).flatMap((process) =>
    Object.entries(process.claims).flatMap(([model, claim]) =>
      laneKey(state, model) === key ? [claim] : [],
    ),
  );
  const closed = closedFor(lane, now) ?? spendClosed(state.spend, lane.models[0] ?? key, now);
  return {
    model: lane.models[0] ?? key,
    countedAs: countedAs(lane),
    limits: limitsOf(lane, now),
    waiting: claims.reduce((n, { demand }) => n + total(demand), 0),
    asleep: claims.reduce((n, { asleep }) => n + total(asleep), 0),
    ...(isPaced(lane) ? { perMinute: Math.round((60_000 / everyMs(lane)) * 100) / 100 } : {}),
    ...(closed === undefined ? {} : { closed }),
  };
}

function sum(claims: Readonly<Record<string, Claimed>>, of: (claim: Claimed) => number): number {
  return Object.values(claims).reduce((n, claim) => n + of(claim), 0);
}
