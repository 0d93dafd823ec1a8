/**
 * The budget's one reducer: what a process holds, spent and needs goes in, leased money comes out.
 *
 * - B1: settled (sure and possible) + leased ≤ cap, after whatever is granted here.
 * - B2: a repeated request gets the answer it had; one that comes late changes nothing.
 * - B3: a call counts once, whoever books it and however often.
 *
 * Pure and total: whatever a process tells, it returns.
 */
import type { BudgetAnswer, BudgetEvent, BudgetRequest } from '../../contract/budget.ts';
import { booked } from './booking.ts';
import { granted } from './grant.ts';
import { aged, inherited, leasedOf, LEASE_TERM_MS, orphansOf, USABLE_MS } from './leases.ts';
import { marked } from './marks.ts';
import { stampOf } from './periods.ts';
import type { Budget, BudgetState, Lease } from './state.ts';
import { atLeast, told } from './terms.ts';

const MOST_EVENTS = 50;

export interface Exchanged {
  readonly state: BudgetState;
  readonly answer: BudgetAnswer;
  /** What was passed by this exchange. */
  readonly events: readonly BudgetEvent[];
}

export function exchange(before: BudgetState, request: BudgetRequest, clock: number): Exchanged {
  const now = Math.max(clock, before.heardAt);
  const known = before.leases.find(({ process }) => process === request.process);
  if (known !== undefined && request.seq <= known.answer.seq) {
    return { state: before, answer: known.answer, events: [] };
  }

  const old = inherited(aged(before.leases, before.heardAt, now), request, now);
  const budgets = termsOf(before, request, now);
  const books = booked({ budgets, booked: before.booked }, [...request.settled, ...old.settled]);
  const others = old.leases.filter(({ process }) => process !== request.process);
  const dearest = Math.max(0, ...request.calls.map(([price]) => price));
  const passed = books.budgets.map((budget) => marked(budget, dearest, now));
  const events = passed.flatMap((each) => each.events);
  const { lease, answer } = leased(
    before.epoch,
    passed.map(({ budget }) => budget),
    others,
    request,
    now,
  );
  const state: BudgetState = {
    ...before,
    heardAt: now,
    budgets: passed.map(({ budget }) => budget),
    leases: [...others, lease],
    booked: books.booked,
    events: [...before.events, ...events].slice(-MOST_EVENTS),
    exchanges: before.exchanges + 1,
  };
  return { state, answer, events };
}

function termsOf(
  before: BudgetState,
  { terms, process, epoch, heard }: BudgetRequest,
  now: number,
): readonly Budget[] {
  const budgets = told(before.budgets, terms, process, now);
  const isStranger = epoch !== undefined && epoch !== before.epoch;
  return isStranger ? budgets.map((budget) => atLeast(budget, heard)) : budgets;
}

function leased(
  epoch: string,
  budgets: readonly Budget[],
  others: readonly Lease[],
  request: BudgetRequest,
  now: number,
): { readonly lease: Lease; readonly answer: BudgetAnswer } {
  const { process, seq, terms } = request;
  const stamp = stampOf(budgets);
  const held = request.holds.filter(({ micros }) => micros > 0);
  const kept = (holds: Lease['holds'], answer: BudgetAnswer): Lease => ({
    process,
    holds,
    endsAt: now + LEASE_TERM_MS,
    answer,
  });
  const empty: BudgetAnswer = {
    seq,
    epoch,
    grantedMicros: 0,
    stamp,
    usableMs: USABLE_MS,
    tight: false,
    standings: [],
    orphans: orphansOf(others, now),
  };
  const { micros, tight } = granted(budgets, [...others, kept(held, empty)], request);
  const holds = micros > 0 ? [...held, { stamp, micros }] : held;
  const leases = [...others, kept(holds, empty)];
  const standings = budgets
    .filter(({ period }) => terms.some((each) => each.period === period))
    .map((budget) => ({
      period: budget.period,
      from: budget.now.from.at,
      capMicros: budget.capMicros,
      sureMicros: budget.now.sureMicros,
      possibleMicros: budget.now.possibleMicros,
      leasedMicros: leasedOf(budget, leases),
      endsInMs: Math.max(0, budget.now.until.at - now),
      until: budget.now.until.iso,
    }));
  const answer: BudgetAnswer = { ...empty, grantedMicros: micros, tight, standings };
  return { lease: kept(holds, answer), answer };
}
