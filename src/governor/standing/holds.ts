/**
 * Holds: a cause that a person must fix stops its scope for everyone. One hold for each cause and scope,
 * however many calls ended in it; a person resumes it, then one text call and one generation go first.
 */
import type { RouteReport, RouteVerdict } from '../../contract/exchange.ts';
import type { Hold } from '../../contract/standing.ts';
import type { Branch } from '../../domain/branch.ts';
import { shortText } from '../../domain/short-text.ts';
import { failuresOf } from './buckets.ts';
import { withEvent } from './events.ts';
import { covers, isScope, scopeWords } from './scope.ts';
import type { HoldState, StandingState } from './state.ts';
import { holdScope, opensHold } from './verdict.ts';

/** Scopes come from configuration, so there are few; beyond, the oldest cause is forgotten and opens anew. */
const MOST_HOLDS = 40;
/** Enough that one of them is likely to be there when a probe is wanted. */
const MOST_USERS = 16;
export const LONGEST_MESSAGE_BYTES = 300;

export function holdsAfter(
  before: StandingState,
  process: string,
  report: RouteReport,
  now: number,
): StandingState {
  let state = before;
  for (const [branch, n] of failuresOf(report)) {
    const told = report.verdicts.filter((verdict) => verdict.branch === branch);
    // Told with reasons that only ask to wait: none of them is in the cause.
    const isCause = told.length === 0 || told.some(opensHold);
    const scope = holdScope(branch, report);
    if (scope === undefined || n <= 0 || !isCause) continue;
    const known = state.holds.find((hold) => hold.branch === branch && isScope(hold.scope, scope));
    const [verdict] = told.filter(opensHold);
    if (known !== undefined) state = withHold(state, { ...known, calls: known.calls + n });
    else if (verdict !== undefined) state = opened(state, scope, verdict, n, now);
  }
  for (const verdict of report.verdicts) state = witnessed(state, report, verdict);
  return usedBy(state, process, report);
}

function opened(
  state: StandingState,
  scope: Hold['scope'],
  { branch, reason, message, generationId }: RouteVerdict,
  calls: number,
  now: number,
): StandingState {
  const n = state.numbered.holds + 1;
  const hold: HoldState = {
    id: `h-${n}`,
    scope,
    branch,
    reason,
    message: shortText(message, LONGEST_MESSAGE_BYTES),
    since: now,
    generationId,
    calls,
    phase: 'held',
    usedBy: [],
  };
  const numbered = { ...state.numbered, holds: n };
  const holds = [...withRoom(state.holds), hold];
  return withEvent({ ...state, numbered, holds }, 'hold-opened', holdWords(hold), `${branch}/${reason}`, now);
}

/** A person's pause is never forgotten. */
export function withRoom(holds: readonly HoldState[]): readonly HoldState[] {
  if (holds.length < MOST_HOLDS) return holds;
  const oldest = holds.find(({ branch }) => branch !== 'operator');
  return holds.filter((hold) => hold !== oldest);
}

/** Evidence comes once its generation has stored it; the first that comes is the hold's. */
function witnessed(state: StandingState, report: RouteReport, verdict: RouteVerdict): StandingState {
  const { branch, evidence, generationId } = verdict;
  if (evidence === undefined || !opensHold(verdict)) return state;
  const scope = holdScope(branch, report);
  const hold = state.holds.find(
    (each) => each.branch === branch && scope !== undefined && isScope(each.scope, scope),
  );
  return hold === undefined || hold.evidence !== undefined
    ? state
    : withHold(state, { ...hold, evidence, generationId });
}

function usedBy(state: StandingState, process: string, report: RouteReport): StandingState {
  const isNew = (hold: HoldState): boolean =>
    covers(hold.scope, report) && !hold.usedBy.includes(process) && hold.branch !== 'operator';
  return state.holds.some(isNew)
    ? {
        ...state,
        holds: state.holds.map((hold) =>
          isNew(hold) ? { ...hold, usedBy: [...hold.usedBy.slice(1 - MOST_USERS), process] } : hold,
        ),
      }
    : state;
}

export function withHold(state: StandingState, hold: HoldState): StandingState {
  return { ...state, holds: state.holds.map((each) => (each.id === hold.id ? hold : each)) };
}

export function withoutHold(state: StandingState, hold: HoldState, why: string, now: number): StandingState {
  const holds = state.holds.filter(({ id }) => id !== hold.id);
  return withEvent({ ...state, holds }, 'hold-released', holdWords(hold), why, now);
}

/** The cause is still there: held again, by what shows it. */
export function heldAgain(
  state: StandingState,
  hold: HoldState,
  again: Pick<RouteVerdict, 'reason' | 'message' | 'generationId' | 'evidence'>,
  why: string,
  now: number,
): StandingState {
  const { id, scope, branch, since, calls, usedBy: users } = hold;
  const { reason, message, generationId, evidence } = again;
  const held: HoldState = {
    ...{ id, scope, branch, reason, since, calls, usedBy: users, generationId },
    message: shortText(message, LONGEST_MESSAGE_BYTES),
    phase: 'held',
    ...(evidence === undefined ? {} : { evidence }),
  };
  return withEvent(withHold(state, held), 'hold-opened', holdWords(held), why, now);
}

/** `h-3 credential ab12ab12ab12ab12` */
export function holdWords({ id, scope }: Pick<Hold, 'id' | 'scope'>): string {
  return `${id} ${scopeWords(scope)}`;
}

/** As it is told and shown. */
export function holdView({ usedBy: _usedBy, probe: _probe, trial: _trial, ...hold }: HoldState): Hold {
  return hold;
}

export function isCauseOf({
  branch,
}: HoldState): (ended: { readonly branch: Branch; readonly reason: string }) => boolean {
  return (ended) => ended.branch === branch && opensHold(ended);
}
